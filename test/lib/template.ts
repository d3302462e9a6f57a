import { Template } from 'aws-cdk-lib/assertions';
import { App, type Stack } from 'aws-cdk-lib/core';
import { readConfiguration } from '../../lib/configuration.ts';
import { SallyportStack } from '../../lib/sallyport-stack.ts';
import configuration from '../../sallyport.config.ts';

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
}

export function makeStack(name: string): Stack {
  const environment = readConfiguration(configuration, name);
  return new SallyportStack(new App({ builtinCloudFormationValidation: false }), 'Sallyport', environment);
}

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

export interface Statement {
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
  return resourcesOf(from, 'AWS::IAM::Policy').flatMap(([, { Properties }]) => {
    const { Roles, PolicyDocument } = Properties as unknown as PolicyProperties;
    return PolicyDocument.Statement.map((statement) => ({
      role: Roles.map(({ Ref }) => Ref).join(),
      effect: String(statement.Effect),
      actions: list(statement.Action).map(String),
      resources: list(statement.Resource).map((resource) => JSON.stringify(resource)),
      conditions: (statement.Condition ?? {}) as Statement['conditions'],
    }));
  });
}
