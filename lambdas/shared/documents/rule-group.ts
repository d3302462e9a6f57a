import * as z from 'zod';
import { ruleLists } from './selector.ts';

/** Conditions under a name, for the policies that share them. */
export const ruleGroupSpec = z.strictObject({ title: z.string().min(1).max(100).optional(), ...ruleLists });

export type RuleGroupSpec = z.output<typeof ruleGroupSpec>;
