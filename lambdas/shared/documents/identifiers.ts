import * as z from 'zod';

/** A document's id: what people type in files and on the command line. */
export const documentId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and -, beginning with a letter');

/** The prefix of a server's tools and prompts in the portal (`slug__name`); short, since hosts add their own. */
export const slug = z
  .string()
  .regex(/^[a-z][a-z0-9]{0,15}$/, 'must be 1 to 16 of a-z and 0-9, beginning with a letter');
