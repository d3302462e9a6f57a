import { expect, it } from '@jest/globals';
import * as z from 'zod';
import type { Administered } from './service-tokens.ts';

const weekly = JSON.stringify({
  apiVersion: 'sallyport/v1',
  kind: 'ServiceToken',
  metadata: { id: 'weekly' },
  spec: { title: 'Weekly report' },
});

const person = z.object({ id: z.string(), email: z.string() });
const records = z.object({ items: z.array(z.object({ person })) });

/** What administrators do now and then, with the permissions that the functions of a deployment have. */
export function describeEverydayAdministration(administered: () => Administered): void {
  it('shows with each server how its last sync went', async () => {
    expect(await administered().sallyport('get servers')).toMatch(/hr .*synced/);
  });

  it('finds what one person did, by e-mail address and by id', async () => {
    const list = async (who: string) => {
      const answer = await administered().sallyport(`audit list --person ${who} --since 1h -o json`);
      return records.parse(JSON.parse(answer)).items.map(({ person }) => person);
    };
    const alice = 'alice@example.com';
    const found = await list(alice);
    expect(new Set(found.map(({ email }) => email))).toEqual(new Set([alice]));
    expect(await list(found[0]?.id ?? '')).toEqual(found);
  });

  it('deletes a document with what belongs to it', async () => {
    const { sallyport } = administered();
    await sallyport('apply -f -', weekly);
    await sallyport('service-token rotate weekly');
    expect(await sallyport('get service-tokens')).toContain('weekly');
    await sallyport('delete service-token weekly');
    expect(await sallyport('get service-tokens')).not.toContain('weekly');
  });
}
