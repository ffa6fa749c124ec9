// /confirm: the owner who is signed in proves once more who they are, and goes on to where that was needed.

import type { ServerResponse } from 'node:http';
import { languageAtHand } from '../../language.ts';
import { CONFIRM_FIELD, CONFIRM_PATH, confirmAddress, confirmationFields } from '../../pages/confirmation.ts';
import { errorSummary, type FormErrors } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { type Page, sendPage, sendRedirect } from '../../pages/page.ts';
import type { SignedIn, StepUp } from '../contract.ts';
import { parseReturnPath } from '../return-path.ts';
import { messages } from './messages.ts';
import { definePage, type PageRoom } from './page-room.ts';

const confirmPage = (
  session: SignedIn,
  stepUp: StepUp,
  returnPath: string,
  errors: FormErrors = {},
): Page => ({
  title: messages.confirm,
  language: languageAtHand(),
  status: Object.keys(errors).length > 0 ? 401 : 200,
  signedInAs: session.email,
  ...(stepUp.method === 'passkey' && { script: 'passkeys.js' as const }),
  body: html`<h1>${messages.confirm}</h1>
<p class="lead">${messages.confirmLead(stepUp.maxAgeSeconds / 60)}</p>
${errorSummary(errors)}
<form method="post" action="${CONFIRM_PATH}">
<input type="hidden" name="return_to" value="${returnPath}">
${confirmationFields(stepUp, errors, true)}
<div class="decision">
${stepUp.method === 'password' && html`<button>${messages.confirmButton}</button>`}
<a class="button is-second" href="/">${messages.confirmNot}</a>
</div>
</form>`,
});

/** Whoever is signed out signs in, which proves as much. */
const askToSignIn = (response: ServerResponse, returnPath: string): void =>
  sendRedirect(response, `/sign-in?${new URLSearchParams({ return_to: returnPath })}`);

/** Sends whoever still has to confirm to the page first. @returns whether an answer was sent */
export const askToConfirm = async (
  { stepUpFor }: PageRoom,
  session: SignedIn,
  response: ServerResponse,
  returnPath: string,
): Promise<boolean> => {
  if ((await stepUpFor(session)) === null) return false;
  sendRedirect(response, confirmAddress(returnPath));
  return true;
};

/** Asks for the person again. */
export const handleConfirm = definePage({
  async show(room, request, response, url) {
    const returnPath = parseReturnPath(url.searchParams.get('return_to'), room.issuer);
    const session = await room.sessionOf(request);
    if (!session) return askToSignIn(response, returnPath);
    const stepUp = await room.stepUpFor(session);
    if (!stepUp) return sendRedirect(response, returnPath);
    sendPage(response, confirmPage(session, stepUp, returnPath));
  },
  async submit(room, request, response, form) {
    const returnPath = parseReturnPath(form.get('return_to'), room.issuer);
    const session = await room.sessionOf(request);
    if (!session) return askToSignIn(response, returnPath);
    const stepUp = await room.stepUpFor(session);
    if (!stepUp) return sendRedirect(response, returnPath);
    const problem =
      stepUp.method === 'passkey'
        ? messages.confirmPasskey
        : await room.confirm(request, response, form.get(CONFIRM_FIELD) ?? '');
    if (problem === null) return sendRedirect(response, returnPath);
    sendPage(response, confirmPage(session, stepUp, returnPath, { [CONFIRM_FIELD]: problem }));
  },
});
