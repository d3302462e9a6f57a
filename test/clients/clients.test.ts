import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';
import { aiSdks } from './ai-sdk.ts';
import { type Client, type Seen, TOOL } from './client.ts';
import { inspectors } from './inspector.ts';
import { mcpRemotes } from './mcp-remote.ts';
import { mcporters } from './mcporter.ts';
import { type Publisher, startPublisher } from './metadata-document.ts';
import { sdkExamples } from './sdk-examples.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-clients-'));
const clients: readonly Client[] = [...inspectors, ...mcpRemotes, ...aiSdks, ...mcporters, ...sdkExamples];
let publisher: Publisher;
let cloud: TestCloud;

before(async () => {
  publisher = await startPublisher(folder);
  process.env.NODE_EXTRA_CA_CERTS = publisher.certificateFile;
  cloud = await startCloud();
});
after(async () => {
  await cloud.stop();
  await publisher[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function connect(client: Client, person: string): Promise<Seen> {
  const ending = new AbortController();
  const home = mkdtempSync(join(folder, 'home-'));
  const documentUrl = publisher.publish();
  try {
    return await client.connect({ cloud, person, home, documentUrl, signal: ending.signal });
  } finally {
    ending.abort();
    assert.equal(
      publisher.wasFetched(documentUrl),
      client.documented === true,
      'said who it is by a document',
    );
  }
}

for (const client of clients) {
  void describe(client.name, () => {
    void it('signs alice in by itself, lists her tools and calls one', async () => {
      const { tools, answer } = await connect(client, 'alice');
      assert.ok(tools.includes(TOOL) && tools.includes('everything__echo'), tools.join());
      assert.match(answer, /Tomas Lindqvist/);
    });

    void it('is refused with carol, and says why', async () => {
      await assert.rejects(connect(client, 'carol'), ({ message }: Error) => {
        assert.match(message, client.refusal ?? /No policy of this portal allows you/);
        return true;
      });
    });
  });
}
