import { escapeHtml } from '../../lambdas/shared/http.ts';
import type { Account } from './accounts.ts';

/** The sign-in page: a button per account, named `person`, and one named `cancel`; it posts to its own address. */
export const signInPage = (accounts: readonly Account[]): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign in</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 4rem auto; padding: 0 1rem; }
button { font: inherit; display: block; width: 100%; margin: .5rem 0; padding: .6rem 1rem; text-align: left; }
</style>
<h1>Sign in as</h1>
<form method="post">
${accounts.map(button).join('\n')}
<button name="cancel" value="yes">Cancel</button>
</form>
<p>This stands in for Amazon Cognito on this machine. These people have no passwords.</p>
</html>`;

function button({ choice, person: { name, about }, provider }: Account): string {
  const label = `${name}, ${about}${provider ? `, with ${provider.name}` : ''}`;
  return `<button name="person" value="${escapeHtml(choice)}">${escapeHtml(label)}</button>`;
}
