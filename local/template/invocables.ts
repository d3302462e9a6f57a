import * as z from 'zod';
import type { FunctionView } from '../functions/function-environment.ts';
import type { Stack } from './stack.ts';

const alias = z.object({ FunctionName: z.string(), FunctionVersion: z.string(), Name: z.string() });

/** What is invoked: a function, by its name or by `name:alias`. */
export interface Invocable {
  name: string;
  view: FunctionView;
}

/** Finds what a name or an ARN, with or without an alias, invokes; undefined when it is nothing of the template. */
export type FindInvocable = (nameOrArn: string) => Invocable | undefined;

/** A function has one version here, the one that was started: each alias stands for it. */
export function readInvocables(stack: Stack, functions: readonly FunctionView[]): FindInvocable {
  const views = new Map(functions.map((view) => [view.name, view]));
  const aliases = stack
    .ofType('AWS::Lambda::Alias', alias)
    .map(({ properties }) => [`${properties.FunctionName}:${properties.Name}`, properties.FunctionName]);
  const invocables = new Map(
    [...functions.map(({ name }) => [name, name]), ...aliases].flatMap(([name = '', target = '']) => {
      const view = views.get(target);
      return view ? [[name, { name, view }] as const] : [];
    }),
  );
  return (nameOrArn) => invocables.get(nameOrArn.replace(/^arn:aws:lambda:[^:]*:[^:]*:function:/, ''));
}
