import { escapeHtml } from '../../shared/http.ts';

const STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:34rem;margin:10vh auto;padding:0 1.25rem}
h1{font-size:1.4rem;line-height:1.25}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1rem;margin:1.2rem 0}
dt{opacity:.7}dd{margin:0;overflow-wrap:anywhere}
code{font:.95em ui-monospace,monospace}
.note{border-left:4px solid #c77700;padding:.4rem .9rem;background:#c7770018}
form{display:flex;gap:.75rem;margin:1.5rem 0}
button{font:inherit;padding:.55rem 1.4rem;border-radius:.4rem;border:1px solid #888;background:transparent;color:inherit;cursor:pointer}
button.main{background:#1457c8;border-color:#1457c8;color:#fff}
`;

/** A whole page; `title` is text, `body` is HTML whose every value was escaped. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>`;
}
