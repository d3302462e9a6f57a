import { createHash } from 'node:crypto';
import type { Table } from '../../shared/table.ts';
import { nowSeconds } from '../lifetimes.ts';

/**
 * Takes note that an assertion is used; of several uses, parallel ones too, exactly one gets true.
 * @param until epoch seconds from which on nobody accepts the assertion anyway.
 */
export async function useOnce(identity: Table, issuer: string, jti: string, until: number): Promise<boolean> {
  const id = createHash('sha256')
    .update(JSON.stringify([issuer, jti]))
    .digest('base64url');
  return identity.put(
    { pk: `UsedAssertion#${id}`, sk: 'current', ttl: until },
    {
      expression: 'attribute_not_exists(pk) OR #ttl <= :now',
      names: { '#ttl': 'ttl' },
      values: { ':now': nowSeconds() },
    },
  );
}
