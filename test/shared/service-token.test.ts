import { describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { parseDocument } from '../../lambdas/shared/documents/parse-document.ts';
import { referencesOf } from '../../lambdas/shared/documents/references.ts';

const document = (spec: object, kind = 'ServiceToken') => ({
  apiVersion: 'sallyport/v1',
  kind,
  metadata: { id: 'ci' },
  spec,
});
const parse = (spec: object) => parseDocument(document({ title: 'CI', ...spec }), '');
const withKey = (key: object) => () => parse({ jwks: { keys: [key] } });
const pairOf = async (alg: string, options: object = {}) => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, ...options });
  return { secret: await exportJWK(privateKey), open: await exportJWK(publicKey) };
};

describe('a service token document', () => {
  it('has defaults, and limits for how long its secrets live', () => {
    expect(parse({}).spec).toEqual({ title: 'CI', enabled: true, permissions: [], secretLifetimeDays: 90 });
    for (const secretLifetimeDays of [0, 366, 1.5])
      expect(() => parse({ secretLifetimeDays })).toThrow(
        expect.objectContaining({ at: 'spec.secretLifetimeDays' }),
      );
  });

  it.each(['RS256', 'ES256', 'EdDSA'])(
    'takes a public key for %s and refuses what is secret, with its place',
    async (alg) => {
      const { secret, open } = await pairOf(alg);
      expect(parse({ jwks: { keys: [{ ...open, kid: 'one', use: 'sig' }] } }).spec).toHaveProperty('jwks');
      expect(withKey(secret)).toThrow(
        expect.objectContaining({
          code: 'invalid_document',
          at: 'spec.jwks.keys[0].d',
          message: expect.stringContaining('secret part'),
        }),
      );
      expect(withKey(secret)).not.toThrow(String(secret.d));
    },
  );

  it('refuses keys that both sides share, that are too short, or that are no keys', async () => {
    expect(withKey({ kty: 'oct', k: 'c2VjcmV0' })).toThrow(
      expect.objectContaining({ at: 'spec.jwks.keys[0].kty' }),
    );
    const short = { kty: 'RSA', n: 'q83vASNF', e: 'AQAB' };
    expect(withKey(short)).toThrow(expect.objectContaining({ at: 'spec.jwks.keys[0].n' }));
    const { open } = await pairOf('ES256');
    expect(withKey({ ...open, y: open.x })).toThrow('do not fit together');
    const other = await pairOf('ES384');
    expect(withKey(other.open)).toThrow(expect.objectContaining({ at: 'spec.jwks.keys[0].crv' }));
    expect(() => parse({ jwks: { keys: [] } })).toThrow(expect.objectContaining({ at: 'spec.jwks.keys' }));
  });

  it('is what a policy names, wherever in it', () => {
    const policy = parseDocument(
      document(
        {
          action: 'allow',
          include: [{ everyone: true }, { serviceToken: 'ci' }],
          require: [{ serviceToken: 'nightly' }],
          exclude: [{ serviceToken: 'old' }],
        },
        'Policy',
      ),
      '',
    );
    expect(referencesOf(policy)).toEqual([
      { kind: 'ServiceToken', id: 'ci', at: 'spec.include[1].serviceToken' },
      { kind: 'ServiceToken', id: 'nightly', at: 'spec.require[0].serviceToken' },
      { kind: 'ServiceToken', id: 'old', at: 'spec.exclude[0].serviceToken' },
    ]);
  });
});
