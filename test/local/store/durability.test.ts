import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { everythingAllowed } from '../../../local/iam/authorizer.ts';
import { forkStore } from '../../../local/store/fork-store.ts';
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

const serve = () => startStore({ port: 0, path, tables, authorize: everythingAllowed });
async function withStore<Result>(use: (endpoint: string) => Promise<Result>): Promise<Result> {
  const store = await serve();
  try {
    return await use(store.endpoint);
  } finally {
    await store.close();
  }
}
const write = (endpoint: string, value: string) =>
  clientAs('administrator', endpoint).send(
    new PutItemCommand({ TableName: 'kept', Item: { ...key, value: { S: value } } }),
  );
const read = async (endpoint: string) => {
  const { Item } = await clientAs('administrator', endpoint).send(
    new GetItemCommand({ TableName: 'kept', Key: key }),
  );
  return Item?.value?.S;
};

describe('the store', () => {
  it('keeps what it acknowledged over a restart', async () => {
    await withStore((endpoint) => write(endpoint, 'before the restart'));
    expect(await withStore(read)).toBe('before the restart');
  });

  it('keeps what it acknowledged when its process is killed', async () => {
    const store = await forkStore({ port: 0, path, tables });
    await write(store.endpoint, 'before the kill');
    process.kill(store.pid, 'SIGKILL');
    await expect(store.ended).rejects.toThrow(/ended unexpectedly/);
    expect(await withStore(read)).toBe('before the kill');
  });

  it('says in one line that its tables are in use, from its own process too', async () => {
    await withStore(async () => {
      await expect(forkStore({ port: 0, path, tables })).rejects.toThrow(/^The tables in .* are in use/);
    });
  });

  it('says in one line that its port is taken', async () => {
    await withStore(async (endpoint) => {
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
