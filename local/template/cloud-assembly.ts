import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.json()).default({}),
  Condition: z.string().optional(),
});
const template = z.object({
  Resources: z.record(z.string(), resource),
  Parameters: z.record(z.string(), z.object({ Default: z.json().optional() })).default({}),
});
const manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({ type: z.string(), properties: z.object({ templateFile: z.string().optional() }).optional() }),
  ),
});
const assets = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

export type Json = z.core.util.JSONType;
export type Resource = z.output<typeof resource>;

/** One synthesized stack: its template, and the folder behind each asset's object key. */
export interface CloudAssembly {
  resources: Readonly<Record<string, Resource>>;
  parameters: Readonly<Record<string, { Default?: Json | undefined }>>;
  assetFolder: (objectKey: string) => string | undefined;
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** @throws Error when the folder holds no cloud assembly with exactly one stack. */
export function readCloudAssembly(folder: string): CloudAssembly {
  const { artifacts } = manifest.parse(readJson(join(folder, 'manifest.json')));
  const stacks = Object.values(artifacts).filter(({ type }) => type === 'aws:cloudformation:stack');
  const file = stacks[0]?.properties?.templateFile;
  if (stacks.length !== 1 || !file)
    throw new Error(`${folder} must hold exactly one stack; it has ${stacks.length}.`);
  const { Resources, Parameters } = template.parse(readJson(join(folder, file)));
  const { files } = assets.parse(readJson(join(folder, file.replace(/\.template\.json$/, '.assets.json'))));
  const folders = new Map<string, string>();
  for (const { source, destinations } of Object.values(files)) {
    for (const { objectKey } of Object.values(destinations))
      folders.set(objectKey, join(folder, source.path));
  }
  return { resources: Resources, parameters: Parameters, assetFolder: (key) => folders.get(key) };
}
