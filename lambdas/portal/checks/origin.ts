import { code, RpcError } from '../json-rpc.ts';

/**
 * A browser page may call only when its origin is allowed (DNS rebinding; 2026-07-28, Streamable HTTP,
 * security). Requests from anything but a browser carry no `Origin`.
 */
export function checkOrigin(origin: string | undefined, allowed: ReadonlySet<string>): void {
  if (origin === undefined || allowed.has(origin)) return;
  throw new RpcError(
    code.originRefused,
    'Pages of this origin may not call the portal. An administrator can add it to the allowed origins.',
    { status: 403 },
  );
}
