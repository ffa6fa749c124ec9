// /device: an owner types the code that another device shows. An app's leads to the consent page; the command line's is decided here. It
// must be compared with the one on that device, because a stranger can send a person a link to their own code.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { cleanClientName } from '../../grants/client-names.ts';
import { errorSummary, type FormErrors, field, notice } from '../../pages/form.ts';
import { type Html, html } from '../../pages/html.ts';
import { type Page, sendPage, sendRedirect } from '../../pages/page.ts';
import type { SignedIn } from '../contract.ts';
import { askToConfirm } from './confirm-page.ts';
import { definePage, describeWait, type PageRoom, type WaitingPrograms } from './page-room.ts';

/** What programs ask that nobody registered. Their names are their own words, so the way on leads over the page that says so. */
const waitingPrograms = (
  { address, requests }: WaitingPrograms,
  issuer: string,
) => html`<h2>Programs that wait</h2>
${
  requests.length === 0
    ? html`<p>None waits now. Start the program, then load this page again: what it asks stands here for ten minutes.</p>`
    : html`<ul class="lines is-not">${requests.map(
        ({ name, userCode }) =>
          html`<li><a href="/device?user_code=${userCode}"><bdi>${cleanClientName({ id: 'A program', name })}</bdi></a> <span class="code">${userCode}</span></li>`,
      )}</ul>`
}
${
  requests.some(({ isAddressed }) => !isAddressed) &&
  notice(
    'warning',
    html`<strong>Some of these came without your address.</strong> Anybody who reaches this broker can have made them, under any name. If two have the same name, cancel both, give the program your address, and start it again.`,
  )
}
<details><summary>Your address for programs</summary>
<p>Give it to a program that speaks OKAP as the address of its vault. What it asks then reaches you, and nobody else.</p>
<p><span class="code">${issuer.replace('://', `://${address}@`)}</span></p></details>`;

interface AskingForCode {
  readonly errors?: FormErrors;
  readonly programs?: Html | null;
}

const askForCode = (email: string, { errors = {}, programs = null }: AskingForCode = {}): Page => ({
  title: 'Connect a device',
  signedInAs: email,
  status: errors[''] ? 400 : 200,
  body: html`<h1>Connect a device</h1>
<p class="lead">Enter the code that the app, or <span class="code">valetkey login</span>, shows.</p>
${errorSummary(errors)}
<form method="get" action="/device">
${field({ name: 'user_code', label: 'Code', autocomplete: 'off', isFocused: true })}
<button class="is-wide">Continue</button>
</form>
${programs}`,
});

const decide = (email: string, userCode: string): Page => ({
  title: 'Connect a terminal',
  signedInAs: email,
  body: html`<h1>Let this terminal sign in as you?</h1>
<p>It shows this code:</p>
<p class="user-code">${userCode}</p>
${notice('warning', html`<strong>Did you just start this yourself, on your own machine?</strong> If someone sent you this link or code, cancel: allowing it gives them your account.`)}
<p>It will be able to do what you can do here, for 14 days or until you sign it out under <a href="/settings/passkeys">Ways to sign in</a>.</p>
<form method="post" action="/device" class="decision">
<input type="hidden" name="user_code" value="${userCode}">
<button name="decision" value="approve">Allow</button>
<button name="decision" value="deny" class="is-second">Cancel</button>
</form>`,
});

const done = (email: string, isApproved: boolean): Page => ({
  title: isApproved ? 'Terminal connected' : 'Cancelled',
  signedInAs: email,
  body: isApproved
    ? html`<h1>Terminal connected</h1>${notice('success', 'You can close this page and go back to your terminal.')}`
    : html`<h1>Cancelled</h1><p>Nothing was allowed.</p>`,
});

/** After the decision about an app: it finds the answer by itself. */
const decided = (email: string, isAllowed: boolean): Page => ({
  title: isAllowed ? 'Device connected' : 'Cancelled',
  signedInAs: email,
  body: isAllowed
    ? html`<h1>Device connected</h1>${notice('success', 'You can close this page and go back to your device.')}
<p>You can stop this at any time in <a href="/apps">Connected apps</a>.</p>`
    : html`<h1>Cancelled</h1><p>Nothing was allowed.</p>`,
});

const UNKNOWN = 'That code is unknown, used up or too old. Start again on your device for a new one.';
const TOO_MANY = 'Too many codes were tried. Try again in an hour.';

const explain = (answer: Response): FormErrors => ({
  '': answer.status === 429 ? describeWait(answer) : UNKNOWN,
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
  return isOurs ? decide(session.email, userCode) : askForCode(session.email, { errors: { '': UNKNOWN } });
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
      return sendPage(response, { ...askForCode(email, { errors: { '': TOO_MANY } }), status: 429 });
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
