/** Somebody in the embedded user pool. */
export interface Person {
  /** What the sign-in page and `--person` call them. */
  username: string;
  /** Stable subject, a UUID as in Cognito. */
  sub: string;
  name: string;
  email: string;
  groups: readonly string[];
  /** How they sign in at an identity provider (RFC 8176), and what else it says of them. */
  amr?: readonly string[];
  claims?: Readonly<Record<string, readonly string[]>>;
  /** What the person shows, in a phrase. */
  about: string;
}

/** The people of the pool with those whom the template invites to it and who are not among them. */
export function withInvited(people: readonly Person[], emails: readonly string[]): Person[] {
  const missing = emails.filter((email) => !people.some((person) => person.email === email));
  const invited = missing.map((email) => ({
    username: email,
    sub: email,
    name: email,
    email,
    groups: [],
    about: 'invited',
  }));
  return [...people, ...invited];
}

export const PEOPLE: readonly Person[] = [
  {
    username: 'alice',
    sub: '6f1de0a4-5c7b-4a52-9c08-0d9a1b1f7a01',
    name: 'Alice Archer',
    email: 'alice@example.com',
    groups: ['engineering'],
    amr: ['pwd', 'mfa'],
    claims: { department: ['Research', 'Lyon'] },
    about: 'an engineer',
  },
  {
    username: 'bob',
    sub: '6f1de0a4-5c7b-4a52-9c08-0d9a1b1f7a02',
    name: 'Bob Baker',
    email: 'bob@example.com',
    groups: ['sales'],
    amr: ['pwd'],
    claims: { department: ['Sales'] },
    about: 'in sales',
  },
  {
    username: 'carol',
    sub: '6f1de0a4-5c7b-4a52-9c08-0d9a1b1f7a03',
    name: 'Carol Cooper',
    email: 'carol@outside.test',
    groups: [],
    about: 'outside the company, refused',
  },
  {
    username: 'dana',
    sub: '6f1de0a4-5c7b-4a52-9c08-0d9a1b1f7a04',
    name: 'Dana Dyer',
    email: 'dana@example.com',
    groups: ['security'],
    about: 'in security, an owner',
  },
];
