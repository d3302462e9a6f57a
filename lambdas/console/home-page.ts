import type { HttpResponse } from '../shared/http.ts';
import { type ClientInstructions, clientInstructions } from './client-instructions.ts';
import { type Html, html } from './html.ts';
import { page, type SignedIn } from './layout.ts';
import type { VisibleServer } from './visible-servers.ts';

export interface Visitor extends SignedIn {
  /** Their sign-ins, to look at and to end. */
  sessions: Html;
}

/**
 * For whoever is not signed in: nothing but the portal's name and the way in.
 * @param asksWho asks who it is even of a browser that is still signed in at the authorization server.
 */
export function welcomePage(title: string, cookies: readonly string[], asksWho: boolean): HttpResponse {
  const body = html`<p>Sign in to see the tools that are there for you and how to connect your AI client.</p>
<p><a class="button" href="/console/sign-in${asksWho ? '?again' : ''}">Sign in</a></p>`;
  return page({ title, body, cookies });
}

export function deniedPage(title: string, visitor: Visitor, reason: string): HttpResponse {
  const body = html`<p class="note">You may not use this portal. ${reason}</p>
<p>If you think that you should, show this page to your administrators.</p>
${visitor.sessions}`;
  return page({ status: 403, title, person: visitor, body });
}

export function notSetUpPage(title: string, visitor: Visitor): HttpResponse {
  const body = html`<p class="note">This portal is not set up yet: its owners have not applied a configuration.</p>
<p>An owner does it with <code>sallyport apply -f FILE</code>.</p>
${visitor.sessions}`;
  return page({ title, person: visitor, body });
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

function serverItem({ title, description, slug, tools, prompts, resources }: VisibleServer): Html {
  const also = [
    ...(prompts > 0 ? [counted(prompts, 'prompt')] : []),
    ...(resources > 0 ? [counted(resources, 'resource')] : []),
  ];
  return html`<li><h3>${title}</h3>${description && html`<p>${description}</p>`}
<p class="soft">${[counted(tools, 'tool'), ...also].join(', ')}; names begin with <code>${slug}__</code></p></li>
`;
}

const serverList = (servers: readonly VisibleServer[]) =>
  servers.length > 0
    ? html`<ul class="servers">${servers.map(serverItem)}</ul>`
    : html`<p class="note">No server is there for you yet. Ask your administrators which policies apply to you.</p>`;

const instructionItem = (
  { client, steps }: ClientInstructions,
  index: number,
) => html`<details${index === 0 ? html` open` : undefined}>
<summary>${client}</summary>
${steps.map(({ say, copy }) => html`<p>${say}</p>${copy && html`<pre tabindex="0"><code>${copy}</code></pre>`}`)}
</details>
`;

export interface HomePage {
  title: string;
  description: string | undefined;
  deployment: string;
  /** Of the MCP endpoint. */
  url: string;
  visitor: Visitor;
  servers: readonly VisibleServer[];
}

/** For a person who may use the portal. */
export function homePage({ title, description, deployment, url, visitor, servers }: HomePage): HttpResponse {
  const body = html`<p>Hello ${visitor.name}. ${description}</p>
<h2 id="address">The address of this portal</h2>
<pre class="address" tabindex="0"><code>${url}</code></pre>
<p class="soft">Every client signs you in with your browser the first time; there is no key to copy.</p>
<h2 id="servers">What is there for you</h2>
${serverList(servers)}
<h2 id="connect">Connect your client</h2>
${clientInstructions(url, deployment).map(instructionItem)}
${visitor.sessions}`;
  return page({ title, person: visitor, body });
}
