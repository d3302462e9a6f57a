import * as z from 'zod';

/** What a reviewer says a tool does; a tool that nobody reviewed counts as destructive. */
export const toolRisk = z.enum(['read-only', 'write', 'destructive']);
export type ToolRisk = z.output<typeof toolRisk>;

/** What a session carries away from a server: secrets of the organisation, or texts of strangers. */
export const dataLabel = z.enum(['confidential', 'untrusted']);
export type DataLabel = z.output<typeof dataLabel>;

/** Beside those, `egress`: what it is given may leave the organisation. */
export const serverLabel = z.enum([...dataLabel.options, 'egress']);
export type ServerLabel = z.output<typeof serverLabel>;
