import * as z from 'zod';
import { IMPLEMENTATION, LEGACY_VERSION } from '../../../lambdas/portal/protocol.ts';
import { type Check, must, pass } from '../check.ts';
import { INITIALIZE } from '../mcp-message.ts';
import { askPortal } from '../mcp-request.ts';
import { explainRefusal } from '../portal-answer.ts';
import { portalSignIn } from './portal-sign-in.ts';

const initialized = z.object({
  result: z.object({
    protocolVersion: z.string(),
    serverInfo: z.object({ name: z.string(), title: z.string().optional() }),
  }),
});

/** The portal speaks with clients of before 2026-07-28. */
export const initialize: Check = {
  name: 'initialize',
  after: [portalSignIn],
  async examine(visit) {
    const { portal } = visit.learned;
    const reply = await askPortal(visit, INITIALIZE, { token: portal?.accessToken ?? '' });
    const refused = explainRefusal(visit, 'initialize', reply);
    if (refused) return refused;
    const result = initialized.safeParse(reply).data?.result;
    must(
      result?.serverInfo.name === IMPLEMENTATION.name && result.protocolVersion === LEGACY_VERSION,
      'initialize is not answered by the portal',
      'Another MCP server answers at this address.',
      'Look at what stands in front, and deploy again.',
    );
    return pass(`“${result.serverInfo.title ?? ''}”, MCP ${LEGACY_VERSION}`);
  },
};
