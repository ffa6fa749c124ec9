// What a person sees when it is not their doing: while the database can not be used, and when something broke. MUST NOT say what.

import type { ServerResponse } from 'node:http';
import { languageAtHand } from '../language.ts';
import { OUTAGE_RETRY_SECONDS } from '../store/outage.ts';
import { html } from './html.ts';
import { messages } from './messages.ts';
import { sendPage } from './page.ts';

/** Says that something broke, with 500. */
export const sendFaultPage = (response: ServerResponse): void =>
  sendPage(response, {
    title: messages.fault,
    language: languageAtHand(),
    status: 500,
    body: html`<h1>${messages.fault}</h1>
<p>${messages.faultText}</p>`,
  });

/** Says that the database can not be used, with 503 and the time after which to try again. */
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
