import { randomInt, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ACCOUNT, REGION } from '../iam/authorizer.ts';
import { readParameters, ServiceError } from './aws-json.ts';
import type { Caller } from './permission.ts';

/** A secret whose first value Secrets Manager makes: letters and digits. */
export interface SecretView {
  name: string;
  arn: string;
  length: number;
}

const version = z.strictObject({ id: z.string(), value: z.string(), createdAt: z.number() });
const versions = z.strictObject({ AWSCURRENT: version, AWSPREVIOUS: version.optional() });
type Versions = z.output<typeof versions>;

const getParameters = z.strictObject({
  SecretId: z.string().min(1),
  VersionStage: z.string().default('AWSCURRENT'),
});
const putParameters = z.strictObject({
  SecretId: z.string().min(1),
  SecretString: z.string().min(1),
  ClientRequestToken: z.string().optional(),
});

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const generate = (length: number): string =>
  Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

const notFound = (what: string) =>
  new ServiceError('ResourceNotFoundException', `Secrets Manager can't find the specified secret${what}.`);

/** GetSecretValue and PutSecretValue of AWS Secrets Manager; values outlive a restart in files of the owner's. */
export class Secrets {
  readonly #folder: string;
  readonly #views: readonly SecretView[];

  constructor(folder: string, views: readonly SecretView[]) {
    this.#folder = folder;
    this.#views = views;
    mkdirSync(folder, { recursive: true });
    for (const view of views) {
      if (!existsSync(this.#file(view))) this.#write(view, { AWSCURRENT: newVersion(generate(view.length)) });
    }
  }

  async perform(operation: string, body: Buffer, caller: Caller): Promise<object> {
    switch (operation) {
      case 'GetSecretValue':
        return this.#get(body, caller);
      case 'PutSecretValue':
        return this.#put(body, caller);
      default:
        throw new ServiceError(
          'UnknownOperationException',
          `The local Secrets Manager does not support the operation ${operation}.`,
        );
    }
  }

  /** A value by its secret's name or ARN, as CloudFormation reads it. @throws ServiceError when there is none. */
  value(secretId: string, stage: string): string {
    return this.#versionOf(this.#known(secretId), stage).value;
  }

  #get(body: Buffer, caller: Caller): object {
    const { SecretId, VersionStage } = readParameters(getParameters, body);
    caller.require('secretsmanager:GetSecretValue', this.#arnOf(SecretId));
    const view = this.#known(SecretId);
    const { id, value, createdAt } = this.#versionOf(view, VersionStage);
    return {
      ARN: view.arn,
      Name: view.name,
      VersionId: id,
      SecretString: value,
      VersionStages: [VersionStage],
      CreatedDate: createdAt / 1000,
    };
  }

  #put(body: Buffer, caller: Caller): object {
    const { SecretId, SecretString } = readParameters(putParameters, body);
    caller.require('secretsmanager:PutSecretValue', this.#arnOf(SecretId));
    const view = this.#known(SecretId);
    const present = newVersion(SecretString);
    this.#write(view, { AWSCURRENT: present, AWSPREVIOUS: this.#read(view).AWSCURRENT });
    return { ARN: view.arn, Name: view.name, VersionId: present.id, VersionStages: ['AWSCURRENT'] };
  }

  #arnOf(secretId: string): string {
    const given = secretId.startsWith('arn:')
      ? secretId
      : `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${secretId}`;
    return this.#views.find(({ name }) => name === secretId)?.arn ?? given;
  }

  #known(secretId: string): SecretView {
    const view = this.#views.find(({ name, arn }) => name === secretId || arn === secretId);
    if (!view) throw notFound('');
    return view;
  }

  #versionOf(view: SecretView, stage: string): z.output<typeof version> {
    const found = new Map(Object.entries(this.#read(view))).get(stage);
    if (!found) throw notFound(` value for staging label: ${stage}`);
    return found;
  }

  #file = ({ name }: SecretView): string => join(this.#folder, `${encodeURIComponent(name)}.json`);

  #read(view: SecretView): Versions {
    return versions.parse(JSON.parse(readFileSync(this.#file(view), 'utf8')));
  }

  #write(view: SecretView, present: Versions): void {
    const file = this.#file(view);
    writeFileSync(`${file}.new`, JSON.stringify(present), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}

const newVersion = (value: string) => ({ id: randomUUID(), value, createdAt: Date.now() });
