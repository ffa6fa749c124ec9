// The pages on which an authorization ends without a decision.

import { languageAtHand } from '../language.ts';
import { html } from '../pages/html.ts';
import { type Page, renderPage } from '../pages/page.ts';
import { messages } from './messages.ts';

/** A page of one heading and one sentence. */
export const messagePage = (
  status: number,
  { title, text }: { readonly title: string; readonly text: string },
): Page => ({
  title,
  language: languageAtHand(),
  status,
  body: html`<h1>${title}</h1>
<p>${text}</p>`,
});

/** The document for an OAuth error that can't be sent back to the app. `description` may hold the app's own words. */
export const renderErrorPage = ({
  code,
  description,
}: {
  readonly code: string;
  readonly description: string;
}): string => {
  const { title, text } = code === 'temporarily_unavailable' ? messages.oauthOutage : messages.oauthError;
  return renderPage({
    title,
    language: languageAtHand(),
    body: html`<h1>${title}</h1>
<p>${text}</p>
<dl class="facts"><dt>${messages.oauthErrorCode}</dt><dd><code>${code}</code></dd>
${description && html`<dt>${messages.oauthErrorDetail}</dt><dd lang="en">${description.slice(0, 500)}</dd>`}</dl>`,
  });
};
