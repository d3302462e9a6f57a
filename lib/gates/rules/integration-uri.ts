import type { Rule } from '../rule.ts';
import { ofType, valueAt } from '../template.ts';
import { textOf } from '../text.ts';

const URI = {
  BUFFERED: /:lambda:path\/2015-03-31\/functions\/.+\/invocations$/,
  STREAM: /:lambda:path\/2021-11-15\/functions\/.+\/response-streaming-invocations$/,
};

/** With the other mode's URI an API deploys and then answers every request with 502. */
export const integrationUri: Rule = {
  id: 'integration-uri',
  description: 'A Lambda integration invokes the function in the way in which it answers',
  *check(template) {
    for (const [logicalId, { Properties }] of ofType(template, 'AWS::ApiGateway::Method')) {
      if (valueAt(Properties, 'Integration.Type') !== 'AWS_PROXY') continue;
      const mode =
        valueAt(Properties, 'Integration.ResponseTransferMode') === 'STREAM' ? 'STREAM' : 'BUFFERED';
      const uri = textOf(valueAt(Properties, 'Integration.Uri'));
      if (uri !== undefined && URI[mode].test(uri)) continue;
      yield {
        logicalId,
        location: 'Integration.Uri',
        message: `${uri ?? 'what cannot be read'} is not the URI for the response transfer mode ${mode}.`,
      };
    }
  },
};
