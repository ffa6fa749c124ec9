// /sign-in: password or passkey, then on to where the person was going.

import { errorSummary, type FormErrors, field, notice } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { type Page, sendPage, sendRedirect } from '../../pages/page.ts';
import { parseReturnPath } from '../return-path.ts';
import { hasPasskeys } from '../sign-in-library.ts';
import { cookiesOf } from '../web-request.ts';
import { definePage, describeWait, type PageRoom } from './page-room.ts';

interface SignInState {
  readonly returnPath: string;
  readonly email?: string;
  readonly errors?: FormErrors;
  readonly status?: number;
}

const passkeyButton = (returnPath: string) => html`<div data-needs-passkeys hidden>
<p class="divider">or</p>
<button type="button" class="is-second is-wide" data-passkey="sign-in" data-return-to="${returnPath}">Use a passkey</button>
<p class="field-error" role="alert" data-passkey-problem></p>
</div>`;

const signInPage = (
  room: PageRoom,
  { returnPath, email = '', errors = {}, status = 200 }: SignInState,
): Page => ({
  title: 'Sign in',
  status,
  ...(hasPasskeys(room.issuer) && { script: 'passkeys.js' as const }),
  body: html`<h1>Sign in</h1>
<p class="lead">Your AI accounts, and what may use them.</p>
${errorSummary(errors)}
<form method="post" action="/sign-in">
<input type="hidden" name="return_to" value="${returnPath}">
${field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username webauthn', value: email, isFocused: email === '' }, errors)}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', isFocused: email !== '' }, errors)}
<button class="is-wide">Sign in</button>
</form>
${hasPasskeys(room.issuer) && passkeyButton(returnPath)}`,
});

const noOwnerPage: Page = {
  title: 'Not set up yet',
  body: html`<h1>Not set up yet</h1>
${notice('info', 'Open the one-time set-up link that Valetkey printed when it started. Every start prints a new one.')}`,
};

/** Why it did not work, and the status that says so. Other refusals are not told apart: they would tell which addresses exist. */
const explain = (answer: Response, issuer: string): Pick<SignInState, 'errors' | 'status'> => {
  // Somebody else’s guesses can be the reason: they close this way in alone.
  const meanwhile = hasPasskeys(issuer) ? ' A passkey works meanwhile.' : '';
  if (answer.status === 429) return { status: 429, errors: { '': describeWait(answer) + meanwhile } };
  if (answer.status >= 500)
    return { status: 503, errors: { '': 'Signing in does not work right now. Try again in a moment.' } };
  return { status: 401, errors: { '': 'The e-mail address or the password is wrong.' } };
};

/** Signs an owner in. */
export const handleSignIn = definePage({
  async show(room, request, response, url) {
    const returnPath = parseReturnPath(url.searchParams.get('return_to'), room.issuer);
    if (await room.sessionOf(request)) return sendRedirect(response, returnPath);
    if (!(await room.firstOwner.hasOwner())) return sendPage(response, noOwnerPage);
    sendPage(response, signInPage(room, { returnPath }));
  },
  async submit(room, request, response, form) {
    const returnPath = parseReturnPath(form.get('return_to'), room.issuer);
    const email = form.get('email') ?? '';
    const answer = await room.call(request, '/sign-in/email', {
      email,
      password: form.get('password') ?? '',
    });
    if (answer.ok) return sendRedirect(response, returnPath, cookiesOf(answer));
    sendPage(response, signInPage(room, { returnPath, email, ...explain(answer, room.issuer) }));
  },
});
