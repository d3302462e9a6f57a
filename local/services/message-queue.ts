import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

/** A queue as the template declares it. */
export interface QueueView {
  name: string;
  url: string;
  arn: string;
  /** Seconds for which a received message is hidden. */
  visibilityTimeout: number;
  deadLetters: { arn: string; maxReceiveCount: number } | undefined;
}

const messageSchema = z.object({
  id: z.string(),
  body: z.string(),
  /** Epoch milliseconds. */
  sentAt: z.number(),
  visibleAt: z.number(),
  receives: z.number(),
  firstReceivedAt: z.number().optional(),
  /** Of the last receive: the only one by which the message can be deleted. */
  receipt: z.string().optional(),
});

export type Message = z.output<typeof messageSchema>;

/** A message that was just received. */
export type Received = Message & { receipt: string; firstReceivedAt: number };

/** The messages of one queue, each in a file of its own, so that they outlive a restart. Order is not kept. */
export class MessageQueue {
  readonly view: QueueView;
  readonly #folder: string;
  readonly #deadLetters: MessageQueue | undefined;
  readonly #messages = new Map<string, Message>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(view: QueueView, folder: string, deadLetters?: MessageQueue) {
    this.view = view;
    this.#folder = join(folder, view.name);
    this.#deadLetters = deadLetters;
    mkdirSync(this.#folder, { recursive: true });
    for (const file of readdirSync(this.#folder).filter((name) => name.endsWith('.json'))) {
      const message = messageSchema.parse(JSON.parse(readFileSync(join(this.#folder, file), 'utf8')));
      this.#messages.set(message.id, message);
    }
  }

  /** How many messages there are, hidden ones too. */
  get size(): number {
    return this.#messages.size;
  }

  /** How many could be received now. */
  get visible(): number {
    const now = Date.now();
    return [...this.#messages.values()].filter(({ visibleAt }) => visibleAt <= now).length;
  }

  /** When the oldest message was sent, in epoch milliseconds; undefined for an empty queue. */
  get oldest(): number | undefined {
    return this.#messages.size === 0
      ? undefined
      : Math.min(...[...this.#messages.values()].map(({ sentAt }) => sentAt));
  }

  send(body: string, delaySeconds = 0): string {
    const now = Date.now();
    const id = randomUUID();
    this.#save({ id, body, sentAt: now, visibleAt: now + delaySeconds * 1000, receives: 0 });
    return id;
  }

  /** Hides and returns visible messages; those that were received too often go to the dead-letter queue. */
  receive(limit: number, visibilityTimeout = this.view.visibilityTimeout): Received[] {
    const now = Date.now();
    const received: Received[] = [];
    for (const message of this.#messages.values()) {
      if (received.length === limit) break;
      if (message.visibleAt > now || this.#givenUp(message)) continue;
      const next = {
        ...message,
        visibleAt: now + visibilityTimeout * 1000,
        receives: message.receives + 1,
        firstReceivedAt: message.firstReceivedAt ?? now,
        receipt: randomUUID(),
      };
      this.#save(next);
      received.push(next);
    }
    return received;
  }

  /** Resolves when a message may have become visible, or the signal is aborted. */
  async change(signal: AbortSignal): Promise<void> {
    const soonest = Math.min(...[...this.#messages.values()].map(({ visibleAt }) => visibleAt));
    const over = new AbortController();
    const either = { signal: AbortSignal.any([signal, over.signal]) };
    const waits = [once(this.#changes, 'change', either)];
    if (soonest !== Number.POSITIVE_INFINITY)
      waits.push(sleep(Math.max(0, soonest - Date.now()), [], either));
    await Promise.race(waits).catch(() => {});
    over.abort();
    await Promise.allSettled(waits);
  }

  /** A receipt of an earlier receive deletes nothing. */
  delete(receipt: string): void {
    const message = this.#holding(receipt);
    if (message) this.#remove(message);
  }

  /** False when the receipt is not that of the last receive. */
  changeVisibility(receipt: string, seconds: number): boolean {
    const message = this.#holding(receipt);
    if (message) this.#save({ ...message, visibleAt: Date.now() + seconds * 1000 });
    return message !== undefined;
  }

  #holding(receipt: string): Message | undefined {
    return [...this.#messages.values()].find((message) => message.receipt === receipt);
  }

  #givenUp(message: Message): boolean {
    const { deadLetters } = this.view;
    if (!this.#deadLetters || !deadLetters || message.receives < deadLetters.maxReceiveCount) return false;
    const { receipt: _, ...moved } = message;
    this.#deadLetters.#save(moved);
    this.#remove(message);
    return true;
  }

  /** Writes the whole message or nothing. */
  #save(message: Message): void {
    const file = this.#file(message);
    writeFileSync(`${file}.draft`, JSON.stringify(message));
    renameSync(`${file}.draft`, file);
    this.#messages.set(message.id, message);
    this.#changes.emit('change');
  }

  #remove(message: Message): void {
    this.#messages.delete(message.id);
    rmSync(this.#file(message), { force: true });
  }

  #file({ id }: Message): string {
    return join(this.#folder, `${id}.json`);
  }
}
