import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nameInPortal } from '../../lambdas/policy/naming.ts';
import { decodeCursor, encodeCursor } from '../../lambdas/portal/cursor.ts';
import { decodeHeaderValue, encodeHeaderValue, trimOws } from '../../lambdas/portal/header-value.ts';
import { parseJson } from '../../lambdas/portal/json.ts';
import { EventStreamParser } from '../../lambdas/portal/upstream/event-stream.ts';
import { uriTemplate } from '../../lambdas/portal/uri-template.ts';

describe('JSON', () => {
  it('comes out as it went in, for every value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('keeps every digit of numbers beyond a double', () => {
    const digits = fc.stringMatching(/^[1-9]\d{16,60}$/);
    fc.assert(
      fc.property(digits, digits, (whole, fraction) => {
        const text = `{"a":${whole},"b":[-${whole},0.${fraction}1],"c":"${whole}"}`;
        expect(JSON.stringify(parseJson(text))).toBe(text);
      }),
    );
  });

  it.each(['', '{', '01', "{'a':1}", '[1,]', 'NaN'])('refuses %j', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });
});

describe('header values', () => {
  it('carry any text, in characters that a header may have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const encoded = encodeHeaderValue(value);
        expect(encoded).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeHeaderValue(`\t ${encoded} `)).toBe(value);
      }),
    );
  });

  it('lose surrounding white space and nothing else', () => {
    const white = fc.stringMatching(/^[ \t]*$/);
    fc.assert(
      fc.property(white, fc.stringMatching(/^[!-~]([ -~]*[!-~])?$/), white, (before, value, after) => {
        expect(trimOws(before + value + after)).toBe(value);
      }),
    );
  });

  it.each(['=?base64?YQ?=', '=?base64?YQ===?=', '=?base64?Y Q==?=', '=?base64?_-8=?=', '=?base64?/w==?='])(
    'refuse %s: wrong padding, alphabet or UTF-8',
    (value) => {
      expect(decodeHeaderValue(value)).toBeUndefined();
    },
  );

  it('that only look encoded are plain text', () => {
    expect(decodeHeaderValue('=?base64?=')).toBe('=?base64?=');
    expect(decodeHeaderValue('=?BASE64?YQ==?=')).toBe('=?BASE64?YQ==?=');
  });
});

describe('cursors', () => {
  const version = fc.stringMatching(/^[0-9a-f|]{1,64}$/);

  it('lead back to their place in their version', () => {
    fc.assert(
      fc.property(version, fc.integer({ min: 1, max: 1_000_000 }), (of, index) => {
        expect(decodeCursor(encodeCursor(of, index), of, index + 1)).toBe(index);
      }),
    );
  });

  it('are refused in any other version, beyond the end, and when made up', () => {
    fc.assert(
      fc.property(
        version,
        version,
        fc.integer({ min: 1, max: 99 }),
        fc.string(),
        (of, other, index, text) => {
          fc.pre(of !== other);
          expect(() => decodeCursor(encodeCursor(of, index), other, 100)).toThrow('cursor');
          expect(() => decodeCursor(encodeCursor(of, index), of, index)).toThrow('cursor');
          expect(() => decodeCursor(text, of, 100)).toThrow('cursor');
        },
      ),
    );
  });

  it.each([null, 3, {}, '', encodeCursor('v', 0), `${encodeCursor('v', 1)}=`])('are not %j', (cursor) => {
    expect(() => decodeCursor(cursor, 'v', 10)).toThrow('cursor');
  });
});

describe('names', () => {
  it('of different servers never meet, whatever the servers call their tools', () => {
    const slug = fc.stringMatching(/^[a-z][a-z0-9]{0,15}$/);
    fc.assert(
      fc.property(slug, fc.string(), slug, fc.string(), (slugA, nameA, slugB, nameB) => {
        const inPortal = (slug: string, name: string) => nameInPortal({ naming: 'prefixed', slug }, name);
        const same = inPortal(slugA, nameA) === inPortal(slugB, nameB);
        expect(same).toBe(slugA === slugB && nameA === nameB);
      }),
    );
  });
});

describe('URI templates', () => {
  const safe = fc.stringMatching(/^[A-Za-z0-9\-._~]{1,12}$/);

  it('match what they expand to', () => {
    fc.assert(
      fc.property(safe, safe, safe, (a, b, c) => {
        expect(uriTemplate('app://{a}/files/{b}.txt')(`app://${a}/files/${b}.txt`)).toBe(true);
        expect(uriTemplate('app://{+path}')(`app://${a}/${b}/${c}`)).toBe(true);
        expect(uriTemplate('app://x{/path*}')(`app://x/${a}/${b}`)).toBe(true);
        expect(uriTemplate('app://x{?q,r}')(`app://x?q=${a}&r=${b}`)).toBe(true);
        expect(uriTemplate('app://x{?q,r}')('app://x')).toBe(true);
        expect(uriTemplate('app://x{#part}')(`app://x#${a}/${c}`)).toBe(true);
      }),
    );
  });

  const plain = fc.stringMatching(/^[a-z]{1,4}:\/\/[a-z/.?#]{0,8}$/);

  it('without an expression match themselves and nothing else', () => {
    fc.assert(
      fc.property(plain, plain, (one, other) => {
        expect(uriTemplate(one)(other)).toBe(one === other);
      }),
    );
  });

  it.each([
    ['app://{a}/b', 'app://x/y/b'],
    ['app://{a}', 'other://x'],
    ['app://{a}/b', 'app://x/bc'],
    ['app://{a', 'app://{a'],
    ['app://a}', 'app://a}'],
    ['app://x{?q}', 'app://x#q'],
  ])('%s does not match %s', (template, uri) => {
    expect(uriTemplate(template)(uri)).toBe(false);
  });

  it('that are made to be slow are not', () => {
    const hostile = uriTemplate(`app://${'{+a}'.repeat(400)}!`);
    expect(hostile(`app://${'a'.repeat(8_000)}`)).toBe(false);
  });
});

describe('event streams', () => {
  const message = fc.json().map((text) => text.replaceAll(/[\r\n]/g, ' '));
  const end = fc.constantFrom('\n', '\r\n', '\r');

  it('are read alike however they are cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        end,
        fc.array(fc.nat(40)),
        (messages, newline, cuts) => {
          const stream = messages
            .map((data) => [': comment', 'id: 1', `data: ${data}`, '', ''].join(newline))
            .join('');
          const parser = new EventStreamParser();
          const read: string[] = [];
          let rest = stream;
          for (const cut of cuts) {
            read.push(...parser.push(rest.slice(0, cut)));
            rest = rest.slice(cut);
          }
          read.push(...parser.push(`${rest}\n`));
          expect(read).toEqual(messages);
        },
      ),
    );
  });

  it('join the lines of one event, and leave out what is no message', () => {
    const parser = new EventStreamParser();
    expect(
      parser.push('\uFEFFdata:{"a":\ndata: 1}\n\nevent: ping\ndata: x\n\nevent: message\ndata: y\n\n'),
    ).toEqual(['{"a":\n1}', 'y']);
  });
});
