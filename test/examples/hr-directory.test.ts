import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client as ModernClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { workingDays } from '../../examples/hr-directory/time-off.ts';

let server: ChildProcess;
let url: URL;
let modern: ModernClient;

beforeAll(async () => {
  server = spawn(process.execPath, ['examples/hr-directory/server.ts'], {
    env: { ...process.env, PORT: '0', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!server.stdout) throw new Error('the server has no output');
  const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
  url = new URL(line.replace('listening on ', ''));
  modern = new ModernClient({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await modern.connect(new StreamableHTTPClientTransport(url));
});

afterAll(async () => {
  await modern.close();
  if (server.exitCode === null) server.kill('SIGKILL');
});

describe('the HR directory for a modern client', () => {
  it('speaks the stateless protocol', () => {
    expect(modern.getDiscoverResult()?.supportedVersions).toEqual(['2026-07-28']);
  });

  it('says which tools only read', async () => {
    const { tools } = await modern.listTools();
    expect(tools.map((tool) => [tool.name, tool.annotations?.readOnlyHint])).toEqual([
      ['find_employee', true],
      ['list_team', true],
      ['org_chart', true],
      ['request_time_off', false],
    ]);
  });

  it('finds an employee by words in any case', async () => {
    const result = await modern.callTool({ name: 'find_employee', arguments: { query: 'MOREAU staff' } });
    expect(result.structuredContent).toMatchObject({ employees: [{ id: 'e05', name: 'Alice Moreau' }] });
  });

  it('draws the chart below a person', async () => {
    const result = await modern.callTool({ name: 'org_chart', arguments: { root: 'e10' } });
    expect(result.content).toEqual([
      { type: 'text', text: 'Dana Kowalski (Security Lead)\n  Ravi Menon (Security Analyst)' },
    ]);
  });

  it('refuses time off for somebody who does not work there, as a tool error', async () => {
    const result = await modern.callTool({
      name: 'request_time_off',
      arguments: { employee: 'e99', from: '2026-12-21', to: '2026-12-23' },
    });
    expect(result.isError).toBe(true);
    expect(result.content).toEqual([{ type: 'text', text: 'There is no employee with the id e99.' }]);
  });

  it('serves the prompt, the handbook, an employee and completions of ids', async () => {
    const prompt = await modern.getPrompt({ name: 'introduce_colleague', arguments: { employee: 'e08' } });
    expect(JSON.stringify(prompt.messages)).toContain('Bob Fischer');
    const handbook = await modern.readResource({ uri: 'hr://handbook' });
    expect(handbook.contents[0]).toMatchObject({ uri: 'hr://handbook', mimeType: 'text/markdown' });
    const person = await modern.readResource({ uri: 'hr://employees/e11' });
    expect(JSON.stringify(person.contents)).toContain('Ravi Menon');
    const { completion } = await modern.complete({
      ref: { type: 'ref/resource', uri: 'hr://employees/{id}' },
      argument: { name: 'id', value: 'e1' },
    });
    expect(completion.values).toEqual(['e10', 'e11', 'e12']);
  });

  it('rejects a web page of another origin', async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { origin: 'https://evil.test' },
      body: '{}',
    });
    expect(response.status).toBe(403);
  });
});

describe('the HR directory for a legacy client', () => {
  it('initializes without a session and calls a tool', async () => {
    const client = new LegacyClient({ name: 'test', version: '1' });
    const transport = new LegacyTransport(url);
    await client.connect(transport);
    expect(transport.sessionId).toBeUndefined();
    const result = await client.callTool({
      name: 'request_time_off',
      arguments: { employee: 'e05', from: '2026-12-18', to: '2026-12-21' },
    });
    expect(result.structuredContent).toMatchObject({ employee: 'e05', days: 2, status: 'pending' });
    await client.close();
  });
});

describe('working days', () => {
  it.each([
    ['2026-12-21', '2026-12-25', 5],
    ['2026-12-19', '2026-12-20', 0],
    ['2026-12-25', '2026-12-21', 0],
    ['2026-12-21', '2026-12-21', 1],
  ])('from %s to %s are %i', (from, to, days) => {
    expect(workingDays(from, to)).toBe(days);
  });
});

describe('the process', () => {
  it('ends with code 0 on SIGTERM', async () => {
    server.kill('SIGTERM');
    const [code] = (await once(server, 'exit')) as [number | null];
    expect(code).toBe(0);
  });
});
