// Where the script of passkeys says what went wrong, with the words that it says it in.

import { type Html, html } from './html.ts';
import { messages } from './messages.ts';

/** The empty line, for the inside of `data-needs-passkeys`. */
export const passkeyProblem = (): Html =>
  html`<p class="field-error" role="alert" data-passkey-problem data-passkey-of="${messages.passkeyOf}"
 data-cancelled="${messages.passkeyCancelled}" data-known="${messages.passkeyKnown}"
 data-too-often="${messages.passkeyTooOften}" data-failed="${messages.passkeyFailed}"></p>`;
