import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../../lib/configuration.ts';

const valid = {
  name: 'Acme',
  owners: ['a@example.com'],
  origin: 'https://ai.example.com',
  portals: ['default'],
};
const read = (environment: object, overrides = {}) =>
  readConfiguration({ environments: { test: { ...valid, ...environment } } }, 'test', overrides);

describe('sallyport.config.ts', () => {
  it('fills in what an environment leaves open', () => {
    expect(read({ owners: ['Dana@Example.com'] })).toMatchObject({
      owners: ['dana@example.com'],
      auditRetentionDays: 30,
      outgoingNetworks: [],
    });
  });

  it('names the environments there are when asked for another', () => {
    expect(() => readConfiguration({ environments: { test: valid } }, 'prod')).toThrow(
      'sallyport.config.ts has no environment "prod"; it has: test.',
    );
    expect(() => readConfiguration(undefined, 'prod')).toThrow('it has: none');
  });

  it.each([
    [
      'an origin with a path',
      { origin: 'https://ai.example.com/x' },
      'environments.test.origin: must be an origin',
    ],
    ['plain http elsewhere', { origin: 'http://ai.example.com' }, 'environments.test.origin: must be https'],
    ['no owner', { owners: [] }, 'environments.test.owners: needs at least one owner'],
    ['a bad owner', { owners: ['dana'] }, 'environments.test.owners.0: Invalid email'],
    ['an unknown member', { colour: 'red' }, 'Unrecognized key: "colour"'],
    ['a bad network', { outgoingNetworks: ['10.0.0.0/99'] }, 'environments.test.outgoingNetworks.0'],
  ])('refuses %s and says where', (_name, environment, message) => {
    expect(() => read(environment)).toThrow(message);
  });

  it.each([
    ['the user pool', ['cognito']],
    ['each other', ['okta', 'okta']],
  ])('refuses issuers of identity assertions that share their people with %s', (_name, idps) => {
    const identityAssertionIssuers = idps.map((idp, index) => ({
      idp,
      issuer: `https://idp-${index}.example.com`,
      jwksUri: `https://idp-${index}.example.com/keys`,
      emailDomains: ['example.com'],
    }));
    expect(() => read({ identityAssertionIssuers })).toThrow('each needs an idp of its own');
  });

  it('lists every fault at once', () => {
    expect(() => read({ owners: [], portals: [] })).toThrow(/owners[\s\S]*portals/);
  });

  it('takes the origin from the command line and judges it too', () => {
    expect(read({}, { origin: 'http://127.0.0.1:9000' }).origin).toBe('http://127.0.0.1:9000');
    expect(() => read({}, { origin: 'http://10.0.0.1' })).toThrow('must be https');
  });
});
