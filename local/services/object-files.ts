import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const headSchema = z.object({
  key: z.string(),
  contentType: z.string(),
  etag: z.string(),
  lastModified: z.string(),
});

/** An S3 object with what its headers say. */
export type StoredObject = z.output<typeof headSchema> & { body: Buffer };

/** Objects as files: one line of JSON with what is known about the object, then its bytes. */
export class ObjectFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(bucket: string, key: string): Promise<StoredObject | undefined> {
    try {
      const file = await readFile(this.#file(bucket, key));
      const end = file.indexOf('\n');
      const head = headSchema.parse(JSON.parse(file.toString('utf8', 0, end)));
      return { ...head, body: file.subarray(end + 1) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Writes the whole object or nothing; with `onlyIfNew`, undefined when the key is taken. */
  async write(
    bucket: string,
    key: string,
    content: { contentType: string; body: Buffer; onlyIfNew: boolean },
  ): Promise<string | undefined> {
    const { contentType, body, onlyIfNew } = content;
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const head = JSON.stringify({ key, contentType, etag, lastModified: new Date().toUTCString() });
    const file = this.#file(bucket, key);
    const draft = `${file}.${randomUUID()}`;
    await mkdir(join(this.#folder, bucket), { recursive: true });
    await writeFile(draft, Buffer.concat([Buffer.from(`${head}\n`), body]));
    if (!onlyIfNew) {
      await rename(draft, file);
      return etag;
    }
    try {
      await link(draft, file);
      return etag;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
      throw error;
    } finally {
      await rm(draft);
    }
  }

  /** Keys may hold anything, `..` and slashes too, so files are named by their digest. */
  #file(bucket: string, key: string): string {
    return join(this.#folder, bucket, createHash('sha256').update(key).digest('hex'));
  }
}
