import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { kindArgument, sinceArgument, urlArgument } from '../../cli/arguments.ts';
import { CookieJar } from '../../cli/cookie-jar.ts';
import { parseDocuments, placeRefusal, readDocumentFiles } from '../../cli/document-files.ts';
import { Failure } from '../../cli/failure.ts';
import { signInHeadless } from '../../cli/headless-sign-in.ts';
import { formsOf, textOf } from '../../cli/html-form.ts';
import { renderTable, TABLE_WIDTH } from '../../cli/table.ts';

describe('a table', () => {
  it('fits 100 columns and keeps a row a row, whatever is in it', () => {
    const row = fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const lines = renderTable(['A', 'B', 'C', 'D'], rows).trimEnd().split('\n');
        expect(lines.length).toBeLessThanOrEqual(rows.length + 1);
        const segmenter = new Intl.Segmenter('en');
        for (const line of lines)
          expect([...segmenter.segment(line)].length).toBeLessThanOrEqual(TABLE_WIDTH);
      }),
    );
  });

  it('shortens the first column, by which a row is called, last', () => {
    const id = 'i'.repeat(63);
    expect(renderTable(['ID', 'TITLE'], [[id, 't'.repeat(200)]])).toContain(`${id}  ttt`);
    expect(renderTable(['ID', 'TITLE'], [['i'.repeat(300), 'title']]).split('\n')[1]).toHaveLength(
      TABLE_WIDTH,
    );
  });

  it('does not let a title steer the terminal', () => {
    expect(renderTable(['TITLE'], [['\u001b[2Jgone\u202e\r\nrow']])).toBe('TITLE\n [2Jgone row\n');
  });
});

describe('arguments', () => {
  it('understand spans and times', () => {
    const now = Date.parse('2026-11-23T12:00:00Z');
    expect(sinceArgument('90m', now)).toBe('2026-11-23T10:30:00.000Z');
    expect(sinceArgument('7d', now)).toBe('2026-11-16T12:00:00.000Z');
    expect(sinceArgument('2026-11-02')).toBe('2026-11-02T00:00:00.000Z');
    expect(sinceArgument('2026-11-02T09:00:00+02:00')).toBe('2026-11-02T07:00:00.000Z');
  });

  it.each(['yesterday', '1w', '-1h', '1', '', '2026-13-01', '1.5h'])('refuse the time %j', (text) => {
    expect(() => sinceArgument(text)).toThrow('Give a span');
  });

  it('understand kinds in singular, plural and any case', () => {
    expect(['policy', 'POLICIES', 'Server'].map(kindArgument)).toEqual(['Policy', 'Policy', 'Server']);
    expect(() => kindArgument('constructor')).toThrow(
      'Known kinds: portals, servers, policies, rule-groups, lists, external-evaluations, service-tokens.',
    );
  });

  it.each([
    'ai.example.com',
    'https://ai.example.com/mcp',
    'http://ai.example.com',
    'ftp://x',
    'http://127.0.0.1.evil.test',
  ])('refuse the deployment %s', (text) => expect(() => urlArgument(text)).toThrow());

  it('take an origin as it is', () => {
    expect(urlArgument('https://ai.example.com/')).toBe('https://ai.example.com');
    expect(urlArgument('http://127.0.0.1:8787')).toBe('http://127.0.0.1:8787');
  });
});

describe('a cookie jar', () => {
  const jar = (address: string, ...values: string[]) => {
    const made = new CookieJar();
    made.store(new URL(address), values);
    return made;
  };
  const sent = (made: CookieJar, address: string) => made.header(new URL(address));

  it('sends a cookie back to its host, on any port', () => {
    const made = jar('http://127.0.0.1:1/a', 'one=1; Path=/; HttpOnly');
    expect(sent(made, 'http://127.0.0.1:2/b')).toBe('one=1');
    expect(sent(made, 'http://localhost:1/a')).toBe('');
  });

  it('keeps cookies to their path', () => {
    const made = jar('https://x.test/in/here', 'a=1; Path=/in', 'b=2');
    expect(sent(made, 'https://x.test/in/there')).toBe('a=1; b=2');
    expect(sent(made, 'https://x.test/inner')).toBe('');
  });

  it('never sends a secure cookie in the clear, nor to the domain that a server names', () => {
    const made = jar('https://x.test/', 's=1; Secure; Domain=test');
    expect(sent(made, 'http://x.test/')).toBe('');
    expect(sent(made, 'https://y.test/')).toBe('');
  });

  it('replaces and forgets', () => {
    const made = jar(
      'https://x.test/',
      'a=1',
      'a=2',
      'b=1',
      'b=; Max-Age=0',
      'c=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    );
    expect(sent(made, 'https://x.test/')).toBe('a=2');
  });
});

describe('forms of a page', () => {
  it('are found with what they send', () => {
    const page = `<form METHOD=post action="/go?a=1&amp;b=2"><input type=hidden name='csrf' value="&lt;x&#62;">
      <select name="person"><option value="alice">A</option></select><button name="decision" value="allow">OK</button></form>`;
    expect(formsOf(page)).toEqual([
      {
        method: 'post',
        action: '/go?a=1&b=2',
        controls: [
          { tag: 'input', type: 'hidden', name: 'csrf', value: '<x>' },
          { tag: 'option', type: '', name: 'person', value: 'alice' },
          { tag: 'button', type: '', name: 'decision', value: 'allow' },
        ],
      },
    ]);
  });

  it('are looked for in any text without failing', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '<',
            '>',
            '/',
            '=',
            '"',
            "'",
            '&',
            '#',
            ';',
            ' ',
            'form',
            'input',
            'name',
            'a',
          ),
        }),
        (text) => {
          expect(Array.isArray(formsOf(text))).toBe(true);
          expect(textOf(text).length).toBeLessThanOrEqual(400);
        },
      ),
    );
  });
});

describe('signing in without a browser', () => {
  it('gives nothing to a sign-in page that is not the embedded one', async () => {
    const posted: string[] = [];
    const server = createServer((request, response) => {
      if (request.method === 'POST') posted.push(request.url ?? '');
      const form =
        '<form method="post"><input name="username"><input name="password" type="password"></form>';
      response.writeHead(200, { 'content-type': 'text/html' }).end(form);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const attempt = signInHeadless({
      authorizationUrl: new URL(`http://${host}/oauth/authorize`),
      redirectUri: 'http://127.0.0.1/callback',
      person: 'alice',
    });
    await expect(attempt).rejects.toThrow(
      `People sign in to this deployment at ${host}, which is not the sign-in page of the embedded cloud`,
    );
    expect(posted).toEqual([]);
    server.close();
  });
});

describe('documents in a file', () => {
  const source = `# two policies
kind: Policy
metadata: {id: a}
spec:
  action: allow
---
items:
  - kind: Server
    spec:
      tools:
        "get it": {risk: none}
  - kind: Portal
`;
  const documents = parseDocuments(source, 'team.yaml');

  it('are counted through the file, lists included', () => {
    expect(documents.map(({ number, value }) => [number, Object(value).kind])).toEqual([
      [1, 'Policy'],
      [2, 'Server'],
      [3, 'Portal'],
    ]);
  });

  it.each([
    ['documents[0].spec.action', 'team.yaml, document 1, line 5: spec.action: no'],
    ['documents[0].spec.include', 'team.yaml, document 1, line 4: spec.include: no'],
    [
      'documents[1].spec.tools["get it"].risk',
      'team.yaml, document 2, line 11: spec.tools["get it"].risk: no',
    ],
    ['documents[2].metadata.id', 'team.yaml, document 3, line 12: metadata.id: no'],
    ['body', 'body: no'],
    [undefined, 'no'],
  ])('are where a refusal at %s says', (at, message) => {
    expect(placeRefusal(documents, 'no', at)).toBe(message);
  });

  it('are named when a message speaks of another one', () => {
    expect(placeRefusal(documents, 'is there twice, first at documents[0]', 'documents[1].kind')).toContain(
      'first at team.yaml document 1',
    );
  });

  it('are read or refused with a line, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            'a',
            'b',
            ':',
            '-',
            ' ',
            '\n',
            '[',
            ']',
            '{',
            '}',
            ',',
            '&',
            '*',
            '!',
            '|',
            '>',
            "'",
            '"',
            '#',
            '%',
            '0',
            '~',
          ),
        }),
        (text) => {
          try {
            for (const document of parseDocuments(text, 'x')) {
              expect(() => JSON.stringify(document.value)).not.toThrow();
              expect(document.line('.spec[0].a')).toBeGreaterThan(0);
            }
          } catch (error) {
            if (!(error instanceof Failure)) throw error;
            expect(error.message).toMatch(/^x/);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are said to be missing when there is no such file', async () => {
    await expect(readDocumentFiles(['nowhere.yaml'])).rejects.toThrow('nowhere.yaml cannot be read');
  });

  it('cannot blow up by aliases of aliases', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]',
      'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]',
      'd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]',
    ];
    expect(() => parseDocuments(bomb.join('\n'), 'bomb.yaml')).toThrow(/^bomb\.yaml/);
  });
});
