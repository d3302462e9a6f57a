import { isIP } from 'node:net';
import * as z from 'zod';
import { isCountry } from '../../shared/country.ts';
import { documentId } from '../../shared/documents/identifiers.ts';
import { dataLabel } from '../../shared/documents/labels.ts';

const time = z.iso.datetime({ offset: true });
const text = z.string().min(1).max(1000);
const texts = z.array(text).max(1000);

const fingerprint = z
  .string()
  .transform((value) => value.replaceAll(':', '').toLowerCase())
  .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 fingerprint: 64 hexadecimal digits'));

const certificate = z.strictObject({ commonName: text.optional(), fingerprint });

const device = z.strictObject({
  id: text.default('device'),
  reportedAt: time,
  certificates: z.array(fingerprint).max(10).default([]),
  checks: z.record(z.string(), z.boolean()),
});

/** "What if": in place of what is stored. */
export const overrides = z.strictObject({
  groups: texts.optional(),
  claims: z.record(z.string(), texts).optional(),
  loginMethod: text.optional(),
  /** How and when the person signed in. */
  authenticationMethods: texts.optional(),
  signedInAt: time.optional(),
  risk: z.enum(['none', 'low', 'medium', 'high']).optional(),
  devices: z.array(device).max(20).optional(),
  taints: z.array(dataLabel).optional(),
  /** What the session did for conditions: a fresh sign-in, and the policies that were answered and approved. */
  steppedUp: z.strictObject({ at: time, methods: texts.default([]) }).optional(),
  justified: z.array(documentId).max(100).optional(),
  approved: z.array(documentId).max(100).optional(),
  /** Answers of external evaluations, by id. */
  external: z.record(documentId, z.boolean()).optional(),
});
export type Overrides = z.output<typeof overrides>;

/** What is asked about: a portal, one of its servers, one of that server's tools. */
export const targetMembers = {
  /** The only portal of the deployment unless it is given. */
  portal: documentId.optional(),
  /** The id or the slug of a server in the portal. */
  server: text.optional(),
  /** A tool's own name at the server, or its name in the portal. */
  tool: text.optional(),
};

export const testRequest = z
  .strictObject({
    /** E-mail address or id. */
    person: z.string().min(1).max(320).optional(),
    serviceToken: documentId.optional(),
    ...targetMembers,
    ip: z
      .string()
      .refine((value) => isIP(value) !== 0, 'must be an IPv4 or IPv6 address')
      .optional(),
    country: z
      .string()
      .refine(isCountry, 'must be a country as two capital letters (ISO 3166-1), such as DE')
      .optional(),
    /** OAuth client id of the application. */
    client: z.string().min(1).max(2000).optional(),
    /** The host that the application is known by; that of the person's connection unless it is given. */
    clientHost: z.string().min(1).max(255).optional(),
    /** Null for a request that could have had one and did not. */
    certificate: certificate.nullable().optional(),
    /** Now unless it is given. */
    at: time.optional(),
    arguments: z.record(z.string(), z.unknown()).optional(),
    /** Asks external evaluations for real; without it they are unknown. */
    askExternal: z.boolean().default(false),
    overrides: overrides.default({}),
  })
  .superRefine((request, context) => {
    const fault = (at: string, message: string) => context.addIssue({ code: 'custom', path: [at], message });
    if ((request.person === undefined) === (request.serviceToken === undefined))
      fault(
        'person',
        'say whose access: `person` (e-mail address or id) or `serviceToken` (id), one of them',
      );
    if (request.arguments !== undefined && request.tool === undefined)
      fault('arguments', 'are of a tool: say which');
    if (request.clientHost !== undefined && request.client === undefined)
      fault('clientHost', 'is of an application: say which `client`');
  });
export type TestRequest = z.output<typeof testRequest>;
