import { Server } from 'node:net';
import { pathToFileURL } from 'node:url';

/**
 * Runs the server in the module that is named on the command line: on the loopback interface, whatever interface it
 * asks for, and for as long as the parent lives.
 */
process.on('disconnect', () => process.exit());

// oxlint-disable-next-line typescript/unbound-method -- it is called with its receiver below
const { listen } = Server.prototype;
Server.prototype.listen = function listenOnLoopback(this: Server, ...parameters: unknown[]): Server {
  const [port, host] = parameters;
  const withHost = typeof host === 'string' ? [port, ...parameters.slice(2)] : parameters;
  return Reflect.apply(listen, this, [Number(port), '127.0.0.1', ...withHost.slice(1)]);
};

await import(pathToFileURL(process.argv[2] ?? '').href);
