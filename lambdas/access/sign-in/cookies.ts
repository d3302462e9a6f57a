export interface CookieNames {
  session: string;
  interaction: string;
  resume: string;
  /** Ours: ties a sign-in at the identity provider to the browser that started it. */
  browser: string;
}

const isSecure = (origin: string): boolean => origin.startsWith('https:');

/**
 * `__Host-` where the path is `/`, `__Secure-` for the two that the library scopes to a path; browsers refuse
 * both prefixes on plain http, which only a loopback origin has.
 */
export function cookieNames(origin: string): CookieNames {
  const [host, secure] = isSecure(origin) ? ['__Host-', '__Secure-'] : ['', ''];
  return {
    session: `${host}sallyport-session`,
    interaction: `${secure}sallyport-interaction`,
    resume: `${secure}sallyport-resume`,
    browser: `${host}sallyport-browser`,
  };
}

/** A `Set-Cookie` value for the browser cookie: Lax, since the identity provider's redirect must carry it. */
export function browserCookie(origin: string, value: string, maxAge: number): string {
  const parts = [
    `${cookieNames(origin).browser}=${value}`,
    'Path=/',
    `Max-Age=${maxAge}`,
    'HttpOnly',
    'SameSite=Lax',
  ];
  return [...parts, ...(isSecure(origin) ? ['Secure'] : [])].join('; ');
}
