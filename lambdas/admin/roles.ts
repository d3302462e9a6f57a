import { SallyportError } from '../shared/errors.ts';

export const permissions = [
  'documents:read',
  'documents:write',
  'servers:sync',
  'audit:read',
  'payloads:read',
  'sessions:read',
  'sessions:revoke',
  'clients:read',
  'clients:decide',
  'health:read',
  'devices:read',
  'devices:write',
  'risk:read',
  'risk:write',
] as const;
export type Permission = (typeof permissions)[number];

/** What each role of the administration may do. */
export const roles = {
  owner: permissions,
  admin: [
    'documents:read',
    'documents:write',
    'servers:sync',
    'audit:read',
    'health:read',
    'devices:read',
    'devices:write',
    'risk:read',
    'risk:write',
  ],
  analyst: ['documents:read', 'audit:read'],
  'payload reader': ['audit:read', 'payloads:read'],
  auditor: ['documents:read', 'audit:read'],
} as const satisfies Record<string, readonly Permission[]>;
export type Role = keyof typeof roles;

/** Only A to Z: Unicode's own rules also turn other characters (such as the Kelvin sign) into ASCII letters. */
const lowerCase = (email: string) => email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The role of a person by verified e-mail address; owners come only from the configuration. */
export function roleOf(email: string, owners: readonly string[]): Role | undefined {
  const address = lowerCase(email);
  return owners.some((owner) => lowerCase(owner) === address) ? 'owner' : undefined;
}

export const permits = (role: Role, permission: Permission): boolean =>
  (roles[role] as readonly Permission[]).includes(permission);

const refusal = (message: string) => new SallyportError('no_permission', 403, message);

/** The refusal of a person who is signed in but has no role; says who could change that. */
export const noRole = (email: string): SallyportError =>
  refusal(
    `${email} has no role in the administration of this deployment. Ask an owner: owners are listed under \`owners\` in sallyport.config.ts.`,
  );

/** The refusal of a person whose role does not go that far. */
export const notPermitted = (email: string, role: Role, permission: Permission): SallyportError =>
  refusal(`${email} is ${role} of this deployment, which does not include ${permission}. Ask an owner.`);
