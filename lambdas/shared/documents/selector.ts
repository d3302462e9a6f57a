import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { isCountry } from '../country.ts';
import { argumentSelector } from './argument-selector.ts';
import { duration } from './duration.ts';
import { documentId } from './identifiers.ts';
import { dataLabel, serverLabel, toolRisk } from './labels.ts';

export const email = z.email().transform((value) => value.toLowerCase());

const domain = z
  .string()
  .regex(/^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be a domain such as example.com')
  .transform((value) => value.toLowerCase());

export const ipRange = z.string().refine(
  // The library also reads abbreviated and octal forms, which people and systems understand differently.
  (value) => isIP(value.split('/')[0] ?? '') !== 0 && (!value.includes('/') || ipaddr.isValidCIDR(value)),
  'must be an IPv4 or IPv6 address or range (CIDR)',
);

const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be a country as two capital letters (ISO 3166-1), such as DE')
  .refine(isCountry, 'must be a country of ISO 3166-1, such as GB');

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 08:30');
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const isTimeZone = (value: string): boolean => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: value }));
  } catch {
    return false;
  }
};

/** From the first minute to before the last; over midnight when it ends earlier than it begins. */
const timeWindow = z
  .strictObject({
    days: z
      .array(z.enum(DAYS))
      .min(1)
      .default([...DAYS]),
    from: timeOfDay.default('00:00'),
    /** Midnight, the end of the day, unless it is given. */
    to: timeOfDay.default('00:00'),
    timeZone: z
      .string()
      .refine(isTimeZone, 'must be a time zone such as Europe/Berlin or UTC')
      .default('UTC'),
  })
  .refine(({ from, to }) => from !== to || from === '00:00', 'must not begin and end at the same time');

/** A host, with its port where it has one, or a scheme with its colon, as `spec.clients.hosts` of a portal has them. */
export const clientHost = z
  .string()
  .max(255)
  .regex(
    /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?|[a-z][a-z0-9+.-]*:)$/,
    'must be a host such as claude.ai, or a scheme such as cursor:, in lower case',
  );

const certificate = z
  .strictObject({
    commonName: z.string().min(1).max(256).optional(),
    /** SHA-256 of the certificate, 64 hexadecimal digits. */
    fingerprint: z
      .string()
      .transform((value) => value.replaceAll(':', '').toLowerCase())
      .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 fingerprint: 64 hexadecimal digits'))
      .optional(),
  })
  .refine(
    (value) => value.commonName !== undefined || value.fingerprint !== undefined,
    'needs a commonName or a fingerprint',
  );

/** Methods of RFC 8176 (`pwd`, `otp`, `hwk`, `mfa`) and whatever else a provider says. */
const authenticationMethod = z.strictObject({
  method: z.string().min(1).max(64),
  /** How long ago it may have been used; as long as the session lasts unless it is given. */
  within: duration('30d').optional(),
});

const shapes = {
  everyone: z.literal(true),
  email,
  emailDomain: domain,
  emailList: documentId,
  group: z.string().min(1).max(256),
  claim: z.strictObject({ name: z.string().min(1).max(256), value: z.string().max(1000) }),
  loginMethod: z.string().min(1).max(64),
  authenticationMethod,
  ipRange,
  ipList: documentId,
  country,
  serviceToken: documentId,
  anyServiceToken: z.literal(true),
  clientCertificate: certificate,
  anyClientCertificate: z.literal(true),
  devicePosture: z.strictObject({
    check: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
    within: duration('30d').default('24h'),
  }),
  externalEvaluation: documentId,
  ruleGroup: documentId,
  /** The risk itself or a higher one. */
  userRisk: z.strictObject({ atLeast: z.enum(['low', 'medium', 'high']) }),
  time: timeWindow,
  client: z.string().min(1).max(2000),
  clientHost,
  toolRisk,
  argument: argumentSelector,
  serverLabel,
  taint: dataLabel,
} as const;

export type SelectorName = keyof typeof shapes;
type Shapes = typeof shapes;
type SelectorOf<Name extends SelectorName> = { [Member in Name]: z.output<Shapes[Member]> };
/** One condition on the holder or the request; exactly one member. */
export type Selector = { [Name in SelectorName]: SelectorOf<Name> }[SelectorName];
export type SelectorValue<Name extends SelectorName> = z.output<Shapes[Name]>;

export const selectorNames = Object.keys(shapes) as SelectorName[];

const single = <Name extends SelectorName>(name: Name) => z.strictObject({ [name]: shapes[name] });

/** One condition on the holder or the request; exactly one member. */
export const selector = z.union(
  selectorNames.map((name) => single(name)),
  { error: `must be exactly one of ${selectorNames.join(', ')}` },
) as unknown as z.ZodType<Selector>;

/** Include any, require all, exclude none. */
export const ruleLists = {
  include: z.array(selector).min(1, 'needs at least one selector, for example { everyone: true }').max(1000),
  require: z.array(selector).max(1000).default([]),
  exclude: z.array(selector).max(1000).default([]),
};
