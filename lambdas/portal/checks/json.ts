import { parseJson } from '../json.ts';
import { code, RpcError } from '../json-rpc.ts';

/** The body as data (JSON-RPC 2.0 section 5.1, parse error). */
export function checkJson(body: string): unknown {
  try {
    return parseJson(body);
  } catch {
    throw new RpcError(code.parseError, 'The body is not JSON, or nested too deeply.', { status: 400 });
  }
}
