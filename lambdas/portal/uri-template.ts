/** One step of a template: a literal character, or any number of characters that a class accepts. */
type Step = string | ((character: string) => boolean);

const LONGEST_URI = 8_192;
const LONGEST_TEMPLATE = 2_048;

const any = (): boolean => true;
const none = (accepted: string) => (character: string) => !accepted.includes(character);

/** What the expansion of an expression may consist of, by operator (RFC 6570 section 3.2). */
const expansions: Readonly<Record<string, (character: string) => boolean>> = {
  '+': any,
  '#': any,
  '/': none('?#'),
  '.': none('/?#'),
  ';': none('/?#'),
  '?': none('#'),
  '&': none('#'),
};
const simple = none('/?#');

function compile(template: string): Step[] | undefined {
  if (template.length > LONGEST_TEMPLATE) return undefined;
  const steps: Step[] = [];
  for (let at = 0; at < template.length; at += 1) {
    const character = template.charAt(at);
    if (character === '}') return undefined;
    if (character !== '{') {
      steps.push(character);
      continue;
    }
    const end = template.indexOf('}', at);
    if (end < 0) return undefined;
    steps.push(expansions[template.charAt(at + 1)] ?? simple);
    at = end;
  }
  return steps;
}

/**
 * Compiles an RFC 6570 URI template to a test: could it expand to this URI? All states advance together, one
 * character at a time, so that no template of a server can make the test slow. Malformed ones match nothing.
 */
export function uriTemplate(template: string): (uri: string) => boolean {
  const steps = compile(template);
  if (!steps) return () => false;
  const literal = steps.findIndex((step) => typeof step !== 'string');
  const prefix = template.slice(0, literal < 0 ? template.length : literal);

  return (uri) => {
    if (uri.length > LONGEST_URI || !uri.startsWith(prefix)) return false;
    let states = new Uint8Array(steps.length + 1);
    let next = new Uint8Array(steps.length + 1);
    states[prefix.length] = 1;
    for (let at = prefix.length; ; at += 1) {
      for (let state = 0; state < steps.length; state += 1)
        if (states[state] && typeof steps[state] !== 'string') states[state + 1] = 1;
      if (at === uri.length) return states[steps.length] === 1;
      next.fill(0);
      const character = uri.charAt(at);
      for (let state = 0; state < steps.length; state += 1) {
        const step = steps[state];
        if (!states[state] || step === undefined) continue;
        if (typeof step !== 'string') {
          if (step(character)) next[state] = 1;
        } else if (step === character) next[state + 1] = 1;
      }
      [states, next] = [next, states];
    }
  };
}
