// /settings/passkeys: the ways an owner can come in. Passkeys to add and remove, sessions to see and end.

import type { IncomingMessage } from 'node:http';
import { languageAtHand } from '../../language.ts';
import { notice } from '../../pages/form.ts';
import { type Html, html } from '../../pages/html.ts';
import { sendPage, sendRedirect } from '../../pages/page.ts';
import { passkeyProblem } from '../../pages/passkey-problem.ts';
import { describeAgent } from '../describe-agent.ts';
import { hasPasskeys } from '../sign-in-library.ts';
import { cookiesOf } from '../web-request.ts';
import { askToConfirm } from './confirm-page.ts';
import { messages } from './messages.ts';
import { definePage, type PageRoom } from './page-room.ts';

interface StoredPasskey {
  readonly id: string;
  readonly name?: string | null;
  readonly createdAt?: string | null;
}

interface StoredSession {
  readonly id: string;
  readonly token: string;
  readonly createdAt: string;
  readonly userAgent?: string | null;
  readonly ipAddress?: string | null;
}

const ADDRESS = '/settings/passkeys';

const read = async <Value>(room: PageRoom, request: IncomingMessage, path: string): Promise<Value> =>
  (await (await room.call(request, path)).json()) as Value;

const dayOf = (time: string | null | undefined): string =>
  time ? new Date(time).toISOString().slice(0, 10) : messages.unknownDay;

const actionButton = (action: string, id: string, label: string, subject: string): Html =>
  html`<form method="post" action="${ADDRESS}">
<input type="hidden" name="id" value="${id}">
<button name="action" value="${action}" class="is-second is-small">${label}<span class="visually-hidden"> ${subject}</span></button>
</form>`;

const passkeyRow = (passkey: StoredPasskey): Html => {
  const name = passkey.name || messages.passkeyName;
  return html`<li><div><p>${name}</p><p class="quiet">${messages.added(dayOf(passkey.createdAt))}</p></div>
${actionButton('remove_passkey', passkey.id, messages.remove, name)}</li>`;
};

const sessionRow = (session: StoredSession, isThisOne: boolean): Html => {
  const name = describeAgent(session.userAgent) ?? messages.unknownProgram;
  return html`<li><div><p>${name}${isThisOne && ` ${messages.thisBrowser}`}</p>
<p class="quiet">${messages.since(dayOf(session.createdAt))}${session.ipAddress && messages.from(session.ipAddress)}</p></div>
${!isThisOne && actionButton('end_session', session.id, messages.signOut, name)}</li>`;
};

const passkeySection = (
  issuer: string,
  passkeys: readonly StoredPasskey[],
): Html => html`<h2>${messages.passkeys}</h2>
${passkeys.length > 0 ? html`<ul class="rows">${passkeys.map(passkeyRow)}</ul>` : html`<p class="quiet">${messages.noPasskeys}</p>`}
${
  hasPasskeys(issuer)
    ? html`<div data-needs-passkeys hidden>
<button type="button" data-passkey="add">${messages.addPasskey}</button>
${passkeyProblem()}
</div>
<noscript><p class="quiet">${messages.addNeedsScript}</p></noscript>`
    : notice('info', messages.passkeysElsewhere(new URL(issuer).port))
}`;

/** Shows and changes how the owner can sign in. */
export const handlePasskeys = definePage({
  async show(room, request, response) {
    const session = await room.sessionOf(request);
    if (!session) return sendRedirect(response, `/sign-in?return_to=${encodeURIComponent(ADDRESS)}`);
    const [passkeys, sessions, current] = await Promise.all([
      read<readonly StoredPasskey[]>(room, request, '/passkey/list-user-passkeys'),
      read<readonly StoredSession[]>(room, request, '/list-sessions'),
      read<{ session: StoredSession }>(room, request, '/get-session'),
    ]);
    sendPage(response, {
      title: messages.ways,
      language: languageAtHand(),
      signedInAs: session.email,
      ...(hasPasskeys(room.issuer) && { script: 'passkeys.js' as const }),
      body: html`<h1>${messages.ways}</h1>
${passkeySection(room.issuer, passkeys)}
<h2>${messages.signedInNow}</h2>
<ul class="rows">${sessions.map((each) => sessionRow(each, each.id === current.session.id))}</ul>
${sessions.length > 1 && html`<form method="post" action="${ADDRESS}"><button name="action" value="end_others" class="is-second">${messages.endOthers}</button></form>`}`,
    });
  },
  async submit(room, request, response, form) {
    const session = await room.sessionOf(request);
    if (!session) return sendRedirect(response, '/sign-in');
    const id = form.get('id') ?? '';
    const action = form.get('action');
    // Ending a session never waits for anything.
    if (action === 'remove_passkey' && (await askToConfirm(room, session, response, ADDRESS))) return;
    const perform = async (): Promise<Response | null> => {
      if (action === 'remove_passkey') return room.call(request, '/passkey/delete-passkey', { id });
      if (action === 'end_others') return room.call(request, '/revoke-other-sessions', {});
      if (action !== 'end_session') return null;
      const sessions = await read<readonly StoredSession[]>(room, request, '/list-sessions');
      const token = sessions.find((each) => each.id === id)?.token;
      return token === undefined ? null : room.call(request, '/revoke-session', { token });
    };
    const answer = await perform();
    sendRedirect(response, ADDRESS, answer ? cookiesOf(answer) : {});
  },
});
