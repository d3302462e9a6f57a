import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { Readable } from 'node:stream';
import type { IssuedCertificate } from '../../fixtures/certificates.ts';

export interface Place {
  /** The loopback address to call from. */
  address?: string;
  /** A hostname that is on this machine, at another port than it says. */
  host?: { name: string; port: number; issuer: string };
  certificate?: Pick<IssuedCertificate, 'certificate' | 'key'>;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>;
}

/** `fetch` from one place of the network, with a client certificate where there is one. */
export function fetchFrom({ address, host, certificate, headers = {} }: Place): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const isHost = url.hostname === host?.name;
    const options: RequestOptions = {
      method: request.method,
      path: url.pathname + url.search,
      headers: { ...Object.fromEntries(request.headers), host: url.host, ...headers },
      host: isHost ? '127.0.0.1' : url.hostname,
      port: isHost ? host.port : url.port,
      signal: request.signal,
      agent: false,
      ...(address === undefined || isHost ? {} : { localAddress: address }),
      ...(isHost ? { servername: host.name, ca: host.issuer } : {}),
      ...(isHost && certificate ? { cert: certificate.certificate, key: certificate.key } : {}),
    };
    const body = Buffer.from(await request.arrayBuffer());
    return new Promise<Response>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const outgoing = send(options, (incoming) => {
        const status = incoming.statusCode ?? 500;
        const content = [202, 204, 304].includes(status) ? null : Readable.toWeb(incoming);
        if (content === null) incoming.resume();
        const answered = new Headers();
        for (const [name, values] of Object.entries(incoming.headersDistinct))
          for (const value of values ?? []) answered.append(name, value);
        resolve(new Response(content as ReadableStream | null, { status, headers: answered }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };
}
