import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkSelectors, type KnownFacts } from '../../lambdas/admin/check-selectors.ts';
import { parseDocument } from '../../lambdas/shared/documents/parse-document.ts';
import { type Administration, policy, startAdministration } from './administration.ts';

const NOTHING: KnownFacts = { country: false, clientCertificates: false };
const fingerprint = 'a'.repeat(64);
const group = (spec: object) => ({
  apiVersion: 'sallyport/v1',
  kind: 'RuleGroup',
  metadata: { id: 'g' },
  spec: { include: [{ everyone: true }], ...spec },
});

function check(known: KnownFacts, ...documents: object[]): void {
  const set = documents.map((document, index) => {
    const at = `documents[${index}]`;
    return { at, document: parseDocument(document, at) };
  });
  checkSelectors(set, known);
}

function refusal(...documents: object[]): unknown {
  try {
    return check(NOTHING, ...documents);
  } catch (error) {
    return error;
  }
}

describe('a fact that no request here is known to have', () => {
  it.each([
    ['include', 'country', 'DE', 'country_unavailable', 'distribution'],
    ['require', 'anyClientCertificate', true, 'client_certificates_unavailable', 'clientCertificates'],
    ['exclude', 'clientCertificate', { fingerprint }, 'client_certificates_unavailable', 'truststore'],
  ])('is refused in %s: %s', (list, name, value, code, said) => {
    const rules = { include: [{ everyone: true }], [list]: [{ email: 'a@example.com' }, { [name]: value }] };
    const message = expect.stringContaining(said);
    for (const document of [policy('p', rules), group(rules)])
      expect(refusal(policy('fine'), document)).toMatchObject({
        code,
        status: 400,
        at: `documents[1].spec.${list}[1].${name}`,
        message,
      });
  });

  it('is only the one that is unknown', () => {
    const country = policy('p', { include: [{ country: 'DE' }] });
    const certificate = policy('q', { include: [{ anyClientCertificate: true }] });
    expect(() => check({ country: true, clientCertificates: false }, country)).not.toThrow();
    expect(() => check({ country: false, clientCertificates: true }, certificate)).not.toThrow();
    expect(() => check({ country: true, clientCertificates: false }, certificate)).toThrow();
    expect(() => check({ country: false, clientCertificates: true }, country)).toThrow();
  });
});

describe('a country', () => {
  it.each(['UK', 'XX', 'T1', 'EU', 'de'])('must be one of ISO 3166-1: %s is none', (country) => {
    expect(refusal(policy('p', { include: [{ country }] }))).toMatchObject({ status: 400 });
  });
});

describe('applying', () => {
  let admin: Administration;
  beforeAll(async () => {
    admin = await startAdministration();
    Object.assign(admin.api, { knownFacts: NOTHING });
  });
  afterAll(() => admin.close());

  it('is refused as a whole, and what is there already stays', async () => {
    const answer = await admin.call('POST', '/apply', {
      body: { documents: [policy('fine'), policy('p', { include: [{ country: 'DE' }] })] },
    });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'country_unavailable', at: 'documents[1].spec.include[0].country' } },
    });
    expect((await admin.call('GET', '/policies/fine')).status).toBe(404);
  });
});
