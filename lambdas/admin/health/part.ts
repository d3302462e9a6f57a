import { logger } from '../../shared/logger.ts';
import type { Unknown } from './answer.ts';

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'an unexpected fault');

/** What a part says; when it cannot be read, that it is unknown. The cause is in the log. */
export async function readPart<Part>(what: string, read: () => Promise<Part>): Promise<Part | Unknown> {
  try {
    return await read();
  } catch (error) {
    logger.error('health not readable', { what, error: error instanceof Error ? error : String(error) });
    return { unknown: `${what} could not be read (${nameOf(error)}); the log of admin-api has the cause.` };
  }
}

/** Waits of a client that reads a service for health: a network without a way there must not hold the answer up. */
export const IMPATIENT = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_500, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;
