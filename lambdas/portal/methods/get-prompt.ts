import { routePrompt } from '../routing.ts';
import { type Method, taken } from './context.ts';

export const getPrompt: Method = (context) => {
  const { catalog, access, request } = context;
  const offer = taken(context, routePrompt(catalog, access, request.params.name));
  return context.forward(offer, { params: { ...request.params, name: offer.name }, repeatable: true });
};
