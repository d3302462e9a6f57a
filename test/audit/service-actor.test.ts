import { describe, expect, it } from '@jest/globals';
import { toAuditItem } from '../../lambdas/audit/audit-item.ts';
import { createChain } from '../../lambdas/audit/chain.ts';
import { authenticationFields, outcomeFields } from '../../lambdas/audit/record-fields.ts';
import { createRecordIds } from '../../lambdas/audit/record-id.ts';
import type { RecordFields } from '../../lambdas/audit/stored-record.ts';
import { exchangeOf, success } from './records.ts';

const actor = {
  service: { id: 'ci', title: 'Continuous integration' },
  client: { id: 'service-ci', name: 'runner' },
  ip: '192.0.2.10',
};
const stored = (fields: RecordFields) => createChain(30)(fields, createRecordIds()()).record;

describe('a record of what a service token did', () => {
  it('names it, and no person', () => {
    const item = toAuditItem(stored(outcomeFields(exchangeOf('x', { actor }), success)));
    expect(item).toMatchObject({ type: 'outcome', service: actor.service, client: actor.client });
    expect(item).not.toHaveProperty('person');
    expect(item).not.toHaveProperty('session');
  });

  it('names it without a title too', () => {
    const event = { activity: 'token', status: 'failure', actor: { service: { id: 'ci' } } } as const;
    expect(toAuditItem(stored(authenticationFields(event)))).toMatchObject({ service: { id: 'ci' } });
  });
});

it('a record of a sign-in names the identity provider as far as it is known', () => {
  const signIn = { activity: 'sign-in', status: 'failure', actor: { ip: '192.0.2.10' } } as const;
  expect(toAuditItem(stored(authenticationFields({ ...signIn, idp: 'okta' })))).toMatchObject({
    idp: 'okta',
  });
  expect(toAuditItem(stored(authenticationFields(signIn)))).not.toHaveProperty('idp');
});
