import * as z from 'zod';
import type { Risk } from '../../policy/decision.ts';
import type { Key, Table } from '../../shared/table.ts';
import { nowSeconds } from '../lifetimes.ts';

export const riskLevel = z.enum(['none', 'low', 'medium', 'high']);

/** A person's risk, as somebody said it, until it ends by itself. */
export interface StatedRisk {
  level: Risk;
  reason: string;
  /** Epoch seconds. */
  expiresAt: number;
  /** Who said so: a person's address, or a service token's id. */
  by: string;
}

const item = z.object({ level: riskLevel, reason: z.string(), expiresAt: z.number(), by: z.string() });

const riskKey = (person: string): Key => ({ pk: `Risk#${person}`, sk: 'current' });

/** The risk in force; undefined when nobody said anything, or it has ended. */
export async function riskOf(identity: Table, person: string): Promise<StatedRisk | undefined> {
  const found = await identity.get(riskKey(person));
  const stated = found && item.parse(found);
  return stated && stated.expiresAt > nowSeconds() ? stated : undefined;
}

/** States a risk; the newest statement holds. */
export async function stateRisk(identity: Table, person: string, risk: StatedRisk): Promise<void> {
  await identity.put({ ...riskKey(person), ...risk, ttl: risk.expiresAt });
}
