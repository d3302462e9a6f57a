import type { Readable } from 'node:stream';
import * as z from 'zod';
import { FunctionError } from '../functions/function-process.ts';
import { policyDocument } from '../iam/document.ts';
import { type AccessRequest, compilePolicies, type Verdict as PolicyVerdict } from '../iam/evaluate.ts';
import { type GatewayRequest, requestParameter } from './gateway-request.ts';
import type { FaultType } from './gateway-response.ts';
import { parseJson } from './proxy-answer.ts';
import { type AuthorizerContext, methodArn, requestFields } from './proxy-event.ts';
import type { AuthorizerView, RestApiView } from './rest-api.ts';
import type { Route } from './routes.ts';

export type Invoke = (functionName: string, event: string, requestId: string) => Promise<Readable>;

/** The authorizer's verdict: its context for the function, or the fault to answer with. */
export type Verdict = { context: AuthorizerContext } | { fault: FaultType };

const answer = z.object({
  principalId: z.string().min(1),
  policyDocument,
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
});

/** An answer of the authorizer, ready to be asked about any method of the API. */
interface Judgement {
  decide: (request: AccessRequest) => PolicyVerdict;
  context: AuthorizerContext;
}

/** A REQUEST authorizer with its cache, which is keyed by the values of the identity sources. */
export class Authorizer {
  readonly #api: RestApiView;
  readonly #view: AuthorizerView;
  readonly #invoke: Invoke;
  readonly #cache = new Map<string, { until: number; judgement: Judgement }>();

  constructor(api: RestApiView, view: AuthorizerView, invoke: Invoke) {
    this.#api = api;
    this.#view = view;
    this.#invoke = invoke;
  }

  async judge(route: Route, request: GatewayRequest): Promise<Verdict> {
    const identity = this.#view.identitySources.map((source) =>
      requestParameter(request, route.pathParameters, source),
    );
    if (identity.some((value) => !value)) return { fault: 'UNAUTHORIZED' };
    const key = JSON.stringify(identity);
    const cached = this.#cache.get(key);
    const fresh = !cached || cached.until <= Date.now();
    const judgement = fresh ? await this.#ask(route, request) : cached.judgement;
    if ('fault' in judgement) return judgement;
    if (fresh) this.#remember(key, judgement);
    const verdict = judgement.decide({
      action: 'execute-api:Invoke',
      resource: methodArn(this.#api, request),
      conditionKeys: {},
    });
    return verdict === 'allowed' ? { context: judgement.context } : { fault: 'ACCESS_DENIED' };
  }

  async #ask(route: Route, request: GatewayRequest): Promise<Judgement | { fault: FaultType }> {
    const event = JSON.stringify({
      type: 'REQUEST',
      methodArn: methodArn(this.#api, request),
      ...requestFields(this.#api, route, request),
    });
    try {
      const stream = await this.#invoke(this.#view.functionName, event, request.requestId);
      const result = answer.safeParse(parseJson(Buffer.concat(await stream.toArray())));
      if (!result.success) return { fault: 'AUTHORIZER_CONFIGURATION_ERROR' };
      const { policyDocument: policy, principalId, context } = result.data;
      return {
        decide: compilePolicies([policy]),
        context: { ...context, principalId, integrationLatency: 0 },
      };
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      return { fault: error.message === 'Unauthorized' ? 'UNAUTHORIZED' : 'AUTHORIZER_FAILURE' };
    }
  }

  #remember(key: string, judgement: Judgement): void {
    if (this.#view.cacheSeconds === 0) return;
    const now = Date.now();
    for (const [other, { until }] of this.#cache) {
      if (until > now) break;
      this.#cache.delete(other);
    }
    this.#cache.delete(key);
    this.#cache.set(key, { until: now + this.#view.cacheSeconds * 1000, judgement });
  }
}
