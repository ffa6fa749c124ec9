// "Confirm that it is you": the part of a form that asks for the person again (RFC 9470), by password, or by passkey where the owner has one.

import { formatUsd } from '@valetkey/core';
import type { StepUp } from '../accounts/contract.ts';
import { type FormErrors, field } from './form.ts';
import { type Html, html } from './html.ts';
import { messages } from './messages.ts';
import { passkeyProblem } from './passkey-problem.ts';

/** Where it is asked by itself; `return_to` says where to go on to. */
export const CONFIRM_PATH = '/confirm';

/** The name of the password's field. */
export const CONFIRM_FIELD = 'confirm-password';

/** The address of the page, for whoever comes back to `path`. */
export const confirmAddress = (path: string): string =>
  `${CONFIRM_PATH}?${new URLSearchParams({ return_to: path })}`;

/** The fields, for the inside of a form. Once a passkey has agreed, the script sends that form. */
export const confirmationFields = ({ method }: StepUp, errors: FormErrors = {}, isFocused = false): Html =>
  method === 'password'
    ? field(
        {
          name: CONFIRM_FIELD,
          label: messages.password,
          type: 'password',
          autocomplete: 'current-password',
          isRequired: false,
          isFocused,
        },
        errors,
      )
    : html`<div data-needs-passkeys hidden>
<button type="button" class="is-wide" data-passkey="confirm">${messages.passkey}</button>
${passkeyProblem()}
</div>
<noscript><p class="quiet">${messages.passkeyNeedsScript}</p></noscript>`;

/** The same on a page where large budgets are allowed, above its buttons. */
export const confirmationPanel = (stepUp: StepUp, aboveNanos: number, errors?: FormErrors): Html =>
  html`<section class="panel"><h2>${messages.confirm}</h2>
<p class="quiet">${messages.confirmLarge(formatUsd(aboveNanos))}</p>
${confirmationFields(stepUp, errors)}</section>`;
