// What a person sees while the database can not be used: that it is not their doing, and that nothing was changed that is not shown.

import type { ServerResponse } from 'node:http';
import { languageAtHand } from '../language.ts';
import { OUTAGE_RETRY_SECONDS } from '../store/outage.ts';
import { html } from './html.ts';
import { messages } from './messages.ts';
import { sendPage } from './page.ts';

/** Sends the page, with 503 and the time after which to try again. */
export const sendOutagePage = (response: ServerResponse): void =>
  sendPage(
    response,
    {
      title: messages.outage,
      language: languageAtHand(),
      status: 503,
      body: html`<h1>${messages.outage}</h1>
<p>${messages.outageText}</p>`,
    },
    { 'retry-after': String(OUTAGE_RETRY_SECONDS) },
  );
