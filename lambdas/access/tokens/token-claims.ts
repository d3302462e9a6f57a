import * as z from 'zod';
import { type HolderToken, serviceOfClient } from '../sessions/holder.ts';

const common = {
  client_id: z.string(),
  aud: z.string(),
  exp: z.number(),
  scope: z.string().optional(),
  cnf: z.object({ jkt: z.string() }).optional(),
};

const personClaims = z.object({ ...common, sub: z.string(), sid: z.string(), gid: z.string() });

const serviceClaims = z
  .object({
    ...common,
    sub: z.string(),
    credentials: z.string(),
    sid: z.undefined().optional(),
    gid: z.undefined().optional(),
  })
  .refine(({ sub, client_id }) => sub === client_id && serviceOfClient(sub) !== undefined);

type Common = z.output<z.ZodObject<typeof common>>;

const shared = ({ client_id, aud, exp, scope, cnf }: Common) => ({
  clientId: client_id,
  audience: aud,
  scopes: scope?.split(' ').filter(Boolean) ?? [],
  expiresAt: exp,
  ...(cnf ? { jkt: cnf.jkt } : {}),
});

/** The claims of an access token in one of its two shapes; undefined for any other, and for a mixture of both. */
export function readTokenClaims(payload: unknown): HolderToken | undefined {
  const person = personClaims.safeParse(payload).data;
  if (person) {
    const { sub: subject, sid, gid: grantId } = person;
    const service = serviceOfClient(subject) ?? serviceOfClient(person.client_id);
    return service === undefined ? { subject, sid, grantId, ...shared(person) } : undefined;
  }
  const holder = serviceClaims.safeParse(payload).data;
  const service = holder && serviceOfClient(holder.sub);
  if (!holder || !service) return undefined;
  return { service, subject: holder.sub, credentials: holder.credentials, ...shared(holder) };
}
