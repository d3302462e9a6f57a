import { forward } from './forward.ts';
import { readBody, serveMeasured } from './measured-server.ts';

/** (a) A raw proxy: no sign-in, no policy, no audit. */
const upstream = new URL(process.env.UPSTREAM ?? '');

serveMeasured(async (request, response) => {
  const answer = await forward(upstream, request, await readBody(request));
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
});
