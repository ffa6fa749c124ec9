// What a person sees while the database can not be used: that it is not their doing, and that nothing was changed that is not shown.

import type { ServerResponse } from 'node:http';
import { OUTAGE_RETRY_SECONDS } from '../store/outage.ts';
import { html } from './html.ts';
import { sendPage } from './page.ts';

/** Sends the page, with 503 and the time after which to try again. */
export const sendOutagePage = (response: ServerResponse): void =>
  sendPage(
    response,
    {
      title: 'Not available right now',
      status: 503,
      body: html`<h1>Not available right now</h1>
<p>Valetkey cannot reach its database. This usually passes by itself: please try again in a moment, and look first whether what you did was done.</p>`,
    },
    { 'retry-after': String(OUTAGE_RETRY_SECONDS) },
  );
