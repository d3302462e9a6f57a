import { corsPreflight } from '../shared/cors.ts';
import { type HttpRequest, type HttpResponse, jsonResponse } from '../shared/http.ts';
import { html } from './html.ts';
import { page } from './layout.ts';

/** Browsers ask for HTML; an MCP client that tries for a stream asks for that. */
const isBrowser = ({ method, headers }: HttpRequest): boolean => {
  const accept = (headers.accept ?? '').toLowerCase();
  return method === 'GET' && accept.includes('text/html') && !accept.includes('text/event-stream');
};

/** What the MCP endpoint says to anything but POST. */
export function answerAtMcpEndpoint(
  request: HttpRequest,
  url: string,
  allowedOrigins: ReadonlySet<string>,
): HttpResponse {
  if (request.method === 'OPTIONS') return corsPreflight(request, allowedOrigins);
  if (isBrowser(request)) {
    const body = html`<p>This is the address for AI clients, not for browsers. Add it to your client as a remote MCP server
(“Streamable HTTP”):</p>
<pre class="address" tabindex="0"><code>${url}</code></pre>
<p><a href="/">The portal’s page</a> says how, for each client.</p>`;
    return page({ title: 'An MCP portal', body });
  }
  const message = `${request.method} is not served here: send each JSON-RPC message with POST.`;
  const error = { jsonrpc: '2.0', id: null, error: { code: -32000, message } };
  return jsonResponse(405, error, { allow: 'POST' });
}
