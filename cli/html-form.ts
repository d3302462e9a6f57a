/** What a person could press or choose in a form. */
export interface Control {
  tag: string;
  type: string;
  name: string;
  value: string;
}

export interface Form {
  method: string;
  /** As written; empty means the page's own address. */
  action: string;
  controls: Control[];
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function decodeText(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    if (hex || decimal) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    return ENTITIES[name] ?? whole;
  });
}

const TAG = /<(\/?)([a-z][a-z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
const ATTRIBUTE = /([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;

function attributesOf(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single, bare] of text.matchAll(ATTRIBUTE)) {
    attributes.set(name.toLowerCase(), decodeText(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

/** The forms of a page, enough for the sign-in and consent pages of a deployment. */
export function formsOf(html: string): Form[] {
  const forms: Form[] = [];
  let form: Form | undefined;
  let select = '';
  for (const [, closing, rawTag = '', rest = ''] of html.matchAll(TAG)) {
    const tag = rawTag.toLowerCase();
    const attributes = attributesOf(rest);
    const text = (name: string) => attributes.get(name) ?? '';
    if (tag === 'form') {
      form = closing
        ? undefined
        : { method: text('method').toLowerCase(), action: text('action'), controls: [] };
      if (form) forms.push(form);
    }
    if (closing || !form) continue;
    if (tag === 'select') select = text('name');
    const name = tag === 'option' ? select : text('name');
    if (name && ['input', 'button', 'option'].includes(tag)) {
      form.controls.push({ tag, type: text('type').toLowerCase(), name, value: text('value') });
    }
  }
  return forms;
}

/** The readable text of a page's body, in one line, shortened. */
export function textOf(html: string): string {
  const body = html.replace(/<(style|script|title|head)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ');
  return decodeText(body).replace(/\s+/g, ' ').trim().slice(0, 400);
}
