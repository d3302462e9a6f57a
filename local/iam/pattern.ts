/** Compiles an IAM pattern: `*` is any run of characters, `?` any one. */
export function pattern(text: string, options: { ignoreCase?: boolean } = {}): (value: string) => boolean {
  if (!/[*?]/.test(text) && !options.ignoreCase) return (value) => value === text;
  const source = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, options.ignoreCase ? 'isu' : 'su');
  return (value) => expression.test(value);
}
