import { isObject, type JsonObject } from '../json.ts';

const LINK = 'To go on, open this link, then try again:';

function line(request: unknown): string {
  const params = isObject(request) && isObject(request.params) ? request.params : {};
  const message = typeof params.message === 'string' ? params.message : 'The server needs more input.';
  return typeof params.url === 'string' ? `${message} ${LINK} ${params.url}` : message;
}

/** What a server asks for, as text: legacy clients cannot be asked in the middle of a stateless call. */
export function inputRequiredText({ inputRequests }: JsonObject): string {
  const requests = isObject(inputRequests) ? Object.values(inputRequests) : [];
  return [
    'This call needs input that your client cannot give through the portal.',
    ...requests.map(line),
  ].join('\n');
}
