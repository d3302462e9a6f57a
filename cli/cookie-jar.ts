interface Cookie {
  host: string;
  path: string;
  name: string;
  value: string;
  secure: boolean;
}

/** RFC 6265 section 5.1.4. */
const defaultPath = (pathname: string) => pathname.slice(0, Math.max(pathname.lastIndexOf('/'), 1));
const pathMatches = (path: string, pathname: string) =>
  pathname === path || (pathname.startsWith(path) && (path.endsWith('/') || pathname[path.length] === '/'));

/**
 * Cookies of one sign-in, in memory. As in a browser they belong to a host whatever its port; `Domain` is
 * ignored, so none ever goes to another host.
 */
export class CookieJar {
  #cookies: Cookie[] = [];

  /** Takes the `Set-Cookie` values of an answer from this address. */
  store(url: URL, values: readonly string[]): void {
    for (const value of values) {
      const [pair = '', ...rest] = value.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      if (at < 1) continue;
      const attributes = new Map(
        rest.map((part) => {
          const [name = '', ...text] = part.split('=');
          return [name.toLowerCase(), text.join('=')] as const;
        }),
      );
      const path = attributes.get('path');
      const cookie = {
        host: url.hostname,
        path: path?.startsWith('/') ? path : defaultPath(url.pathname),
        name: pair.slice(0, at),
        value: pair.slice(at + 1),
        secure: attributes.has('secure'),
      };
      this.#cookies = this.#cookies.filter(
        (old) => !(old.host === cookie.host && old.path === cookie.path && old.name === cookie.name),
      );
      if (!isOver(attributes)) this.#cookies.push(cookie);
    }
  }

  /** The `Cookie` header for a request to this address; empty when there is none. */
  header(url: URL): string {
    return this.#cookies
      .filter(({ host, path, secure }) => {
        const allowed = !secure || url.protocol === 'https:';
        return allowed && host === url.hostname && pathMatches(path, url.pathname);
      })
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }
}

function isOver(attributes: ReadonlyMap<string, string>): boolean {
  const age = attributes.get('max-age');
  if (age !== undefined) return Number(age) <= 0;
  const expires = attributes.get('expires');
  return expires !== undefined && Date.parse(expires) <= Date.now();
}
