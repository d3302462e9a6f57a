import { createContext, runInContext } from 'node:vm';
import * as z from 'zod';
import { type GatewayRequest, headerValues } from './gateway-request.ts';

/** A CloudFront distribution that passes everything on but the host, after a function at the edge. */
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
const answer = z.object({
  method: z.string(),
  uri: z.string(),
  headers: z.record(
    z.string(),
    z.object({ value: z.string(), multiValue: z.array(z.object({ value: z.string() })).optional() }),
  ),
});

type Run = (event: string) => unknown;

/** Compiles the function; what it can reach is the language and its event. @throws Error when there is no handler. */
function compile(code: string): Run {
  const context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
  runInContext(code, context);
  const run: unknown = runInContext('(event) => JSON.stringify(handler(JSON.parse(event)))', context);
  return run as Run;
}

/** The distribution in front of a REST API. */
export class Distribution {
  readonly #view: DistributionView;
  readonly #run: Run;

  constructor(view: DistributionView) {
    this.#view = view;
    this.#run = compile(view.viewerRequest);
  }

  /** Whether the request goes to the API itself, past the distribution. */
  isPassedBy(request: GatewayRequest): boolean {
    return headerValues(request, 'host').includes(this.#view.originHost);
  }

  /** What a viewer's request becomes at the API. @throws Error when the function fails. */
  forward(request: GatewayRequest): GatewayRequest {
    const { originHeaders, originHost, originPath } = this.#view;
    const headers = this.#atEdge(request);
    for (const [name, value] of originHeaders) headers.set(name.toLowerCase(), [value]);
    headers.set('host', [originHost]);
    headers.set('x-forwarded-for', [[...(headers.get('x-forwarded-for') ?? []), EDGE_ADDRESS].join(', ')]);
    return { ...request, headers, sourceIp: EDGE_ADDRESS, basePath: originPath };
  }

  /** A request that names the API's own host; undefined when its path does not begin with the stage. */
  direct(request: GatewayRequest): GatewayRequest | undefined {
    const { originPath } = this.#view;
    if (!request.path.startsWith(`${originPath}/`)) return undefined;
    return { ...request, path: request.path.slice(originPath.length), basePath: originPath };
  }

  #atEdge(request: GatewayRequest): Map<string, readonly string[]> {
    const seen = [...request.headers].filter(([name]) => name.toLowerCase() !== 'cookie');
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
    const { method, uri, headers } = answer.parse(JSON.parse(String(this.#run(JSON.stringify(event)))));
    if (method !== request.method || uri !== request.path)
      throw new Error(
        'A CloudFront function that changes method or path does not run in the embedded cloud.',
      );
    const cookies = headerValues(request, 'cookie');
    return new Map([
      ...Object.entries(headers).map(
        ([name, { value, multiValue }]) => [name, multiValue?.map((one) => one.value) ?? [value]] as const,
      ),
      ...(cookies.length > 0 ? [['cookie', cookies] as const] : []),
    ]);
  }
}
