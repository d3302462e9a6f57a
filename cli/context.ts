import type { Command } from 'commander';
import * as z from 'zod';
import { ApiClient } from './api-client.ts';
import { FORMATS, type Format } from './output.ts';
import { adminToken } from './sign-in.ts';
import { TokenStore } from './token-store.ts';

const globalOptions = z.object({ url: z.string(), output: z.enum(FORMATS) });

/** What a command works with: the deployment, the output, the tokens kept for this person. */
export interface CommandContext {
  url: string;
  format: Format;
  tokens: TokenStore;
  api: ApiClient;
}

export function contextOf(command: Command): CommandContext {
  const { url, output } = globalOptions.parse(command.optsWithGlobals());
  const tokens = new TokenStore(process.env);
  return { url, format: output, tokens, api: new ApiClient(url, () => adminToken(tokens, url)) };
}
