import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Check, Found, pass } from '../check.ts';
import { explainSilence } from '../explain-silence.ts';

/** The name resolves. */
export const address: Check = {
  name: 'address',
  async examine({ url }) {
    const { hostname } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0) return pass(`${host}, no name to resolve`);
    const addresses = await lookup(host, { all: true }).catch((error: unknown) => {
      throw new Found(explainSilence(error));
    });
    return pass(
      `${host} is ${addresses
        .map((each) => each.address)
        .slice(0, 3)
        .join(', ')}`,
    );
  },
};
