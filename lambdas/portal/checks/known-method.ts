import { code, RpcError } from '../json-rpc.ts';

/** Unknown and removed methods: HTTP 404 to modern clients, in the answer to legacy ones. */
export function methodNotFound(method: string, era: 'modern' | 'legacy'): RpcError {
  return new RpcError(
    code.methodNotFound,
    `The portal has no method ${JSON.stringify(method.slice(0, 100))}.`,
    {
      status: era === 'modern' ? 404 : 200,
    },
  );
}
