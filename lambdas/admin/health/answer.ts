import * as z from 'zod';

/** A part of the deployment that could not be looked at, and why. It may be well or not: nobody knows. */
const unknownPart = z.object({ unknown: z.string() });

export type Unknown = z.output<typeof unknownPart>;

const orUnknown = <Schema extends z.ZodType>(part: Schema) => z.union([part, unknownPart]);

const signingKey = z.object({
  kid: z.string(),
  /** `next` is published and does not sign yet, `retired` does not sign any more. */
  status: z.enum(['next', 'signing', 'retired']),
  since: z.string(),
});

const overdueWork = z.object({ job: z.string(), since: z.string() });

const alarm = z.object({
  name: z.string(),
  /** CloudWatch's: `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  state: z.string(),
  reason: z.string(),
  /** Since when it is in this state. */
  since: z.string().nullable(),
  description: z.string(),
  /** The section of the runbook that is about it. */
  runbook: z.string().nullable(),
});

const firewall = z.object({ attached: z.boolean(), name: z.string().optional() });

/** What `GET /api/v1/health` answers: facts, and no verdict on them. All times are ISO 8601. */
export const healthAnswer = z.object({
  /** Of the deployed code. */
  version: z.string(),
  /** Of what is stored, and what this code works with; found is null before the first migration. */
  dataVersion: z.object({ found: orUnknown(z.number().int().nullable()), expected: z.number().int() }),
  /** The function's clock. */
  clock: z.string(),
  /** Days after which tokens are signed with a new key. */
  signingKeyRotationDays: z.number().int(),
  /** None before somebody signed in for the first time. */
  signingKeys: orUnknown(z.array(signingKey)),
  /** When the dispatcher last handed on everything that was due; null if it never did. */
  lastTick: orUnknown(z.string().nullable()),
  /** Work that no tick has taken in time, with when it was due. */
  overdue: orUnknown(z.array(overdueWork)),
  alarms: orUnknown(z.array(alarm)),
  /** The web ACL before the API's stage. */
  firewall: orUnknown(firewall),
  /** The host behind the public origin, which must not answer by itself. */
  apiHost: z.string(),
});

export type HealthAnswer = z.output<typeof healthAnswer>;
export type SigningKey = z.output<typeof signingKey>;
export type OverdueWork = z.output<typeof overdueWork>;
export type Alarm = z.output<typeof alarm>;
export type Firewall = z.output<typeof firewall>;
