import * as z from 'zod';
import type { Answer } from './answer.ts';
import { type Finding, Found, fail } from './check.ts';

const ownError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const gatewayError = z.object({ message: z.string() });

/** The code of an error in our own shape. */
export const errorCode = ({ json }: Answer): string | undefined => ownError.safeParse(json).data?.error.code;

type Reason = readonly [why: string, whatToDo: string];

const OWN: Readonly<Record<string, Reason>> = {
  origin_required: [
    'The request did not come with the secret of the distribution.',
    'Use the public URL (output McpUrl). If this is it, the secret in CloudFront and the one in Secrets Manager differ: deploy again.',
  ],
  request_refused: [
    'A rule of the web firewall refused the request.',
    'The log group aws-waf-logs-… of the stack names the rule.',
  ],
  too_many_requests: [
    'This address sent too many requests.',
    'Wait five minutes; for a network that many people share, set `firewall.unlimitedNetworks`.',
  ],
  internal_error: [
    'A function failed.',
    'Its log has a line `request failed` with the cause; the runbook says which function serves which path.',
  ],
};

const GATEWAY: Readonly<Record<string, Reason>> = {
  Forbidden: [
    'The web firewall blocks the request, or the domain has no mapping to the API.',
    'Read the log group aws-waf-logs-… of the stack; if it has no line, deploy again so that the base path mapping is there.',
  ],
  'Missing Authentication Token': [
    'An API Gateway answers that has no such route: another API, or a stage in the path.',
    'Give the public origin alone, without a stage or path (output McpUrl without /mcp).',
  ],
  'Internal server error': [
    'A function failed or answered in a form that the gateway does not understand.',
    'Read its log; the runbook says which function serves which path.',
  ],
};

function cloudFrontReason({ status, text }: Answer): Reason {
  if (status === 403 && text.includes('Request blocked'))
    return [
      'A web ACL on the CloudFront distribution blocks the request.',
      'Look at that ACL in AWS WAF (us-east-1).',
    ];
  if (status === 403)
    return [
      'CloudFront refuses the request: for plain HTTP, for a name that the distribution does not serve, or by a country rule.',
      'Compare the URL with the output McpUrl. For another name, add it and its certificate to the distribution.',
    ];
  return [
    'CloudFront gets no usable answer from the API behind it.',
    'Is the API there? Compare the origin of the distribution with the output ApiHost, and deploy again if they differ.',
  ];
}

/** Whose answer this is and why it is not the deployment's; undefined when nothing about it is known. */
export function reasonOf(answer: Answer): Reason | undefined {
  const { status, headers, text, json } = answer;
  const own = ownError.safeParse(json).data?.error;
  if (own) return OWN[own.code] ?? [own.message, 'The runbook has the code and what to do.'];
  if (headers.get('x-cache')?.startsWith('Error from cloudfront') && text.includes('CloudFront'))
    return cloudFrontReason(answer);
  const gateway = gatewayError.safeParse(json).data?.message;
  if (gateway && Object.hasOwn(GATEWAY, gateway)) return GATEWAY[gateway];
  const location = headers.get('location');
  if (status >= 300 && status < 400 && location)
    return [
      `The address redirects to ${location}.`,
      'Clients do not follow: give the address that it leads to, if that is the deployment.',
    ];
  return undefined;
}

/** What to say about an answer that is not the expected one. */
export function unexpected(answer: Answer, what: string, expected: string): Finding {
  const [why, whatToDo] = reasonOf(answer) ?? [
    `Expected ${expected}; something else may answer at this address.`,
    'Compare the URL with the output McpUrl of the stack. If it is right, deploy again and look at what stands in front.',
  ];
  return fail(`${what} answers ${answer.status}`, why, whatToDo);
}

/** @throws Found with why, unless the answer has this status. */
export function mustAnswer(answer: Answer, status: number, what: string): void {
  if (answer.status !== status) throw new Found(unexpected(answer, what, String(status)));
}

/** The body by a schema. @throws Found naming what is wrong with it. */
export function mustHave<Schema extends z.ZodType>(
  answer: Answer,
  schema: Schema,
  what: string,
): z.output<Schema> {
  mustAnswer(answer, 200, what);
  const { data, error } = schema.safeParse(answer.json);
  if (data !== undefined) return data;
  const [fault] = error?.issues ?? [];
  const place = fault?.path.join('.') || 'the body';
  throw new Found(
    fail(
      `${what} is not as it must be: ${place}: ${fault?.message ?? 'is no JSON'}`,
      'Something else answers at this address, or changes the answer on its way.',
      'Compare the URL with the output McpUrl of the stack, and look at what stands in front.',
    ),
  );
}
