import middy from '@middy/core';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import * as z from 'zod';
import { readEnvironment } from '../shared/environment.ts';
import { SallyportError } from '../shared/errors.ts';
import { enter } from '../shared/front-door.ts';
import { logger } from '../shared/logger.ts';
import { portalsOf, resourcesOf } from '../shared/origin.ts';
import { Table } from '../shared/table.ts';
import { ServiceTokens } from './clients/service-tokens.ts';
import { createHolderReader } from './sessions/holder-reader.ts';
import { createSessionReader } from './sessions/session-reader.ts';
import { type PresentedToken, readAuthorization } from './tokens/presented-token.ts';
import { checkScheme } from './tokens/proof-judge.ts';
import { createHolderVerifier } from './tokens/verify-token.ts';

const environment = readEnvironment(
  z.object({
    SALLYPORT_ORIGIN: z.url(),
    CERTIFICATE_HOST: z.string().optional(),
    IDENTITY_TABLE: z.string(),
    POLICIES_TABLE: z.string(),
  }),
);
const identity = new Table(environment.IDENTITY_TABLE);
const verifier = createHolderVerifier({
  origin: environment.SALLYPORT_ORIGIN,
  audience: portalsOf(resourcesOf(environment.SALLYPORT_ORIGIN, environment.CERTIFICATE_HOST)),
  identity,
});
// The gateway remembers the answer for a minute already.
const sessions = createHolderReader(
  createSessionReader(identity, { keepMs: 0 }),
  new ServiceTokens(new Table(environment.POLICIES_TABLE), identity),
  { keepMs: 0 },
);

function presentedOf(event: APIGatewayRequestAuthorizerEvent): PresentedToken | undefined {
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (name.toLowerCase() === 'authorization') return readAuthorization(value ?? '');
  }
  return undefined;
}

/** Every method of this stage: the answer is cached by token alone, whichever route asked first. */
function stageOf(methodArn: string): string {
  const [api, stage] = methodArn.split('/');
  return `${api}/${stage}/*`;
}

/**
 * Judges the access token of MCP requests, and never the proof of a bound one: the answer is cached, and the relay
 * judges the proof of every request. API Gateway answers 401 with our challenge only for an error whose
 * message is exactly `Unauthorized`; any other error becomes a 500. A request that came past the public origin gets
 * the challenge too, which names that origin: a denial would be remembered for the token, wherever it is used next.
 */
export const handler = middy<APIGatewayRequestAuthorizerEvent, APIGatewayAuthorizerResult>().handler(
  async (event: APIGatewayRequestAuthorizerEvent) => {
    const presented = presentedOf(event);
    if (!presented) throw new Error('Unauthorized');
    try {
      await enter(event);
      const claims = await verifier.verify(presented.token);
      checkScheme(presented, claims);
      await sessions.read(claims);
      return {
        principalId: claims.subject,
        policyDocument: {
          Version: '2012-10-17',
          Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: stageOf(event.methodArn) }],
        },
      };
    } catch (error) {
      if (error instanceof SallyportError && error.status < 500) throw new Error('Unauthorized');
      logger.error('the token could not be judged', {
        error: error instanceof Error ? error : String(error),
      });
      throw error;
    }
  },
);
