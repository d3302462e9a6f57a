import { debuglog } from 'node:util';

const log = debuglog('sallyport');

/** Reports how far the start is, with NODE_DEBUG=sallyport. */
export const phase = (reached: string): void => log('%s ms: %s', Math.round(performance.now()), reached);
