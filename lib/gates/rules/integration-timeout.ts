import type { Rule } from '../rule.ts';
import { ofType, valueAt } from '../template.ts';

/** Longest times to answer, in milliseconds, with API Gateway's default quotas. */
const BUFFERED = 29_000;
const STREAMED = 900_000;

/** A longer timeout is refused by API Gateway unless the answer is streamed or the account's quota was raised. */
export const integrationTimeout: Rule = {
  id: 'integration-timeout',
  description: 'An integration of more than 29 seconds streams its answer',
  *check(template) {
    for (const [logicalId, { Properties }] of ofType(template, 'AWS::ApiGateway::Method')) {
      const timeout = Number(valueAt(Properties, 'Integration.TimeoutInMillis') ?? 0);
      const streams = valueAt(Properties, 'Integration.ResponseTransferMode') === 'STREAM';
      const longest = streams ? STREAMED : BUFFERED;
      if (timeout <= longest) continue;
      yield {
        logicalId,
        location: 'Integration.TimeoutInMillis',
        message: `${timeout} ms is more than ${longest} ms: ${streams ? 'shorten it' : 'stream the answer (STREAM) or shorten it'}.`,
      };
    }
  },
};
