import { code, RpcError } from '../json-rpc.ts';

const messages = {
  unreachable: 'could not be reached',
  unauthorized: 'asks for a sign-in that the portal does not have',
  'http-error': 'answered with an error',
  'not-mcp': 'gave an answer that is not valid MCP',
  'too-large': 'gave an answer that is too large to pass on',
  closed: 'closed the connection before it had answered',
  timeout: 'did not answer in time',
  asks: 'asks its client for something, and has no session in which the portal could refuse',
  disagrees: 'speaks another protocol version or has other tools than when it was last synchronised',
} as const;

export type FailureReason = keyof typeof messages;

/** A server behind the portal gave no answer that can be passed on. */
export class UpstreamFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, options?: { cause?: unknown }) {
    super(messages[reason], options);
    this.name = 'UpstreamFailure';
    this.reason = reason;
  }
}

/** True when the server may have done what was asked, although it did not say so. */
export const mayHaveHappened = ({ reason }: UpstreamFailure): boolean =>
  reason === 'closed' ||
  reason === 'timeout' ||
  reason === 'too-large' ||
  reason === 'not-mcp' ||
  reason === 'asks';

/** What the caller is told: the server's title and what went wrong, nothing of addresses or causes. */
export function failureError(failure: UpstreamFailure, title: string): RpcError {
  const { reason } = failure;
  const advice = reason === 'disagrees' ? ' Ask an administrator to synchronise it.' : ' Try again later.';
  return new RpcError(
    reason === 'timeout' ? code.upstreamTimeout : code.upstreamFailed,
    `The server "${title}" ${messages[reason]}.${advice}`,
    { data: { reason: `upstream_${reason.replace('-', '_')}`, server: title } },
  );
}
