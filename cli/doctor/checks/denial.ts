import { randomUUID } from 'node:crypto';
import { code } from '../../../lambdas/portal/json-rpc.ts';
import { VERSION } from '../../version.ts';
import { type Check, fail, must, pass, skip } from '../check.ts';
import { legacy } from '../mcp-message.ts';
import { askPortal } from '../mcp-request.ts';
import { initialize } from './initialize.ts';

/** A call of what this person has not is refused, in the same words whether it exists or not. */
export const denial: Check = {
  name: 'denial',
  after: [initialize],
  async examine(visit) {
    const mark = randomUUID();
    const userAgent = `sallyport/${VERSION} doctor/${mark}`;
    const message = legacy('tools/call', { name: `doctor-${mark}`, arguments: {} });
    const reply = await askPortal(visit, message, {
      token: visit.learned.portal?.accessToken ?? '',
      userAgent,
    });
    must(
      'error' in reply,
      'a call of a tool that does not exist has a result',
      'Whatever answers does not ask the policies.',
      'Do not let anybody use this address: look at what stands in front of the deployment, or in its place.',
    );
    const { error } = reply;
    if (error.code === code.notConfigured) return skip(visit.learned.closed ?? error.message);
    const unknownTool = error.code === code.invalidParams && error.message.startsWith('Unknown tool');
    if (!unknownTool && error.code !== code.denied)
      return fail(
        `a call of a tool that does not exist is answered with ${error.code}: ${error.message}`,
        'It must be refused as unknown.',
        'Read the log of portal-relay; the runbook has the codes.',
      );
    visit.learned.refusedAs = userAgent;
    return pass(`${error.code} ${error.code === code.denied ? 'denied by policies' : 'unknown tool'}`);
  },
};
