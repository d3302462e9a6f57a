import { defineConfiguration } from './lib/configuration.ts';

/** What each deployment chooses; pick one with `-c env=NAME`. */
export default defineConfiguration({
  environments: {
    production: {
      name: 'Sallyport',
      owners: ['security@example.com'],
      portals: ['default'],
    },
    /** The embedded cloud: an environment like any other, whose origin is its loopback URL. */
    embedded: {
      name: 'Sallyport-Embedded',
      owners: ['dana@example.com'],
      origin: 'http://127.0.0.1:8787',
      portals: ['default'],
      outgoingNetworks: ['127.0.0.0/8', '::1/128'],
    },
  },
});
