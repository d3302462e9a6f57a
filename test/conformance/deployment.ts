import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seed } from '../../local/start/seed.ts';
import { startCloud } from '../fixtures/cloud.ts';
import { startFixtureServer } from './fixture-server.ts';
import { startSignedInProxy } from './signed-in-proxy.ts';

export interface Deployment extends AsyncDisposable {
  origin: string;
  /** The portal's endpoint with a sign-in in front of it that needs no client. */
  signedInUrl: string;
}

const document = (kind: string, id: string, spec: object) => ({
  apiVersion: 'sallyport/v1',
  kind,
  metadata: { id },
  spec,
});

/** The suite calls fixed names, so the server has no prefix; some of its tools are reviewed, some are not. */
const documents = (url: string) => [
  document('Policy', 'staff', { action: 'allow', include: [{ emailDomain: 'example.com' }] }),
  document('Server', 'fixture', {
    title: 'Conformance fixture',
    slug: 'fixture',
    naming: 'unprefixed',
    url,
    policies: ['staff'],
    tools: { test_simple_text: { risk: 'read-only' }, test_logging_tool: { risk: 'write' } },
  }),
  document('Portal', 'default', { title: 'Conformance', servers: ['fixture'], policies: ['staff'] }),
];

/** An embedded cloud with the fixture behind its portal, configured as its owner does, and somebody signed in. */
export async function deploy(era: 'modern' | 'legacy'): Promise<Deployment> {
  await using stack = new AsyncDisposableStack();
  const fixture = await startFixtureServer(era);
  stack.defer(() => fixture.close());
  const { origin } = stack.use(await startCloud({ demo: false }));
  const owner = mkdtempSync(join(tmpdir(), 'sallyport-conformance-'));
  stack.defer(() => rmSync(owner, { recursive: true, force: true }));
  await seed({ origin, dataFolder: owner, documents: documents(fixture.url) });
  const proxy = await startSignedInProxy(origin, 'alice');
  stack.defer(() => proxy.close());
  const started = stack.move();
  return { origin, signedInUrl: proxy.url, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
