import { Template } from 'aws-cdk-lib/assertions';
import { App, type Stack } from 'aws-cdk-lib/core';
import { readConfiguration } from '../../lib/configuration.ts';
import { SallyportStack } from '../../lib/sallyport-stack.ts';
import configuration from '../../sallyport.config.ts';
import { EVERYTHING } from './everything.ts';

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
}

export function makeStack(name: string, context: Record<string, string> = {}): Stack {
  const environment = readConfiguration(configuration, name);
  const app = new App({ builtinCloudFormationValidation: false, context });
  return new SallyportStack(app, 'Sallyport', environment);
}

/** The stack of an environment that uses every option. */
export const makeEverything = (): Stack =>
  new SallyportStack(new App({ builtinCloudFormationValidation: false }), 'Sallyport', EVERYTHING);

const made = new Map<string, Template>();

/** The template as `cdk deploy` would send it, for one environment of sallyport.config.ts; synthesized once. */
export function template(name = 'production'): Template {
  const known = made.get(name) ?? Template.fromStack(makeStack(name));
  made.set(name, known);
  return known;
}

export function resourcesOf(from: Template, type: string): [string, Resource][] {
  return Object.entries(from.findResources(type)).map(([id, resource]) => [id, resource as Resource]);
}

/** A logical id without the construct that holds the whole deployment. */
export const withoutScope = (logicalId: string): string => logicalId.replace(/^Sallyport/, '');

export interface Statement {
  /** The logical id of the role, without the construct that holds the whole deployment. */
  role: string;
  effect: string;
  actions: string[];
  resources: string[];
  conditions: Record<string, Record<string, unknown>>;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

interface PolicyProperties {
  Roles: { Ref: string }[];
  PolicyDocument: { Statement: Record<string, unknown>[] };
}

/** Every statement of every function's role. Resources are the JSON text of their intrinsics. */
export function statements(from: Template): Statement[] {
  const functions = JSON.stringify(resourcesOf(from, 'AWS::Lambda::Function'));
  return resourcesOf(from, 'AWS::IAM::Policy').flatMap(([, { Properties }]) => {
    const { Roles, PolicyDocument } = Properties as unknown as PolicyProperties;
    if (!Roles.some(({ Ref }) => functions.includes(`"${Ref}"`))) return [];
    return PolicyDocument.Statement.map((statement) => ({
      role: Roles.map(({ Ref }) => withoutScope(Ref)).join(),
      effect: String(statement.Effect),
      actions: list(statement.Action).map(String),
      resources: list(statement.Resource).map((resource) => JSON.stringify(resource)),
      conditions: (statement.Condition ?? {}) as Statement['conditions'],
    }));
  });
}
