import type { Firewall } from './answer.ts';
import { IMPATIENT } from './part.ts';

/** Reads which web ACL stands before a stage. The client is loaded by the first use: no other request needs it. */
export function firewallOf(stageArn: string): () => Promise<Firewall> {
  return async () => {
    const { GetWebACLForResourceCommand, WAFV2Client } = await import('@aws-sdk/client-wafv2');
    const client = new WAFV2Client(IMPATIENT);
    const { WebACL } = await client.send(new GetWebACLForResourceCommand({ ResourceArn: stageArn }));
    return WebACL ? { attached: true, ...(WebACL.Name ? { name: WebACL.Name } : {}) } : { attached: false };
  };
}
