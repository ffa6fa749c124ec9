// What people see. Everything that comes from outside is escaped; there is no script.

import type { Budget } from '@valetkey/sdk';

/** What a page shows. */
export interface View {
  /** Null where nothing is connected. */
  readonly budget?: Budget | null;
  readonly isConnected: boolean;
  readonly answer?: string;
  /** Something went wrong, in words. */
  readonly problem?: string;
  /** Where the person can mend it. */
  readonly link?: string | null;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

const button = (action: string, label: string): string =>
  `<form method="post" action="${action}"><button>${label}</button></form>`;

const ASK = `<form method="post" action="/ask"><label>What about? <input name="about" value="a valet who parks a car"
 required></label> <button>Write</button></form>`;

/** The page, as HTML. */
export const page = ({ budget, isConnected, answer, problem, link }: View): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Haiku server</title></head><body><main>
<h1>Haiku server</h1>
${problem ? `<p role="alert">${escaped(problem)}${link ? ` <a href="${escaped(link)}">Go there</a>` : ''}</p>` : ''}
${
  isConnected
    ? `<p>Your AI is connected. Left: ${budget ? `$${escaped(budget.remainingUsd)}` : 'no limit'}.</p>
${ASK}${answer ? `<blockquote>${escaped(answer)}</blockquote>` : ''}${button('/disconnect', 'Disconnect')}`
    : `<p>This server has no AI of its own. It asks for a little of yours.</p>${button('/connect', 'Connect your AI')}`
}
</main></body></html>`;
