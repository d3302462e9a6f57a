import { SallyportError } from '../../shared/errors.ts';
import type { ServiceTokens } from '../clients/service-tokens.ts';
import type { ConnectedService, Holder, HolderToken, ServiceAccessToken } from './holder.ts';
import { KeptReads } from './kept-reads.ts';
import { KEPT_MS, type SessionReader, type SessionReaderOptions } from './session-reader.ts';

export interface HolderReader {
  /**
   * Who stands behind a verified token, of either kind.
   * @throws SallyportError `invalid_token` 401 when a person's session or grant has ended, or a service token is
   *   disabled, deleted, or its credentials were ended or changed since.
   */
  read(token: HolderToken): Promise<Holder>;
}

const ended = (message: string) =>
  new SallyportError('invalid_token', 401, message, { at: 'header Authorization' });

async function load(services: ServiceTokens, token: ServiceAccessToken): Promise<ConnectedService> {
  const found = await services.find(token.service);
  if (!found) throw ended('This service token was deleted.');
  if (!found.spec.enabled) throw ended('This service token is disabled.');
  if (found.credentials !== token.credentials)
    throw ended('The credentials of this service token were ended or changed: get a new access token.');
  return { service: { id: found.id, title: found.spec.title } };
}

/** Reads people's sessions with the reader for them, and service tokens with an in-memory copy of at most 30 seconds. */
export function createHolderReader(
  sessions: SessionReader,
  services: ServiceTokens,
  { keepMs = KEPT_MS, clock = Date.now }: SessionReaderOptions = {},
): HolderReader {
  const kept = new KeptReads<ConnectedService>(keepMs, clock);
  return {
    async read(token) {
      if (token.service === undefined) return sessions.read(token);
      return kept.read(`${token.service} ${token.credentials}`, () => load(services, token));
    },
  };
}
