import { checkParameterHeaders } from '../checks/parameter-headers.ts';
import { routeTool } from '../routing.ts';
import { type Method, taken } from './context.ts';

/** `tools/call`: state-changing unless a reviewer said that the tool only reads. */
export const callTool: Method = async (context) => {
  const { request, catalog, access, record } = context;
  const { params } = request;
  const offer = taken(context, routeTool(catalog, access, params.name, params.arguments));
  if (request.era === 'modern') checkParameterHeaders(request.headers, offer.headers, params.arguments);
  const repeatable = offer.tool.risk === 'read-only';
  if (!repeatable) await record.intent();
  return context.forward(offer, {
    params: { ...params, name: offer.name },
    headerParameters: offer.headers,
    repeatable,
  });
};
