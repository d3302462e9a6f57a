import { createHash, timingSafeEqual } from 'node:crypto';
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { logger } from './logger.ts';

/** For this long a value that was read is taken for the present one. */
const KEPT_MS = 5 * 60_000;
/** A value that is not known is looked up at most this often, however many requests present one. */
const LOOKUP_MS = 10_000;
/** While nothing is known, reading is tried at most this often. */
const RETRY_MS = 1_000;

/** The one before counts too: while it rotates, some places of the distribution still send it. */
const STAGES = ['AWSCURRENT', 'AWSPREVIOUS'];

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

interface Known {
  digests: readonly Buffer[];
  at: number;
}

export interface OriginSecretOptions {
  arn: string;
  client: Pick<SecretsManagerClient, 'send'>;
  /** Milliseconds, monotonic. */
  now?: () => number;
}

/** The secret by which the distribution in front proves that a request came through it. */
export class OriginSecret {
  readonly #options: OriginSecretOptions;
  readonly #now: () => number;
  #known: Known | undefined;
  #reading: Promise<Known> | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;

  constructor(options: OriginSecretOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Begins to read, so that the first request waits less; after a failure, that request tries again. */
  prefetch(): void {
    this.#read().catch((error: unknown) => {
      this.#triedAt = Number.NEGATIVE_INFINITY;
      this.#warn(error);
    });
  }

  /** Whether the text is the secret, compared in constant time. @throws Error when it cannot be read. */
  async matches(presented: string): Promise<boolean> {
    const known = await this.#current();
    if (includes(known, presented)) return true;
    if (this.#now() - this.#triedAt < LOOKUP_MS) return false;
    return includes(await this.#read().catch((error: unknown) => this.#keep(known, error)), presented);
  }

  async #current(): Promise<Known> {
    const known = this.#known;
    if (this.#reading) return known ?? this.#reading;
    const sinceTry = this.#now() - this.#triedAt;
    if (!known) {
      if (sinceTry < RETRY_MS) throw new Error('The origin secret could not be read a moment ago.');
      return this.#read();
    }
    if (this.#now() - known.at < KEPT_MS || sinceTry < LOOKUP_MS) return known;
    return this.#read().catch((error: unknown) => this.#keep(known, error));
  }

  #read(): Promise<Known> {
    this.#triedAt = this.#now();
    this.#reading ??= Promise.all(STAGES.map((stage) => this.#digest(stage)))
      .then((digests) => {
        this.#known = { digests: digests.filter((digest) => digest !== undefined), at: this.#now() };
        return this.#known;
      })
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  async #digest(stage: string): Promise<Buffer | undefined> {
    const { arn, client } = this.#options;
    try {
      const { SecretString } = await client.send(
        new GetSecretValueCommand({ SecretId: arn, VersionStage: stage }),
      );
      return SecretString ? digestOf(SecretString) : undefined;
    } catch (error) {
      if (error instanceof ResourceNotFoundException && stage !== STAGES[0]) return undefined;
      throw error;
    }
  }

  /** What was true a moment ago is better than nobody getting in. */
  #keep(known: Known, error: unknown): Known {
    this.#warn(error);
    return known;
  }

  #warn(error: unknown): void {
    logger.warn('the origin secret could not be read', {
      error: error instanceof Error ? error : String(error),
    });
  }
}

function includes({ digests }: Known, presented: string): boolean {
  const digest = digestOf(presented);
  return digests.map((known) => timingSafeEqual(known, digest)).includes(true);
}
