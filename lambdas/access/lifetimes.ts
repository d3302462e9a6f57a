/** How long things live, in seconds. */
export const LIFETIME = {
  /** A signed token cannot be taken back, only outlived. */
  accessToken: 15 * 60,
  /** OAuth 2.1: a code lives a minute at most. */
  authorizationCode: 60,
  idToken: 15 * 60,
  /** Time to find another screen and sign in there. */
  deviceCode: 10 * 60,
  /** From the sign-in at the identity provider to the next one; refresh tokens and grants end with it. */
  accessSession: 7 * 24 * 60 * 60,
  /** How long a browser connects further applications without a new sign-in, from its last use. */
  browserSession: 12 * 60 * 60,
  /** From an application's request to the person's consent. */
  interaction: 30 * 60,
  /** From our redirect to the identity provider to its answer. */
  signIn: 10 * 60,
  /** A registered application that nobody uses any more is forgotten. */
  client: 90 * 24 * 60 * 60,
  /** A registered application that nobody ever let act for them is forgotten sooner. */
  unusedClient: 24 * 60 * 60,
  /** Within this time a used refresh token or code is a race of one client with itself, later it is theft. */
  reuseGrace: 10,
} as const;

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);
