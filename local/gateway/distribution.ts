import { createContext, runInContext } from 'node:vm';
import * as z from 'zod';
import { type GatewayRequest, headerValues } from './gateway-request.ts';

/** A CloudFront distribution that passes everything on, with the viewer's country, after a function at the edge. */
export interface DistributionView {
  /** Code of runtime `cloudfront-js-2.0`. */
  viewerRequest: string;
  originHost: string;
  /** Goes before every path: the stage of the API. */
  originPath: string;
  /** Sent with every request in place of a viewer's header of that name. */
  originHeaders: readonly (readonly [name: string, value: string])[];
}

/** Who connects to the API when CloudFront does (RFC 5737). */
export const EDGE_ADDRESS = '198.51.100.1';

/** Query and cookies are not shown to the function, so it cannot change them. */
const changed = z.object({
  method: z.string(),
  uri: z.string(),
  headers: z.record(
    z.string(),
    z.object({ value: z.string(), multiValue: z.array(z.object({ value: z.string() })).optional() }),
  ),
});
const answer = z.object({
  request: changed,
  /** What the function said of the origin by `updateRequestOrigin`. */
  origin: z.strictObject({ hostHeader: z.string().optional(), sni: z.string().optional() }).default({}),
});

/** Countries (ISO 3166-1 alpha-2) of viewers by their addresses, which CloudFront knows by the connection. */
export type Countries = ReadonlyMap<string, string>;
const COUNTRY = 'cloudfront-viewer-country';

type Run = (event: string) => unknown;

/** Compiles the function; what it can reach is the language and its event. @throws Error when there is no handler. */
function compile(code: string): Run {
  const context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
  runInContext(
    'let origin; const cf = { updateRequestOrigin: (settings) => { origin = settings; } };',
    context,
  );
  runInContext(code.replace("import cf from 'cloudfront';", ''), context);
  const run: unknown = runInContext(
    '(event) => { origin = undefined; const request = handler(JSON.parse(event)); return JSON.stringify({ request, origin }); }',
    context,
  );
  return run as Run;
}

/** The distribution in front of a REST API. */
export class Distribution {
  readonly #view: DistributionView;
  readonly #countries: Countries;
  readonly #run: Run;

  constructor(view: DistributionView, countries: Countries = new Map()) {
    this.#view = view;
    this.#countries = countries;
    this.#run = compile(view.viewerRequest);
  }

  /** Whether the request goes to the API itself, past the distribution. */
  isPassedBy(request: GatewayRequest): boolean {
    return headerValues(request, 'host').includes(this.#view.originHost);
  }

  /**
   * What a viewer's request becomes at the API; undefined when it names a host that the API does not have.
   * @throws Error when the function fails.
   */
  forward(request: GatewayRequest): GatewayRequest | undefined {
    const { originHeaders, originHost, originPath } = this.#view;
    const { headers, host } = this.#atEdge(request);
    if (host !== originHost) return undefined;
    for (const [name, value] of originHeaders) headers.set(name.toLowerCase(), [value]);
    headers.set('host', [host]);
    headers.set('x-forwarded-for', [[...(headers.get('x-forwarded-for') ?? []), EDGE_ADDRESS].join(', ')]);
    return { ...request, headers, sourceIp: EDGE_ADDRESS, basePath: originPath };
  }

  /** A request that names the API's own host; undefined when its path does not begin with the stage. */
  direct(request: GatewayRequest): GatewayRequest | undefined {
    const { originPath } = this.#view;
    if (!request.path.startsWith(`${originPath}/`)) return undefined;
    return { ...request, path: request.path.slice(originPath.length), basePath: originPath };
  }

  #atEdge(request: GatewayRequest): { headers: Map<string, readonly string[]>; host: string | undefined } {
    const country = this.#countries.get(request.sourceIp);
    const sent = [...request.headers].filter(([name]) => !['cookie', COUNTRY].includes(name.toLowerCase()));
    const seen = [...sent, ...(country === undefined ? [] : [[COUNTRY, [country]] as const])];
    const event = {
      version: '1.0',
      context: { eventType: 'viewer-request', requestId: request.requestId },
      viewer: { ip: request.sourceIp },
      request: {
        method: request.method,
        uri: request.path,
        headers: Object.fromEntries(
          seen.map(([name, values]) => [
            name.toLowerCase(),
            { value: values[0] ?? '', multiValue: values.map((value) => ({ value })) },
          ]),
        ),
      },
    };
    const { request: judged, origin } = answer.parse(JSON.parse(String(this.#run(JSON.stringify(event)))));
    const { method, uri, headers } = judged;
    if (method !== request.method || uri !== request.path)
      throw new Error(
        'A CloudFront function that changes method or path does not run in the embedded cloud.',
      );
    const cookies = headerValues(request, 'cookie');
    const viewed = new Map([
      ...Object.entries(headers).map(
        ([name, { value, multiValue }]) => [name, multiValue?.map((one) => one.value) ?? [value]] as const,
      ),
      ...(cookies.length > 0 ? [['cookie', cookies] as const] : []),
    ]);
    return { headers: viewed, host: origin.hostHeader ?? viewed.get('host')?.[0] };
  }
}
