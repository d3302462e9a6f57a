import { isObject } from '../json.ts';
import { invalidParams } from '../json-rpc.ts';
import { routePrompt, routeTemplate } from '../routing.ts';
import { type Method, taken } from './context.ts';

/** `completion/complete`: the reference goes to its server under the server's own name. */
export const complete: Method = (context) => {
  const { catalog, access, request } = context;
  const { ref } = request.params;
  if (!isObject(ref)) throw invalidParams('params.ref must be a reference to a prompt or a resource.');
  if (ref.type === 'ref/prompt') {
    const offer = taken(context, routePrompt(catalog, access, ref.name));
    const params = { ...request.params, ref: { ...ref, name: offer.name } };
    return context.forward(offer, { params, repeatable: true });
  }
  if (ref.type !== 'ref/resource') throw invalidParams('params.ref.type must be ref/prompt or ref/resource.');
  const offer = taken(context, routeTemplate(catalog, access, ref.uri));
  return context.forward(offer, { params: request.params, repeatable: true });
};
