import { awslambda } from '../../local/functions/response-stream.ts';

/** Imports one module in this fresh process and prints how many milliseconds that took. */
const [module] = process.argv.slice(2);
if (module === undefined) throw new Error('usage: import-once.ts MODULE');
Object.assign(globalThis, { awslambda });
const before = performance.now();
await import(module);
console.log(performance.now() - before);
process.exit(0);
