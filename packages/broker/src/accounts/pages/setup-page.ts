// /setup?token=...: makes the first owner, once, for whoever can read the broker's output.

import { errorSummary, type FormErrors, field } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { type Page, sendPage, sendRedirect } from '../../pages/page.ts';
import { PASSWORD_LENGTH } from '../sign-in-library.ts';
import { cookiesOf } from '../web-request.ts';
import { definePage } from './page-room.ts';

const setupPage = (token: string, email = '', errors: FormErrors = {}): Page => ({
  title: 'Set up',
  status: Object.keys(errors).length > 0 ? 422 : 200,
  body: html`<h1>Welcome. Make your account.</h1>
<p class="lead">You will be the owner of this broker: you add your AI accounts and decide which apps may use them. Nothing is sent to anyone.</p>
${errorSummary(errors)}
<form method="post" action="/setup">
<input type="hidden" name="token" value="${token}">
${field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username', value: email, hint: 'It is your name for signing in; no mail is sent.', isFocused: true }, errors)}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password', minLength: PASSWORD_LENGTH.min, hint: `At least ${PASSWORD_LENGTH.min} characters; a few words are best.` }, errors)}
<button class="is-wide">Make my account</button>
</form>`,
});

const usedPage: Page = {
  title: 'Link used up',
  status: 410,
  body: html`<h1>This link is used up</h1>
<p>A set-up link works once, and only the newest one. If nobody has set up this broker yet, restart it to print a new link.</p>
<p><a class="button is-wide" href="/sign-in">Sign in</a></p>`,
};

/** Makes the first owner and signs them in. */
export const handleSetup = definePage({
  async show(room, _request, response, url) {
    const token = url.searchParams.get('token') ?? '';
    const isGood = await room.firstOwner.isSetupToken(token);
    sendPage(response, isGood ? setupPage(token) : usedPage);
  },
  async submit(room, request, response, form) {
    const token = form.get('token') ?? '';
    const owner = { email: (form.get('email') ?? '').trim(), password: form.get('password') ?? '' };
    if (!(await room.firstOwner.isSetupToken(token))) return sendPage(response, usedPage);
    const made = await room.firstOwner.claimSetup(token, owner);
    if (!made.ok)
      return sendPage(response, made.error[''] ? usedPage : setupPage(token, owner.email, made.error));
    const answer = await room.call(request, '/sign-in/email', owner);
    sendRedirect(response, answer.ok ? '/' : '/sign-in', cookiesOf(answer));
  },
});
