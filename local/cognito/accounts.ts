import { createHash } from 'node:crypto';
import type { Person } from './people.ts';

/** An identity provider of the pool, as the template declares it. */
export interface PoolProvider {
  name: string;
  /** `OIDC` or `SAML`. */
  type: string;
  /** `email_verified` is mapped to what it sends. */
  saysVerified: boolean;
  /** Its claims by the custom attributes that they are mapped to, such as `custom:groups`. */
  attributes?: Readonly<Record<string, string>>;
}

/** Who may sign in at the pool's client. */
export interface SignInChoices {
  people: readonly Person[];
  /** The supported providers besides the pool itself; none unless they are given. */
  providers?: readonly PoolProvider[];
  /** People may sign in at the pool itself; unless false. */
  native?: boolean;
}

/** A profile in the pool: somebody with an account there, or somebody as a provider sent them. */
export interface Account {
  /** What the form sends: `alice`, or `okta/alice` where one could come from elsewhere too. */
  choice: string;
  sub: string;
  person: Person;
  provider: PoolProvider | undefined;
}

const uuid = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
};

/** Every account that the client offers; each provider has all people, with a profile of its own for each. */
export function accountsOf({ people, providers = [], native = true }: SignInChoices): Account[] {
  const own = native
    ? people.map((person) => ({ choice: person.username, sub: person.sub, person, provider: undefined }))
    : [];
  const several = native || providers.length > 1;
  const federated = providers.flatMap((provider) =>
    people.map((person) => ({
      choice: several ? `${provider.name}/${person.username}` : person.username,
      sub: uuid(`${provider.name}/${person.sub}`),
      person,
      provider,
    })),
  );
  return [...own, ...federated];
}
