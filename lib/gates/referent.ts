import type { Json, Template } from './template.ts';
import { textOf } from './text.ts';

/** What a value refers to: a resource of the template by one of its attributes, or an ARN spelled out. */
export type Referent =
  | { kind: 'resource'; type: string; logicalId: string; attribute: string }
  | { kind: 'arn'; arn: string; service: string; resource: string };

const REFERENCE = /^\$\{([A-Za-z0-9]+)(?:\.([A-Za-z0-9.]+))?\}$/;
const ARN = /^arn:[^:]+:([^:]*):[^:]*:[^:]*:(.*)$/s;
/** The function within the URI that API Gateway invokes it by. */
const INVOCATION = /^arn:[^:]+:apigateway:[^:]*:lambda:path\/[\d-]+\/functions\/(.+)\/[a-z-]*invocations$/s;

/** What a value refers to; undefined when the template alone does not tell, or when it is no reference. */
export function referentOf(value: Json, template: Template): Referent | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : referentOfText(text, template);
}

/** What the function within an invocation URI refers to. */
export function invokedBy(uri: Json, template: Template): Referent | undefined {
  const [, invoked] = INVOCATION.exec(withoutColons(textOf(uri) ?? '')) ?? [];
  return invoked === undefined ? referentOf(uri, template) : referentOfText(invoked, template);
}

/** Pseudo parameters by their last name, since colons divide ARNs. */
const withoutColons = (text: string): string => text.replaceAll(/\$\{AWS::(\w+)\}/g, '$1');

function referentOfText(text: string, { Resources }: Template): Referent | undefined {
  const [, logicalId, attribute = 'Ref'] = REFERENCE.exec(text) ?? [];
  const type = logicalId === undefined ? undefined : Resources[logicalId]?.Type;
  if (logicalId !== undefined && type !== undefined) return { kind: 'resource', type, logicalId, attribute };
  const [, service, resource] = ARN.exec(withoutColons(text)) ?? [];
  if (service === undefined || resource === undefined) return undefined;
  return { kind: 'arn', arn: text, service, resource };
}

export function nameOf(referent: Referent): string {
  if (referent.kind === 'arn') return `${referent.arn} (${referent.service})`;
  const { logicalId, type, attribute } = referent;
  return `${attribute === 'Ref' ? 'the Ref' : attribute} of ${logicalId} (${type})`;
}
