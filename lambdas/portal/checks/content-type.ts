import { code, RpcError } from '../json-rpc.ts';

/** Messages are `application/json`, parameters such as a charset aside. */
export function checkContentType(contentType: string | undefined): void {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  throw new RpcError(code.contentType, 'Send the message as Content-Type: application/json.', {
    status: 415,
  });
}
