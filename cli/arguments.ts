import { InvalidArgumentError } from 'commander';
import { type Kind, kindNames, kinds } from '../lambdas/shared/documents/kinds.ts';

/** The kind that a word on the command line means: singular or plural, in any case. */
export function kindArgument(word: string): Kind {
  const wanted = word.toLowerCase();
  const kind = kindNames.find((name) =>
    [kinds[name].singular, kinds[name].plural].some((known) => known === wanted),
  );
  if (kind) return kind;
  const known = kindNames.map((name) => kinds[name].plural).join(', ');
  throw new InvalidArgumentError(`Known kinds: ${known}.`);
}

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const isUnit = (unit: string | undefined): unit is keyof typeof UNITS => unit !== undefined && unit in UNITS;

/** A time in the past: a span back from now such as `90m`, or an ISO 8601 date or time. */
export function sinceArgument(text: string, now = Date.now()): string {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (amount && isUnit(unit)) return new Date(now - Number(amount) * UNITS[unit] * 1000).toISOString();
  const time = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new InvalidArgumentError(
    'Give a span such as 30m, 1h or 7d, or a time such as 2026-11-02T09:00:00Z.',
  );
}

export function limitArgument(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 10_000) return limit;
  throw new InvalidArgumentError('Give a whole number from 1 to 10000.');
}

/** Hours for which a secret is good beside the one that follows it. */
export function keepPreviousArgument(text: string): number {
  const hours = Number(text);
  if (/^\d+$/.test(text) && hours <= 168) return hours;
  throw new InvalidArgumentError('Give whole hours from 0 to 168.');
}

/** The origin of a deployment, such as https://ai.example.com. */
export function urlArgument(text: string): string {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search || url.hash) {
    throw new InvalidArgumentError('Give the origin of a deployment, such as https://ai.example.com.');
  }
  if (url.protocol === 'http:' && url.hostname !== '127.0.0.1') {
    throw new InvalidArgumentError('Plain http is for the embedded cloud at 127.0.0.1 only: use https.');
  }
  return url.origin;
}
