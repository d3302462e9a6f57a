/** `__Host-` binds a cookie to this very host, but browsers take it over https only. */
const prefix = (origin: string) => (origin.startsWith('https:') ? '__Host-' : '');

/** The cookie of a signed-in browser. */
export const sessionCookieName = (origin: string): string => `${prefix(origin)}sallyport`;
/** The cookie that ties a sign-in under way to the browser that began it. */
export const signInCookieName = (origin: string): string => `${prefix(origin)}sallyport-sign-in`;

/** A `Set-Cookie` value; Lax, since the way back from the sign-in comes from another site. */
export function setCookie(origin: string, name: string, value: string, maxAge: number): string {
  const secure = origin.startsWith('https:') ? '; Secure' : '';
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}
