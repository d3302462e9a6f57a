import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';
import type { GuardedFetch } from '../../access/guarded-fetch.ts';
import { ASSERTION_ALGORITHM, type AssertionKey } from '../../access/keys/assertion-keys.ts';
import type { Subject } from '../../policy/decision.ts';
import type { ExternalEvaluationSpec } from '../../shared/documents/external-evaluation.ts';
import { logger } from '../../shared/logger.ts';

export const QUESTION_TYPE = 'sallyport-evaluation+jwt';
const ANSWER_ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];
const LIVES_SECONDS = 60;
/** Keys of an evaluation are read again after this long, so that a new one counts. */
const KEYS_KEPT_MS = 60_000;
/** A failure is not asked about again at once. */
const FAILURE_KEPT_MS = 2_000;
const MOST_KEPT = 5_000;

const answer = z.object({ success: z.boolean(), nonce: z.string() });
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(50) });

export interface EvaluationOptions {
  origin: string;
  portalId: string;
  signingKey: () => Promise<AssertionKey>;
  /** Through the guard; it gives up by itself. */
  fetch: GuardedFetch;
  /** The evaluations of the snapshot in force, by id. */
  evaluations: () => Promise<Readonly<Record<string, ExternalEvaluationSpec>>>;
  clock?: () => number;
}

interface Kept<T> {
  until: number;
  value: Promise<T>;
}

function identityOf(subject: Subject): JWTPayload {
  const { ip, country, client } = subject;
  const request = { ip, country, client: client?.id };
  if (subject.serviceToken !== undefined) return { sub: `service-${subject.serviceToken}`, ...request };
  const { person, email, groups, claims, loginMethod, authenticationMethods: amr } = subject;
  return {
    ...(person === undefined ? {} : { sub: person }),
    email,
    groups,
    claims,
    idp: loginMethod,
    amr,
    ...request,
  };
}

/** What an answer is remembered for: who asks, in which session, from where, with what. */
const questionOf = (id: string, subject: Subject): string =>
  JSON.stringify([id, identityOf(subject), subject.serviceToken === undefined ? subject.session : null]);

/** Asks services of the organisation whether somebody may; whatever is not a signed answer to this question is none. */
export class ExternalEvaluations {
  readonly #options: EvaluationOptions;
  readonly #clock: () => number;
  readonly #answers = new Map<string, Kept<boolean | undefined>>();
  readonly #keys = new Map<string, Kept<JSONWebKeySet>>();

  constructor(options: EvaluationOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
  }

  /** The answers that there are, by the id of the evaluation. */
  async look(subject: Subject, ids: readonly string[]): Promise<Map<string, boolean>> {
    const evaluations = await this.#options.evaluations();
    const found = await Promise.all(
      ids.map(async (id) => {
        const spec = Object.hasOwn(evaluations, id) ? evaluations[id] : undefined;
        return [id, spec && (await this.#remembered(id, spec, subject))] as const;
      }),
    );
    return new Map(found.filter((entry): entry is [string, boolean] => entry[1] !== undefined));
  }

  /** Questions that are alike are asked once; a failure is forgotten soon. */
  #remembered(id: string, spec: ExternalEvaluationSpec, subject: Subject): Promise<boolean | undefined> {
    const question = questionOf(id, subject) + spec.url;
    const now = this.#clock();
    const known = this.#answers.get(question);
    if (known && known.until > now) return known.value;
    if (this.#answers.size >= MOST_KEPT) this.#answers.clear();
    const kept: Kept<boolean | undefined> = {
      until: now + spec.timeoutMs * 2 + FAILURE_KEPT_MS,
      value: this.#ask(spec, subject).then(
        (success) => {
          kept.until = this.#clock() + spec.cacheSeconds * 1000;
          return success;
        },
        (error: unknown) => {
          kept.until = this.#clock() + FAILURE_KEPT_MS;
          logger.warn('external evaluation failed', { evaluation: id, error: String(error) });
          return undefined;
        },
      ),
    };
    this.#answers.set(question, kept);
    return kept.value;
  }

  async #ask(spec: ExternalEvaluationSpec, subject: Subject): Promise<boolean> {
    const { origin, portalId, fetch, signingKey } = this.#options;
    const { kid, key } = await signingKey();
    const nonce = randomUUID();
    const seconds = Math.floor(this.#clock() / 1000);
    const question = await new SignJWT({ ...identityOf(subject), portal: portalId, nonce })
      .setProtectedHeader({ alg: ASSERTION_ALGORITHM, typ: QUESTION_TYPE, kid })
      .setIssuer(origin)
      .setAudience(spec.url)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + LIVES_SECONDS)
      .sign(key);
    const signal = AbortSignal.timeout(spec.timeoutMs);
    const headers = { 'content-type': 'application/json', accept: 'application/jwt' };
    const body = JSON.stringify({ token: question });
    const response = await fetch(spec.url, { method: 'POST', headers, body, signal });
    if (response.status !== 200) throw new Error(`It answered ${response.status}.`);
    const keys = createLocalJWKSet(await this.#keysAt(spec.keysUrl, signal));
    const { payload } = await jwtVerify((await response.text()).trim(), keys, {
      algorithms: ANSWER_ALGORITHMS,
      issuer: spec.url,
      audience: origin,
      maxTokenAge: LIVES_SECONDS,
      clockTolerance: 5,
      requiredClaims: ['exp', 'iat'],
      currentDate: new Date(this.#clock()),
    });
    const said = answer.parse(payload);
    if (said.nonce !== nonce) throw new Error('It answered another question.');
    return said.success;
  }

  #keysAt(url: string, signal: AbortSignal): Promise<JSONWebKeySet> {
    const now = this.#clock();
    const known = this.#keys.get(url);
    if (known && known.until > now) return known.value;
    if (this.#keys.size > 100) this.#keys.clear();
    const value = this.#readKeys(url, signal);
    this.#keys.set(url, { until: now + KEYS_KEPT_MS, value });
    value.catch(() => this.#keys.delete(url));
    return value;
  }

  async #readKeys(url: string, signal: AbortSignal): Promise<JSONWebKeySet> {
    const response = await this.#options.fetch(url, { headers: { accept: 'application/json' }, signal });
    if (response.status !== 200) throw new Error(`Its keys answered ${response.status}.`);
    const { keys } = keySet.parse(await response.json());
    // A shared key would let whoever knows the public ones answer.
    return { keys: keys.filter(({ kty }) => kty !== 'oct') };
  }
}
