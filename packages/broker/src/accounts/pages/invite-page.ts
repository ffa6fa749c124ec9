// /invite?token=...: whom the operator invited makes their account, once.

import type { IncomingMessage } from 'node:http';
import { languageAtHand } from '../../language.ts';
import { errorSummary, type FormErrors, field } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { type Page, sendPage, sendRedirect } from '../../pages/page.ts';
import { passkeyProblem } from '../../pages/passkey-problem.ts';
import { findProblems } from '../first-owner.ts';
import { hasPasskeys, PASSWORD_LENGTH } from '../sign-in-library.ts';
import { cookiesOf } from '../web-request.ts';
import { messages } from './messages.ts';
import { definePage, isPasswordWrong, type PageRoom } from './page-room.ts';

interface Entered {
  readonly token: string;
  readonly email: string;
  /** Whether the address stands in the invitation. */
  readonly isBound: boolean;
  /** Whether a passkey can be made here; one that is made where somebody is signed in would be theirs. */
  readonly hasPasskey: boolean;
}

const invitePage = ({ token, email, isBound, hasPasskey }: Entered, errors: FormErrors = {}): Page => ({
  title: messages.invited,
  language: languageAtHand(),
  status: Object.keys(errors).length > 0 ? 422 : 200,
  ...(hasPasskey && { script: 'passkeys.js' as const }),
  body: html`<h1>${messages.invitedTitle}</h1>
<p class="lead">${messages.invitedLead}</p>
${errorSummary(errors)}
<form method="post" action="/invite">
<input type="hidden" name="token" value="${token}">
${
  isBound
    ? html`<input type="hidden" name="email" value="${email}" autocomplete="username"><p>${messages.invitedAs(email)}</p>`
    : field(
        {
          name: 'email',
          label: messages.email,
          type: 'email',
          autocomplete: 'username',
          value: email,
          hint: messages.emailHint,
          isFocused: !isPasswordWrong(errors),
        },
        errors,
      )
}
${field({ name: 'password', label: messages.password, type: 'password', autocomplete: 'new-password', minLength: PASSWORD_LENGTH.min, hint: messages.passwordHint(PASSWORD_LENGTH.min), isFocused: isBound || isPasswordWrong(errors) }, errors)}
<button class="is-wide">${messages.makeAccount}</button>
${
  hasPasskey &&
  html`<div data-needs-passkeys hidden>
<p class="divider">${messages.or}</p>
<button type="button" class="is-second is-wide" data-passkey="join">${messages.invitedPasskey}</button>
${passkeyProblem()}
</div>`
}
</form>`,
});

const usedPage = (): Page => ({
  title: messages.usedUp,
  language: languageAtHand(),
  status: 410,
  body: html`<h1>${messages.usedUpTitle}</h1>
<p>${messages.invitedUsed}</p>
<p><a class="button is-wide" href="/sign-in">${messages.signIn}</a></p>`,
});

/** The invitation of a token as its page begins; null if it is no good. */
const begin = async (room: PageRoom, request: IncomingMessage, token: string): Promise<Entered | null> => {
  const invitation = await room.invitations.invitationOf(token);
  if (!invitation) return null;
  const hasPasskey = hasPasskeys(room.issuer) && (await room.sessionOf(request)) === null;
  return { token, email: invitation.email ?? '', isBound: invitation.email !== null, hasPasskey };
};

/** Makes an invited owner and signs them in. */
export const handleInvite = definePage({
  async show(room, request, response, url) {
    const begun = await begin(room, request, url.searchParams.get('token') ?? '');
    sendPage(response, begun ? invitePage(begun) : usedPage());
  },
  async submit(room, request, response, form) {
    const begun = await begin(room, request, form.get('token') ?? '');
    if (!begun) return sendPage(response, usedPage());
    const email = begun.isBound ? begun.email : (form.get('email') ?? '').trim();
    const password = form.get('password') ?? '';
    const entered = { ...begun, email };
    const problems = findProblems({ email, password });
    if (problems) return sendPage(response, invitePage(entered, problems));
    const made = await room.invitations.accept(begun.token, {
      email,
      name: email.split('@', 1)[0]!,
      passwordHash: await room.hashPassword(password, begun.token),
    });
    if (!made.ok)
      return sendPage(
        response,
        made.error === 'used_up' ? usedPage() : invitePage(entered, { email: messages.taken }),
      );
    const answer = await room.call(request, '/sign-in/email', { email, password });
    sendRedirect(response, answer.ok ? '/' : '/sign-in', cookiesOf(answer));
  },
});
