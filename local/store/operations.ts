import type { TableDescription } from 'dynalite/db/index.js';
import type { Authorizer } from '../iam/authorizer.ts';
import { accessOf, accessOfSteps } from './access.ts';
import { type Engine, isOperation, type Operation, type Parameters } from './engine.ts';
import { serviceError, unsupported } from './errors.ts';
import type { Gate } from './gate.ts';
import type { Throughput } from './throughput.ts';
import type { TimeToLive } from './time-to-live.ts';
import { readSteps, Transactions, writeSteps } from './transactions.ts';

const WRITES: ReadonlySet<Operation> = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);

/** Answers an operation for a principal. @throws StoreError */
export type Operations = (principal: string, operation: string, parameters: Parameters) => Promise<unknown>;

/** The operations of the store: each is validated, authorized, and run where the gate lets it. */
export function createOperations(parts: {
  engine: Engine;
  gate: Gate;
  timeToLive: TimeToLive;
  tables: ReadonlyMap<string, TableDescription>;
  authorize: Authorizer;
  throughput: Throughput;
}): Operations {
  const { engine, gate, timeToLive, tables, authorize, throughput } = parts;
  const transactions = new Transactions(engine, gate);
  const tableOf = (name: string) => tables.get(name);

  const permit = (principal: string, requests: ReturnType<typeof accessOf>) => {
    for (const request of requests) {
      const refusal = authorize(principal, request);
      if (refusal?.reason === 'unknown-principal')
        throw serviceError('UnrecognizedClientException', refusal.message);
      if (refusal) throw serviceError('AccessDeniedException', refusal.message);
    }
    throughput.take(requests);
  };

  return async (principal, operation, parameters) => {
    switch (operation) {
      case 'TransactWriteItems': {
        const steps = writeSteps(engine, parameters);
        permit(principal, accessOfSteps(steps, tableOf));
        return transactions.write(parameters, steps);
      }
      case 'TransactGetItems': {
        const steps = readSteps(engine, parameters);
        permit(principal, accessOfSteps(steps, tableOf));
        return transactions.read(steps);
      }
      case 'UpdateTimeToLive':
      case 'DescribeTimeToLive':
        permit(principal, accessOf(operation, parameters, tableOf));
        return operation === 'UpdateTimeToLive'
          ? timeToLive.update(parameters)
          : timeToLive.describe(parameters);
    }
    if (!isOperation(operation) || operation === 'CreateTable')
      throw unsupported(`the operation ${operation || '(none)'}`);
    const checked = engine.check(operation, parameters);
    permit(principal, accessOf(operation, checked, tableOf));
    return WRITES.has(operation)
      ? gate.shared(() => engine.run(operation, checked))
      : engine.run(operation, checked);
  };
}
