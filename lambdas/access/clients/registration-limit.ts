import { type HttpResponse, jsonResponse } from '../../shared/http.ts';
import type { Table } from '../../shared/table.ts';
import { countAct, type SourceLimit } from './source-limit.ts';

/** More than an office behind one address needs: most applications register once for each person and computer. */
export const REGISTRATIONS: SourceLimit = { name: 'Registrations', most: 300, window: 60 * 60 };

/** Counts a registration that is about to be made; the refusal of one that is too many from its address. */
export async function refuseTooMany(identity: Table, ip: string): Promise<HttpResponse | undefined> {
  const wait = await countAct(identity, REGISTRATIONS, ip);
  if (wait === undefined) return undefined;
  const description = `More than ${REGISTRATIONS.most} applications registered from your address within an hour. Try again in ${wait} s.`;
  return jsonResponse(
    429,
    { error: 'temporarily_unavailable', error_description: description },
    { 'retry-after': String(wait) },
  );
}
