// /setup?token=...: makes the first owner, once, for whoever can read the broker's output.

import { languageAtHand } from '../../language.ts';
import { errorSummary, type FormErrors, field } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { type Page, sendPage, sendRedirect } from '../../pages/page.ts';
import { PASSWORD_LENGTH } from '../sign-in-library.ts';
import { cookiesOf } from '../web-request.ts';
import { messages } from './messages.ts';
import { definePage, isPasswordWrong } from './page-room.ts';

const setupPage = (token: string, email = '', errors: FormErrors = {}): Page => ({
  title: messages.setUp,
  language: languageAtHand(),
  status: Object.keys(errors).length > 0 ? 422 : 200,
  body: html`<h1>${messages.setUpTitle}</h1>
<p class="lead">${messages.setUpLead}</p>
${errorSummary(errors)}
<form method="post" action="/setup">
<input type="hidden" name="token" value="${token}">
${field({ name: 'email', label: messages.email, type: 'email', autocomplete: 'username', value: email, hint: messages.emailHint, isFocused: !isPasswordWrong(errors) }, errors)}
${field({ name: 'password', label: messages.password, type: 'password', autocomplete: 'new-password', minLength: PASSWORD_LENGTH.min, hint: messages.passwordHint(PASSWORD_LENGTH.min), isFocused: isPasswordWrong(errors) }, errors)}
<button class="is-wide">${messages.makeAccount}</button>
</form>`,
});

const usedPage = (): Page => ({
  title: messages.usedUp,
  language: languageAtHand(),
  status: 410,
  body: html`<h1>${messages.usedUpTitle}</h1>
<p>${messages.setUpUsed}</p>
<p><a class="button is-wide" href="/sign-in">${messages.signIn}</a></p>`,
});

/** Makes the first owner and signs them in. */
export const handleSetup = definePage({
  async show(room, _request, response, url) {
    const token = url.searchParams.get('token') ?? '';
    const isGood = await room.firstOwner.isSetupToken(token);
    sendPage(response, isGood ? setupPage(token) : usedPage());
  },
  async submit(room, request, response, form) {
    const token = form.get('token') ?? '';
    const owner = { email: (form.get('email') ?? '').trim(), password: form.get('password') ?? '' };
    if (!(await room.firstOwner.isSetupToken(token))) return sendPage(response, usedPage());
    const made = await room.firstOwner.claimSetup(token, owner);
    if (!made.ok)
      return sendPage(response, made.error[''] ? usedPage() : setupPage(token, owner.email, made.error));
    const answer = await room.call(request, '/sign-in/email', owner);
    sendRedirect(response, answer.ok ? '/' : '/sign-in', cookiesOf(answer));
  },
});
