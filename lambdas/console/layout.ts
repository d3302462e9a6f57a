import { type HttpResponse, htmlResponse } from '../shared/http.ts';
import { Html, html } from './html.ts';

const STYLE = new Html(`
:root{color-scheme:light dark;--ink:#1b2430;--soft:#566272;--paper:#fff;--panel:#f4f6f9;--line:#d9dfe7;--accent:#0b57c2;--on-accent:#fff;--warn:#8a4b00;--warn-paper:#fff4e2}
@media (prefers-color-scheme:dark){:root{--ink:#e7ebf1;--soft:#a3afbf;--paper:#12171e;--panel:#1b222c;--line:#313b48;--accent:#7db2ff;--on-accent:#0c1a2e;--warn:#ffc37a;--warn-paper:#33240f}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}
main,header,footer{max-width:46rem;margin:0 auto;padding:0 1.1rem}
header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between;padding-top:1.2rem;padding-bottom:1.2rem}
header p{margin:0;color:var(--soft)}
h1{font-size:1.7rem;line-height:1.2;margin:1.2rem 0 .6rem}
h2{font-size:1.15rem;margin:2.2rem 0 .7rem}
a{color:var(--accent)}
code,pre{font:.9em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{margin:.5rem 0;padding:.7rem .9rem;background:var(--paper);border:1px solid var(--line);border-radius:.4rem;overflow-x:auto;overflow-wrap:normal}
.address{font-size:1.05rem;background:var(--panel)}
.button,button{display:inline-block;font:inherit;font-weight:600;padding:.6rem 1.3rem;border-radius:.45rem;border:1px solid var(--accent);background:var(--accent);color:var(--on-accent);text-decoration:none;cursor:pointer}
button.quiet{background:transparent;color:var(--accent);padding:.35rem .9rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
ul.servers{list-style:none;margin:0;padding:0;display:grid;gap:.7rem}
ul.servers li{padding:.8rem 1rem;background:var(--panel);border:1px solid var(--line);border-radius:.5rem}
ul.servers h3{margin:0;font-size:1rem}
ul.servers p{margin:.2rem 0 0}
.sessions~form{margin-top:1rem}
.sessions ul{list-style:none;margin:.6rem 0;padding:0;display:grid;gap:.5rem}
.sessions ul li{display:flex;flex-wrap:wrap;gap:.3rem 1rem;align-items:center;justify-content:space-between;background:none;border:0;border-top:1px solid var(--line);border-radius:0;padding:.5rem 0 0}
.soft{color:var(--soft)}
details{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;margin:.5rem 0;padding:0 1rem}
summary{cursor:pointer;font-weight:600;padding:.6rem 0}
details>:last-child{margin-bottom:1rem}
.note{border-left:4px solid var(--warn);background:var(--warn-paper);padding:.7rem 1rem;border-radius:0 .4rem .4rem 0}
footer{padding-top:2.5rem;padding-bottom:2rem;color:var(--soft);font-size:.9rem}
`);

/** Who is signed in; `csrf` is what the forms of this browser must carry. */
export interface SignedIn {
  name: string;
  email: string;
  csrf: string;
}

export interface PageOptions {
  status?: number;
  title: string;
  /** Who is signed in, with the way out. */
  person?: SignedIn | undefined;
  body: Html;
  cookies?: readonly string[];
}

const signOut = (person: SignedIn) => html`<header>
<p>Signed in as <strong>${person.name}</strong> (${person.email})</p>
<form method="post" action="/console/sign-out"><input type="hidden" name="csrf" value="${person.csrf}"><button class="quiet" type="submit">Sign out</button></form>
</header>`;

/** A whole page: plain HTML with its own style, no scripts. */
export function page({ status = 200, title, person, body, cookies }: PageOptions): HttpResponse {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${person && signOut(person)}
<main>
<h1>${title}</h1>
${body}
</main>
<footer><p>Sallyport: one guarded door to MCP servers.</p></footer>
</body>
</html>
`;
  return htmlResponse(status, document.text, cookies ? { cookies: [...cookies] } : {});
}
