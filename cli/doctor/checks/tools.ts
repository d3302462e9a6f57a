import * as z from 'zod';
import { type Check, must, pass, skip, warn } from '../check.ts';
import { legacy } from '../mcp-message.ts';
import { askPortal } from '../mcp-request.ts';
import { explainRefusal } from '../portal-answer.ts';
import { initialize } from './initialize.ts';

const listed = z.object({
  result: z.object({ tools: z.array(z.object({ name: z.string() })), nextCursor: z.string().optional() }),
});

/** The person sees tools. */
export const tools: Check = {
  name: 'tools',
  after: [initialize],
  async examine(visit) {
    const { closed, portal } = visit.learned;
    if (closed) return skip(closed);
    const reply = await askPortal(visit, legacy('tools/list'), { token: portal?.accessToken ?? '' });
    const refused = explainRefusal(visit, 'tools/list', reply);
    if (refused) return refused;
    const result = listed.safeParse(reply).data?.result;
    must(
      result,
      'tools/list is not answered with a list',
      'Clients cannot work with the portal.',
      'Read the log of portal-relay.',
    );
    const count = `${result.tools.length}${result.nextCursor === undefined ? '' : ' and more'}`;
    if (result.tools.length > 0) return pass(`${count}, ${result.tools[0]?.name} among them`);
    return warn(
      'none',
      'The portal lets this person in, and no server does or has a tool.',
      'sallyport get servers shows what was read of each server; sallyport audit list --person ADDRESS -o json has the decisions.',
    );
  },
};
