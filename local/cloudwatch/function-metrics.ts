import type { PutMetric } from './metric-data.ts';

type FunctionMetric = 'Duration' | 'Errors' | 'Invocations' | 'Throttles';

/** Puts a metric of a function, and of the alias by which it was invoked. @param invoked `name` or `name:alias`. */
export function putFunctionMetric(
  put: PutMetric,
  invoked: string,
  name: FunctionMetric,
  value: number,
): void {
  const [FunctionName = '', alias] = invoked.split(':');
  put({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName }, value });
  if (alias !== undefined)
    put({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName, Resource: invoked }, value });
}
