import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { everythingAllowed } from '../../../local/iam/authorizer.ts';
import { forkStore, type StoreProcess } from '../../../local/store/fork-store.ts';
import { startStore } from '../../../local/store/start-store.ts';
import { clientAs, definition } from './client.ts';

// Starting a process can be slow on a busy machine.
jest.setTimeout(30_000);

let path: string;
beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), 'sallyport-store-'));
});
afterAll(() => rm(path, { recursive: true }));

const tables = [definition('kept')];
const key = { pk: { S: 'a' }, sk: { S: 'b' } };

async function withStore<Result>(use: (store: StoreProcess) => Promise<Result>): Promise<Result> {
  const store = await forkStore({ port: 0, path, tables });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

describe('the store in a process of its own', () => {
  it('keeps what it acknowledged over a restart', async () => {
    await withStore(({ endpoint }) =>
      clientAs('administrator', endpoint).send(
        new PutItemCommand({ TableName: 'kept', Item: { ...key, value: { N: '42' } } }),
      ),
    );
    const { Item } = await withStore(({ endpoint }) =>
      clientAs('administrator', endpoint).send(new GetItemCommand({ TableName: 'kept', Key: key })),
    );
    expect(Item?.value).toEqual({ N: '42' });
  });

  it('keeps what it acknowledged when it is killed', async () => {
    const store = await forkStore({ port: 0, path, tables });
    await clientAs('administrator', store.endpoint).send(
      new PutItemCommand({ TableName: 'kept', Item: { ...key, value: { N: '43' } } }),
    );
    process.kill(store.pid, 'SIGKILL');
    await expect(store.ended).rejects.toThrow(/ended unexpectedly/);
    const { Item } = await withStore(({ endpoint }) =>
      clientAs('administrator', endpoint).send(new GetItemCommand({ TableName: 'kept', Key: key })),
    );
    expect(Item?.value).toEqual({ N: '43' });
  });

  it('says in one line that another process has the database', async () => {
    await withStore(async () => {
      await expect(forkStore({ port: 0, path, tables })).rejects.toThrow(/in use/);
    });
  });

  it('says in one line that its port is taken', async () => {
    await withStore(async ({ endpoint }) => {
      const port = Number(new URL(endpoint).port);
      await expect(startStore({ port, tables, authorize: everythingAllowed })).rejects.toThrow(
        `Port ${port} is taken`,
      );
    });
  });

  it('does not open a table whose keys have changed', async () => {
    const changed = [definition('kept', { indexes: ['by-person'] })];
    await expect(
      startStore({ port: 0, path, tables: changed, authorize: everythingAllowed }),
    ).rejects.toThrow(/kept has other keys .* --fresh/);
  });
});
