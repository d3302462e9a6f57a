/** A form as the page offers it: where it goes, the values it already holds and what a person may choose. */
export interface Form {
  action: URL;
  method: 'GET' | 'POST';
  /** Hidden and pre-filled fields. */
  fields: URLSearchParams;
  /** Buttons, radio inputs and options by field name. */
  choices: ReadonlyMap<string, readonly string[]>;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

const decode = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return entities[String(name).toLowerCase()] ?? whole;
  });

function attributes(tag: string): Map<string, string> {
  const found = new Map<string, string>();
  const pattern = /\s([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi;
  for (const [, name, double, single, bare] of tag.matchAll(pattern)) {
    found.set((name ?? '').toLowerCase(), decode(double ?? single ?? bare ?? ''));
  }
  return found;
}

function readFields(inner: string): Pick<Form, 'fields' | 'choices'> {
  const fields = new URLSearchParams();
  const choices = new Map<string, string[]>();
  const offer = (name: string, value: string) => choices.set(name, [...(choices.get(name) ?? []), value]);
  let select = '';
  for (const [tag, element = ''] of inner.matchAll(/<(input|button|select|option)\b[^>]*>/gi)) {
    const found = attributes(tag);
    const kind = element.toLowerCase();
    if (kind === 'select') select = found.get('name') ?? '';
    const name = kind === 'option' ? select : found.get('name');
    if (!name || kind === 'select') continue;
    const type = kind === 'input' ? (found.get('type') ?? 'text') : 'submit';
    const value = found.get('value') ?? '';
    if (['submit', 'radio', 'checkbox'].includes(type)) offer(name, value);
    else fields.append(name, value);
  }
  return { fields, choices };
}

/** Reads the forms of a page, in order. */
export function readForms(html: string, base: URL): Form[] {
  return [...html.matchAll(/<form\b[^>]*>([\s\S]*?)<\/form>/gi)].map(([whole, inner = '']) => {
    const found = attributes(whole.slice(0, whole.indexOf('>') + 1));
    return {
      action: new URL(found.get('action') || base.href, base),
      method: found.get('method')?.toUpperCase() === 'POST' ? 'POST' : 'GET',
      ...readFields(inner),
    };
  });
}

/** The targets of the page's links. */
export const readLinks = (html: string, base: URL): URL[] =>
  [...html.matchAll(/<a\b[^>]*>/gi)].flatMap(([tag]) => {
    const href = attributes(tag).get('href');
    return href ? [new URL(href, base)] : [];
  });

/** What a person reads on the page, in one line. */
export function readText(html: string): string {
  const body = /<body\b[^>]*>([\s\S]*)<\/body>/i.exec(html)?.[1] ?? html;
  const text = body.replace(/<(style|script|nav|footer)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]+>/g, ' ');
  return decode(text).replace(/\s+/g, ' ').trim();
}
