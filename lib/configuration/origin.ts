import * as z from 'zod';

/** An origin (RFC 6454 section 6.2): https, or plain http on the loopback address. */
export const origin = z
  .url({ protocol: /^https?$/ })
  .refine(
    (value) => new URL(value).origin === value,
    'must be an origin such as https://ai.example.com, with no path',
  )
  .refine(
    (value) => value.startsWith('https:') || new URL(value).hostname === '127.0.0.1',
    'must be https (plain http is for the loopback address 127.0.0.1 only)',
  );
