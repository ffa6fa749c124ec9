// /device: an owner types the code that another device shows. An app's leads to the consent page; the command line's is decided here. It
// must be compared with the one on that device, because a stranger can send a person a link to their own code.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { cleanClientName } from '../../grants/client-names.ts';
import { languageAtHand } from '../../language.ts';
import { errorSummary, type FormErrors, field, notice } from '../../pages/form.ts';
import { type Html, html } from '../../pages/html.ts';
import { type Page, sendPage, sendRedirect } from '../../pages/page.ts';
import type { SignedIn } from '../contract.ts';
import { askToConfirm } from './confirm-page.ts';
import { messages } from './messages.ts';
import { definePage, describeWait, type PageRoom, type WaitingPrograms } from './page-room.ts';

/** What programs ask that nobody registered. Their names are their own words, so the way on leads over the page that says so. */
const waitingPrograms = (
  { address, requests }: WaitingPrograms,
  issuer: string,
) => html`<h2>${messages.programs}</h2>
${
  requests.length === 0
    ? html`<p>${messages.noPrograms}</p>`
    : html`<ul class="lines is-not">${requests.map(
        ({ name, userCode }) =>
          html`<li><a href="/device?user_code=${userCode}"><bdi>${cleanClientName({ id: messages.program, name })}</bdi></a> <span class="code">${userCode}</span></li>`,
      )}</ul>`
}
${
  requests.some(({ isAddressed }) => !isAddressed) &&
  notice('warning', html`<strong>${messages.withoutAddress}</strong>${messages.withoutAddressText}`)
}
<details><summary>${messages.address}</summary>
<p>${messages.addressText}</p>
<p><span class="code">${issuer.replace('://', `://${address}@`)}</span></p></details>`;

interface AskingForCode {
  readonly errors?: FormErrors;
  readonly programs?: Html | null;
}

const askForCode = (email: string, { errors = {}, programs = null }: AskingForCode = {}): Page => ({
  title: messages.device,
  language: languageAtHand(),
  signedInAs: email,
  status: errors[''] ? 400 : 200,
  body: html`<h1>${messages.device}</h1>
<p class="lead">${messages.deviceLead[0]}<span class="code">valetkey login</span>${messages.deviceLead[1]}</p>
${errorSummary(errors)}
<form method="get" action="/device">
${field({ name: 'user_code', label: messages.code, autocomplete: 'off', isFocused: true })}
<button class="is-wide">${messages.goOn}</button>
</form>
${programs}`,
});

/** What the terminal may do, for how long, and where that is ended. */
const howLong = () =>
  html`<p>${messages.terminalUntil[0]}<a href="/settings/passkeys">${messages.ways}</a>${messages.terminalUntil[1]}</p>`;

const decide = (email: string, userCode: string): Page => ({
  title: messages.terminal,
  language: languageAtHand(),
  signedInAs: email,
  body: html`<h1>${messages.terminalTitle}</h1>
<p>${messages.terminalCode}</p>
<p class="user-code">${userCode}</p>
${notice('warning', html`<strong>${messages.terminalQuestion}</strong>${messages.terminalWarning}`)}
${howLong()}
<form method="post" action="/device" class="decision">
<input type="hidden" name="user_code" value="${userCode}">
<button name="decision" value="approve">${messages.allow}</button>
<button name="decision" value="deny" class="is-second">${messages.cancel}</button>
</form>`,
});

const done = (email: string, isApproved: boolean): Page => ({
  title: isApproved ? messages.terminalDone : messages.cancelled,
  language: languageAtHand(),
  signedInAs: email,
  body: isApproved
    ? html`<h1>${messages.terminalDone}</h1>${notice('success', messages.terminalBack)}
${howLong()}`
    : html`<h1>${messages.cancelled}</h1><p>${messages.nothingAllowed}</p>`,
});

/** After the decision about an app: it finds the answer by itself. */
const decided = (email: string, isAllowed: boolean): Page => ({
  title: isAllowed ? messages.deviceDone : messages.cancelled,
  language: languageAtHand(),
  signedInAs: email,
  body: isAllowed
    ? html`<h1>${messages.deviceDone}</h1>${notice('success', messages.deviceBack)}
<p>${messages.deviceStop[0]}<a href="/apps">${messages.connectedApps}</a>${messages.deviceStop[1]}</p>`
    : html`<h1>${messages.cancelled}</h1><p>${messages.nothingAllowed}</p>`,
});

const explain = (answer: Response): FormErrors => ({
  '': answer.status === 429 ? describeWait(answer) : messages.unknownCode,
});

const askToSignIn = (response: ServerResponse, url: URL): void =>
  sendRedirect(response, `/sign-in?return_to=${encodeURIComponent(url.pathname + url.search)}`);

// Looking a code up claims it for this owner, so that no other owner can decide on it.
const showCode = async (
  room: PageRoom,
  session: SignedIn,
  request: IncomingMessage,
  userCode: string,
): Promise<Page> => {
  const answer = await room.call(request, `/device?user_code=${encodeURIComponent(userCode)}`);
  if (!answer.ok) return askForCode(session.email, { errors: explain(answer) });
  const { status, client_id: clientId } = (await answer.json()) as { status: string; client_id?: string };
  const isOurs = status === 'pending' && clientId !== undefined;
  return isOurs
    ? decide(session.email, userCode)
    : askForCode(session.email, { errors: { '': messages.unknownCode } });
};

/** Approves or denies a device sign-in. */
export const handleDevice = definePage({
  async show(room, request, response, url) {
    const session = await room.sessionOf(request);
    if (!session) return askToSignIn(response, url);
    const { email, ownerId } = session;
    const outcome = url.searchParams.get('decided');
    if (outcome !== null) return sendPage(response, decided(email, outcome === 'allowed'));
    const userCode = url.searchParams.get('user_code')?.trim().toUpperCase();
    if (!userCode) {
      const waiting = await room.programsFor(ownerId);
      const programs = waiting && waitingPrograms(waiting, room.issuer);
      return sendPage(response, askForCode(email, { programs }));
    }
    const consent = await room.pathOfDeviceCode(ownerId, userCode);
    if (consent === 'too_many')
      return sendPage(response, {
        ...askForCode(email, { errors: { '': messages.tooManyCodes } }),
        status: 429,
      });
    if (consent !== null) return sendRedirect(response, consent);
    sendPage(response, await showCode(room, session, request, userCode));
  },
  async submit(room, request, response, form, url) {
    const session = await room.sessionOf(request);
    if (!session) return askToSignIn(response, url);
    const isApproved = form.get('decision') === 'approve';
    const userCode = form.get('user_code') ?? '';
    // A terminal that is let in can do what the owner can, without being asked again for a while.
    const here = `/device?${new URLSearchParams({ user_code: userCode })}`;
    if (isApproved && (await askToConfirm(room, session, response, here))) return;
    const answer = await room.call(request, isApproved ? '/device/approve' : '/device/deny', { userCode });
    sendPage(
      response,
      answer.ok ? done(session.email, isApproved) : askForCode(session.email, { errors: explain(answer) }),
    );
  },
});
