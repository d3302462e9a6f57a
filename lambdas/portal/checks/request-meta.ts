import { isObject, type JsonObject } from '../json.ts';
import { code, RpcError } from '../json-rpc.ts';
import { meta } from '../protocol.ts';

const invalid = (message: string, data: unknown) =>
  new RpcError(code.invalidParams, message, { status: 400, data });

export interface RequestMeta {
  all: JsonObject;
  version: string;
  clientCapabilities: JsonObject;
}

/** The `_meta` members that every modern request carries (2026-07-28, basic, request metadata). */
export function checkRequestMeta(params: JsonObject): RequestMeta {
  const all = isObject(params._meta) ? params._meta : {};
  const missing = [meta.version, meta.clientCapabilities].filter((key) => all[key] === undefined);
  if (missing.length > 0)
    throw invalid(`The request lacks ${missing.join(' and ')} in params._meta.`, { missing });
  const { [meta.version]: version, [meta.clientCapabilities]: clientCapabilities } = all;
  if (typeof version !== 'string')
    throw invalid(`params._meta["${meta.version}"] must be a string.`, { key: meta.version });
  if (!isObject(clientCapabilities))
    throw invalid(`params._meta["${meta.clientCapabilities}"] must be an object.`, {
      key: meta.clientCapabilities,
    });
  return { all, version, clientCapabilities };
}
