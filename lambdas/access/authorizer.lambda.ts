import middy from '@middy/core';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import * as z from 'zod';
import { readEnvironment } from '../shared/environment.ts';
import { SallyportError } from '../shared/errors.ts';
import { logger } from '../shared/logger.ts';
import { resourcesOf } from '../shared/origin.ts';
import { Table } from '../shared/table.ts';
import { createSessionReader } from './session-reader.ts';
import { createTokenVerifier } from './verify-token.ts';

const environment = readEnvironment(z.object({ SALLYPORT_ORIGIN: z.url(), IDENTITY_TABLE: z.string() }));
const identity = new Table(environment.IDENTITY_TABLE);
const verifier = createTokenVerifier({
  origin: environment.SALLYPORT_ORIGIN,
  audience: resourcesOf(environment.SALLYPORT_ORIGIN).portal,
  identity,
});
const sessions = createSessionReader(identity);

function bearerOf(event: APIGatewayRequestAuthorizerEvent): string | undefined {
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (name.toLowerCase() === 'authorization') return /^Bearer +(\S+)$/i.exec(value?.trim() ?? '')?.[1];
  }
  return undefined;
}

/** Every method of this stage: the answer is cached by token alone, whichever route asked first. */
function stageOf(methodArn: string): string {
  const [api, stage] = methodArn.split('/');
  return `${api}/${stage}/*`;
}

/**
 * Judges the bearer token of MCP requests. API Gateway answers 401 with our challenge only for an error whose
 * message is exactly `Unauthorized`; any other error becomes a 500.
 */
export const handler = middy<APIGatewayRequestAuthorizerEvent, APIGatewayAuthorizerResult>().handler(
  async (event: APIGatewayRequestAuthorizerEvent) => {
    const token = bearerOf(event);
    if (!token) throw new Error('Unauthorized');
    try {
      const claims = await verifier.verify(token);
      await sessions.read(claims);
      return {
        principalId: claims.subject,
        policyDocument: {
          Version: '2012-10-17',
          Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: stageOf(event.methodArn) }],
        },
      };
    } catch (error) {
      if (error instanceof SallyportError && error.status === 401) throw new Error('Unauthorized');
      logger.error('the token could not be judged', {
        error: error instanceof Error ? error : String(error),
      });
      throw error;
    }
  },
);
