import * as z from 'zod';
import { MODERN_VERSION } from '../../../lambdas/portal/protocol.ts';
import { type Check, must, pass, skip } from '../check.ts';
import { modern } from '../mcp-message.ts';
import { askPortal } from '../mcp-request.ts';
import { explainRefusal } from '../portal-answer.ts';
import { initialize } from './initialize.ts';

const discovered = z.object({ result: z.object({ supportedVersions: z.array(z.string()) }) });

/** The portal speaks with clients of 2026-07-28. */
export const discover: Check = {
  name: 'discover',
  after: [initialize],
  async examine(visit) {
    const { closed, portal } = visit.learned;
    if (closed) return skip(closed);
    const reply = await askPortal(visit, modern('server/discover'), { token: portal?.accessToken ?? '' });
    const refused = explainRefusal(visit, 'server/discover', reply);
    if (refused) return refused;
    must(
      discovered.safeParse(reply).data?.result.supportedVersions.includes(MODERN_VERSION),
      `server/discover does not offer ${MODERN_VERSION}`,
      'Clients of that version fall back to an older one, or give up.',
      'Something in front may take out the headers MCP-Protocol-Version and Mcp-Method: let them pass.',
    );
    return pass(`MCP ${MODERN_VERSION}`);
  },
};
