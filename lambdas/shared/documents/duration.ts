import * as z from 'zod';

const SECONDS = { m: 60, h: 3_600, d: 86_400 } as const;

/** Seconds in a duration such as `15m`, `8h` or `30d`. */
export function secondsIn(duration: string): number {
  const unit = duration.at(-1);
  return unit === 'm' || unit === 'h' || unit === 'd' ? Number(duration.slice(0, -1)) * SECONDS[unit] : 0;
}

/** A duration of at most `most`, in minutes, hours or days. */
export const duration = (most: string) =>
  z
    .string()
    .regex(/^[1-9]\d{0,4}[mhd]$/, 'must be a duration such as 15m, 8h or 30d')
    .refine((value) => secondsIn(value) <= secondsIn(most), `must be at most ${most}`);
