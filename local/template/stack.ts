import * as z from 'zod';
import { type CloudAssembly, readCloudAssembly } from './cloud-assembly.ts';
import { Resolver } from './resolver.ts';

export interface StackResource<Properties> {
  logicalId: string;
  /** The value of its `Ref`. */
  name: string;
  attributes: Readonly<Record<string, string>>;
  properties: Properties;
}

/** A synthesized stack whose resources can be asked for by type. */
export class Stack {
  readonly resolver: Resolver;
  readonly #assembly: CloudAssembly;

  constructor(assembly: CloudAssembly, cognitoOrigin: string) {
    this.#assembly = assembly;
    this.resolver = new Resolver(assembly, cognitoOrigin);
    for (const [logicalId, { Condition }] of Object.entries(assembly.resources)) {
      if (Condition)
        throw new Error(`${logicalId} depends on a condition, which the embedded cloud does not evaluate.`);
    }
  }

  static read(folder: string, cognitoOrigin: string): Stack {
    return new Stack(readCloudAssembly(folder), cognitoOrigin);
  }

  /**
   * The resources of a type with their properties resolved and checked.
   * @throws Error naming the logical id when a property is missing or has no meaning here.
   */
  ofType<Schema extends z.ZodType>(type: string, schema: Schema): StackResource<z.output<Schema>>[] {
    return Object.entries(this.#assembly.resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId]) => {
        const parsed = schema.safeParse(this.resolver.properties(logicalId));
        if (!parsed.success)
          throw new Error(`${logicalId} (${type}) does not run here: ${z.prettifyError(parsed.error)}`);
        return { logicalId, ...this.resolver.identity(logicalId), properties: parsed.data };
      });
  }

  /** The code folder of a function. */
  assetFolder(objectKey: string): string | undefined {
    return this.#assembly.assetFolder(objectKey);
  }

  types(): ReadonlyMap<string, number> {
    const types = new Map<string, number>();
    for (const { Type } of Object.values(this.#assembly.resources))
      types.set(Type, (types.get(Type) ?? 0) + 1);
    return types;
  }
}
