import * as z from 'zod';
import { email, ipRange } from './selector.ts';

const MOST = 5_000;
const itemOf = { emails: email, 'ip-ranges': ipRange } as const;

/** Values under a name, for the policies that share them. */
export const listSpec = z
  .strictObject({
    title: z.string().min(1).max(100).optional(),
    type: z.enum(['emails', 'ip-ranges']),
    items: z.array(z.string().max(320)).max(MOST),
  })
  .superRefine(({ type, items }, context) => {
    for (const [index, item] of items.entries()) {
      const { error } = itemOf[type].safeParse(item);
      const message = error?.issues[0]?.message;
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['items', index], message });
    }
  });

export type ListSpec = z.output<typeof listSpec>;
