// /invite?token=...: whom the operator invited makes their account, once.

import { errorSummary, type FormErrors, field } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { type Page, sendPage, sendRedirect } from '../../pages/page.ts';
import { findProblems } from '../first-owner.ts';
import { PASSWORD_LENGTH } from '../sign-in-library.ts';
import { cookiesOf } from '../web-request.ts';
import { definePage } from './page-room.ts';

interface Entered {
  readonly token: string;
  readonly email: string;
  /** Whether the address stands in the invitation. */
  readonly isBound: boolean;
}

const invitePage = ({ token, email, isBound }: Entered, errors: FormErrors = {}): Page => ({
  title: 'Make your account',
  status: Object.keys(errors).length > 0 ? 422 : 200,
  body: html`<h1>You are invited. Make your account.</h1>
<p class="lead">You will add your own AI accounts and decide which apps may use them. Whoever runs this broker sees how much you spend, never your calls, apps or keys.</p>
${errorSummary(errors)}
<form method="post" action="/invite">
<input type="hidden" name="token" value="${token}">
${
  isBound
    ? html`<input type="hidden" name="email" value="${email}" autocomplete="username"><p>You will sign in as <strong>${email}</strong>.</p>`
    : field(
        {
          name: 'email',
          label: 'E-mail',
          type: 'email',
          autocomplete: 'username',
          value: email,
          hint: 'It is your name for signing in; no mail is sent.',
          isFocused: true,
        },
        errors,
      )
}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password', minLength: PASSWORD_LENGTH.min, hint: `At least ${PASSWORD_LENGTH.min} characters; a few words are best.`, isFocused: isBound }, errors)}
<button class="is-wide">Make my account</button>
</form>`,
});

const usedPage: Page = {
  title: 'Link used up',
  status: 410,
  body: html`<h1>This link is used up</h1>
<p>An invitation works once and for 7 days, and can be taken back. If you have no account yet, ask whoever invited you for a new one.</p>
<p><a class="button is-wide" href="/sign-in">Sign in</a></p>`,
};

const TAKEN = 'Somebody with this address has an account here. Sign in, or use another address.';

/** Makes an invited owner and signs them in. */
export const handleInvite = definePage({
  async show({ invitations }, _request, response, url) {
    const token = url.searchParams.get('token') ?? '';
    const invitation = await invitations.invitationOf(token);
    if (!invitation) return sendPage(response, usedPage);
    sendPage(
      response,
      invitePage({ token, email: invitation.email ?? '', isBound: invitation.email !== null }),
    );
  },
  async submit(room, request, response, form) {
    const token = form.get('token') ?? '';
    const invitation = await room.invitations.invitationOf(token);
    if (!invitation) return sendPage(response, usedPage);
    const email = invitation.email ?? (form.get('email') ?? '').trim();
    const password = form.get('password') ?? '';
    const entered = { token, email, isBound: invitation.email !== null };
    const problems = findProblems({ email, password });
    if (problems) return sendPage(response, invitePage(entered, problems));
    const made = await room.invitations.accept(token, {
      email,
      name: email.split('@', 1)[0]!,
      passwordHash: await room.hashPassword(password),
    });
    if (!made.ok)
      return sendPage(response, made.error === 'used_up' ? usedPage : invitePage(entered, { email: TAKEN }));
    const answer = await room.call(request, '/sign-in/email', { email, password });
    sendRedirect(response, answer.ok ? '/' : '/sign-in', cookiesOf(answer));
  },
});
