import { describe, expect, it } from '@jest/globals';
import { clientHosts } from '../../lambdas/access/clients/client-host.ts';
import { clientIdFault } from '../../lambdas/access/clients/client-id-url.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

describe('the URL of a metadata document', () => {
  it.each([
    'https://claude.ai/oauth/claude-code-client-metadata',
    'https://vscode.dev/oauth/client-metadata.json',
    'https://app.example.com/client?version=1',
    'https://xn--bcher-kva.example/client.json',
  ])('%s is one', (id) => {
    expect(clientIdFault(id, [])).toBeUndefined();
  });

  it.each([
    ['https://app.example', 'no path'],
    ['https://app.example/', 'no path'],
    ['http://app.example/client.json', 'https://'],
    ['ftp://app.example/client.json', 'https://'],
    ['https://user@app.example/client.json', 'credentials'],
    ['https://user:password@app.example/client.json', 'credentials'],
    ['https://app.example/client.json#fragment', 'fragment'],
    ['https://app.example/client.json#', 'fragment'],
    ['https://app.example/a/../client.json', 'plain form'],
    ['https://app.example/./client.json', 'plain form'],
    ['https://app.example/a/%2e%2E/client.json', 'plain form'],
    ['https://app.example\\@evil.example/client.json', 'plain form'],
    ['https://app.example/client\t.json', 'plain form'],
    [' https://app.example/client.json', 'plain form'],
    ['HTTPS://app.example/client.json', 'plain form'],
    ['https://App.Example/client.json', 'plain form'],
    ['https://bücher.example/client.json', 'plain form'],
    ['https://app.example:443/client.json', 'plain form'],
    ['https://app.example:8443/client.json', 'port'],
    ['https://app.example:22/client.json', 'port'],
    ['https://app.example./client.json', 'public site'],
    ['https://intranet/client.json', 'public site'],
    ['https://claude,ai.example/client.json', 'public site'],
    ['https://app;sandbox;.example/client.json', 'public site'],
    ['https://*.example.com/client.json', 'public site'],
    ['https://localhost/client.json', 'public site'],
    ['https://169.254.169.254/latest/meta-data/', 'address'],
    ['https://127.0.0.1/client.json', 'address'],
    ['https://93.184.216.34/client.json', 'address'],
    ['https://[::1]/client.json', 'address'],
    ['https://[::ffff:7f00:1]/client.json', 'address'],
    ['https://2130706433/client.json', 'plain form'],
    ['https://0x7f.1/client.json', 'plain form'],
    ['https://0177.0.0.1/client.json', 'plain form'],
    ['http://127.0.0.1:8080/client.json', 'https://'],
    ['http://localhost:8080/client.json', 'https://'],
    [`https://app.example/${'x'.repeat(250)}`, '256'],
    ['https://', 'not a URL'],
  ])('%s is none', (id, fault) => {
    expect(clientIdFault(id, [])).toContain(fault);
  });

  it('may be on this machine only where that network is excepted', () => {
    for (const id of [
      'http://127.0.0.1:8080/client.json',
      'http://localhost:8080/client.json',
      'http://[::1]:8080/client.json',
      'https://localhost:8443/client.json',
    ]) {
      expect(clientIdFault(id, LOOPBACK)).toBeUndefined();
      expect(clientIdFault(id, ['10.0.0.0/8'])).toEqual(expect.any(String));
    }
    expect(clientIdFault('http://10.0.0.1/client.json', ['10.0.0.0/8'])).toContain('https://');
    expect(clientIdFault('http://app.example/client.json', LOOPBACK)).toContain('https://');
    expect(clientIdFault('http://127.0.0.1.nip.io/client.json', LOOPBACK)).toContain('https://');
  });
});

describe('the hosts that an application is known by', () => {
  it.each([
    ['https://claude.ai/oauth/client', ['http://127.0.0.1/callback'], ['claude.ai']],
    ['http://127.0.0.1:8080/client', [], ['localhost']],
    ['https://localhost:8443/client', [], ['localhost']],
    ['client-1', ['http://[::1]:3/x', 'http://127.0.0.1/', 'http://localhost:1/'], ['localhost']],
    ['client-2', ['https://claude.ai/a', 'https://claude.ai/b'], ['claude.ai']],
    ['client-3', ['cursor://anysphere/x', 'http://localhost/'], ['cursor:', 'localhost']],
    // One listed host must not vouch for another place where the answers may go.
    ['client-4', ['https://claude.ai/a', 'http://localhost/'], ['claude.ai', 'localhost']],
  ])('of %s with %j are %j', (clientId, redirectUris, hosts) => {
    expect(clientHosts({ clientId, redirectUris })).toEqual(hosts);
  });
});
