// The small page a window shows while there is no gateway to load: what is the matter, why, and a button to start it
// again. A value: one data: address whose only script is allowed by its hash, with every text escaped.
import { createHash } from 'node:crypto';
import type { GatewayState } from './gateway-supervisor.ts';

export interface LocalPageText {
  readonly title: string;
  readonly detail: string;
  /** Whether a button to start the gateway is offered. */
  readonly restart: boolean;
}

/** What the page says in each state; null when the gateway's own page belongs there. */
export function localPageText(state: GatewayState): LocalPageText | null {
  switch (state.phase) {
    case 'running':
      return null;
    case 'starting':
      return { title: 'Starting the gateway', detail: 'This takes a second or two.', restart: false };
    case 'waiting':
      return { title: 'The gateway stopped and is being started again', detail: state.reason, restart: true };
    case 'stopped':
      return { title: 'The gateway is not running', detail: state.reason, restart: true };
    case 'stopping':
      return { title: 'Closing Tollgate', detail: 'Answers in flight are being finished.', restart: false };
  }
}

/** Safe between tags and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': 'amp',
    '<': 'lt',
    '>': 'gt',
    '"': 'quot',
    "'": '#39',
  };
  return text.replace(/[&<>"']/g, (character) => `&${names[character] ?? ''};`);
}

const script = `
const button = document.querySelector('button');
button?.addEventListener('click', async () => {
  button.disabled = true;
  try { await window.tollgateDesktop.restartGateway(); } finally { button.disabled = false; }
});
`;
const scriptHash = createHash('sha256').update(script).digest('base64');

const style = `
:root { color-scheme: light dark; --ground: #faf8f5; --ink: #2a2622; --quiet: #6f6861; --accent: #a65a1c; --on-accent: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #1d1b19; --ink: #ece7e1; --quiet: #a59d94; --accent: #e39a55; --on-accent: #1d1b19; }
}
body { margin: 0; min-height: 100vh; display: grid; place-content: center; background: var(--ground); color: var(--ink);
  font: 13px/1.5 system-ui, sans-serif; }
main { max-width: 44ch; padding: 24px; }
h1 { font-size: 17px; font-weight: 600; line-height: 1.3; margin: 0 0 8px; text-wrap: balance; }
p { margin: 0 0 20px; color: var(--quiet); overflow-wrap: anywhere; }
button { font: inherit; font-weight: 600; padding: 8px 16px; border: 0; border-radius: 8px; cursor: pointer;
  background: var(--accent); color: var(--on-accent); }
button:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
button:disabled { opacity: 0.6; cursor: default; }
`;

function html(text: LocalPageText): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'`;
  const button = text.restart ? '<button type="button" autofocus>Start the gateway</button>' : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Tollgate</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(text.title)}</h1>
<p role="status">${escapeHtml(text.detail)}</p>
${button}
</main>
<script>${script}</script>
</body>
</html>
`;
}

/** The page as an address. Base64, so that no character of the text can mean anything to the address parser. */
export function localPageAddress(text: LocalPageText): string {
  return `data:text/html;charset=utf-8;base64,${Buffer.from(html(text)).toString('base64')}`;
}
