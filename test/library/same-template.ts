import * as z from 'zod';

const template = z.object({
  Resources: z.record(
    z.string(),
    z.looseObject({
      Type: z.string(),
      Metadata: z.looseObject({ 'aws:cdk:path': z.string() }),
    }),
  ),
  Outputs: z.record(z.string(), z.object({ Value: z.json(), Description: z.string().optional() })),
});

/**
 * What a template makes, one line per resource and output, in an order of its own: resources go by their path within
 * the construct, so that two templates which differ in ids alone give the same lines.
 * @param construct the path of the construct, as in `Stack/Sallyport`.
 */
export function contentOf(text: string, construct: string): string[] {
  const { Resources, Outputs } = template.parse(JSON.parse(text));
  const within = (path: string): string | undefined =>
    path.startsWith(`${construct}/`) ? path.slice(construct.length + 1) : undefined;
  const names = Object.entries(Resources).map(
    ([id, { Metadata }]) => [id, Metadata['aws:cdk:path']] as const,
  );
  const ids = names
    .map(([id, path]) => [id, within(path) ?? path] as const)
    .toSorted(([one], [other]) => other.length - one.length);
  // Names that the CDK derives from a construct's whole path, as it does logical ids.
  const derived = new RegExp(`${construct.replaceAll(/[^A-Za-z0-9]/g, '')}(\\w*?)[0-9A-F]{8}\\b`, 'g');
  const readable = (value: unknown): string =>
    ids
      .reduce((said, [id, path]) => said.replaceAll(id, `<${path}>`), JSON.stringify(value))
      .replaceAll(derived, '<$1>')
      .replaceAll(`${construct}/`, '')
      .replaceAll(/(aws-waf-logs-[\w-]+)-[0-9a-f]{8}\b/g, '$1');
  const resources = names.flatMap(([id, path]) =>
    within(path) === undefined ? [] : [readable({ ...Resources[id], Metadata: within(path) })],
  );
  return [...resources, ...Object.values(Outputs).map(readable)].toSorted();
}
