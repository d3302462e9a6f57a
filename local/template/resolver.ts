import type { CloudAssembly, Json } from './cloud-assembly.ts';
import { IDENTITIES, type Identity, PSEUDO_PARAMETERS } from './identity.ts';

type Intrinsic = (argument: Json, where: string) => Json;

/** Replaces the intrinsic functions of one template by their values in the embedded cloud. */
export class Resolver {
  readonly #assembly: CloudAssembly;
  readonly #cognitoOrigin: string;
  readonly #identities = new Map<string, Identity>();
  readonly #intrinsics: Readonly<Record<string, Intrinsic>> = {
    Ref: (argument, where) => this.#reference(this.#text(argument, where), where),
    'Fn::GetAtt': (argument, where) => this.#getAttribute(argument, where),
    'Fn::Join': (argument, where) => {
      const [delimiter, values] = this.#pair(argument, where);
      return this.#list(values, where).join(this.#text(delimiter, where));
    },
    'Fn::Split': (argument, where) => {
      const [delimiter, value] = this.#pair(argument, where);
      return this.#text(value, where).split(this.#text(delimiter, where));
    },
    'Fn::Select': (argument, where) => {
      const [index, values] = this.#pair(argument, where);
      const value = this.#list(values, where)[Number(this.resolve(index, where))];
      return value ?? this.#fail(where, `Fn::Select has nothing at ${JSON.stringify(index)}`);
    },
    'Fn::Sub': (argument, where) => this.#substitute(argument, where),
  };

  constructor(assembly: CloudAssembly, cognitoOrigin: string) {
    this.#assembly = assembly;
    this.#cognitoOrigin = cognitoOrigin;
  }

  /**
   * The value with every intrinsic replaced.
   * @param where the logical id that errors name.
   * @throws Error naming `where` for an intrinsic, resource or attribute that has no value here.
   */
  resolve(value: Json, where: string): Json {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, where));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (entries.length === 1 && name !== undefined && argument !== undefined) {
      const intrinsic = this.#intrinsics[name];
      if (intrinsic) return intrinsic(argument, where);
      if (name.startsWith('Fn::')) return this.#fail(where, `${name} is not evaluated in the embedded cloud`);
    }
    return Object.fromEntries(entries.map(([key, item]) => [key, this.resolve(item, where)]));
  }

  /** The resolved properties of a resource. */
  properties(logicalId: string): Json {
    return this.resolve(this.#assembly.resources[logicalId]?.Properties ?? {}, logicalId);
  }

  /** @throws Error naming `where` when there is no such resource or its type does not run here. */
  identity(logicalId: string, where = logicalId): Identity {
    const known = this.#identities.get(logicalId);
    if (known) return known;
    const resource = this.#assembly.resources[logicalId];
    if (!resource) return this.#fail(where, `there is no resource ${logicalId}`);
    const identify = IDENTITIES[resource.Type];
    if (!identify)
      return this.#fail(where, `${logicalId} (${resource.Type}) does not run in the embedded cloud`);
    const named = (property: string) => {
      const value = resource.Properties[property];
      return value === undefined ? undefined : this.#text(value, logicalId);
    };
    const identity = identify({ logicalId, named, cognitoOrigin: this.#cognitoOrigin });
    this.#identities.set(logicalId, identity);
    return identity;
  }

  #reference(name: string, where: string): Json {
    const pseudo = PSEUDO_PARAMETERS[name];
    if (pseudo !== undefined) return pseudo;
    const parameter = this.#assembly.parameters[name];
    if (parameter) return parameter.Default ?? this.#fail(where, `the parameter ${name} has no default`);
    return this.identity(name, where).name;
  }

  #getAttribute(argument: Json, where: string): Json {
    const [logicalId = '', attribute = ''] =
      typeof argument === 'string' ? argument.split(/\.(.*)/s) : this.#list(argument, where);
    const value = this.identity(logicalId, where).attributes[attribute];
    return value ?? this.#fail(where, `${logicalId} has no attribute ${attribute} in the embedded cloud`);
  }

  #substitute(argument: Json, where: string): string {
    const [text, variables] = Array.isArray(argument) ? this.#pair(argument, where) : [argument, {}];
    const local =
      typeof variables === 'object' && variables !== null && !Array.isArray(variables) ? variables : {};
    return this.#text(text, where).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      const variable = local[name];
      if (variable !== undefined) return this.#text(variable, where);
      const value = name.includes('.') ? this.#getAttribute(name, where) : this.#reference(name, where);
      return this.#text(value, where);
    });
  }

  #text(value: Json, where: string): string {
    const resolved = this.resolve(value, where);
    if (typeof resolved === 'string' || typeof resolved === 'number') return String(resolved);
    return this.#fail(where, `expected a text, found ${JSON.stringify(value)}`);
  }

  #list(value: Json, where: string): string[] {
    const resolved = this.resolve(value, where);
    if (!Array.isArray(resolved)) return this.#fail(where, `expected a list, found ${JSON.stringify(value)}`);
    return resolved.map((item) => this.#text(item, where));
  }

  #pair(value: Json, where: string): [Json, Json] {
    if (!Array.isArray(value) || value.length !== 2 || value[0] === undefined || value[1] === undefined)
      return this.#fail(where, `expected a pair, found ${JSON.stringify(value)}`);
    return [value[0], value[1]];
  }

  #fail(where: string, reason: string): never {
    throw new Error(`The template cannot be resolved at ${where}: ${reason}.`);
  }
}
