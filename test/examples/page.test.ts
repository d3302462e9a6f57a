import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readForms, readLinks, readText } from '../../examples/clients/page.ts';

const base = new URL('http://127.0.0.1:9/sign-in?x=1');
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

describe('the forms of a page', () => {
  it('hold hidden fields apart from what a person may choose', () => {
    const [form] = readForms(
      `<form method="post" action="/go?a=1&amp;b=2"><input type="hidden" name="csrf" value="t">
       <button name="person" value="alice">Alice</button><button name=person value='bob'>Bob</button></form>`,
      base,
    );
    expect(form?.action.href).toBe('http://127.0.0.1:9/go?a=1&b=2');
    expect(form?.method).toBe('POST');
    expect([...(form?.fields ?? [])]).toEqual([['csrf', 't']]);
    expect(form?.choices.get('person')).toEqual(['alice', 'bob']);
  });

  it('offer radio inputs and the options of a select', () => {
    const [form] = readForms(
      '<form><input type="radio" name="a" value="1" checked><select name="b"><option value="2"><option value="3"></select></form>',
      base,
    );
    expect(form?.choices.get('a')).toEqual(['1']);
    expect(form?.choices.get('b')).toEqual(['2', '3']);
    expect(form?.method).toBe('GET');
    expect(form?.action.href).toBe(base.href);
  });

  it('give back every escaped value unharmed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const [form] = readForms(
          `<form><input type="hidden" name="v" value="${escaped(value)}"></form>`,
          base,
        );
        expect(form?.fields.get('v')).toBe(value.toWellFormed());
      }),
    );
  });
});

describe('a page without forms', () => {
  const html =
    '<html><body><style>p{}</style><h1>Not allowed</h1><p>Ask &#39;IT&#39;.</p><a href="/back">Back</a></body></html>';

  it('is read as one line of text', () => {
    expect(readForms(html, base)).toEqual([]);
    expect(readText(html)).toBe("Not allowed Ask 'IT'. Back");
  });

  it('has links', () => {
    expect(readLinks(html, base).map((link) => link.href)).toEqual(['http://127.0.0.1:9/back']);
  });
});
