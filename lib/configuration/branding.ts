import * as z from 'zod';

/** How the sign-in page looks. */
export const branding = z.strictObject({
  /** The colour of buttons and links, as #rrggbb. */
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #0b5fff')
    .optional(),
  /** The organisation's picture (SVG or PNG, at most 100 KB); a path from the configuration's folder. */
  logo: z
    .string()
    .regex(/\.(svg|png)$/i, 'must be a file that ends in .svg or .png')
    .optional(),
});

export type Branding = z.output<typeof branding>;
