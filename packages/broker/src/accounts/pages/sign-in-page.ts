// /sign-in: password or passkey, then on to where the person was going.

import { languageAtHand } from '../../language.ts';
import { errorSummary, type FormErrors, field, notice } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { type Page, sendPage, sendRedirect } from '../../pages/page.ts';
import { passkeyProblem } from '../../pages/passkey-problem.ts';
import { parseReturnPath } from '../return-path.ts';
import { hasPasskeys } from '../sign-in-library.ts';
import { cookiesOf } from '../web-request.ts';
import { messages } from './messages.ts';
import { definePage, describeWait, type PageRoom } from './page-room.ts';

interface SignInState {
  readonly returnPath: string;
  readonly email?: string;
  readonly errors?: FormErrors;
  readonly status?: number;
}

const passkeyButton = (returnPath: string) => html`<div data-needs-passkeys hidden>
<p class="divider">${messages.or}</p>
<button type="button" class="is-second is-wide" data-passkey="sign-in" data-return-to="${returnPath}">${messages.usePasskey}</button>
${passkeyProblem()}
</div>`;

const signInPage = (
  room: PageRoom,
  { returnPath, email = '', errors = {}, status = 200 }: SignInState,
): Page => ({
  title: messages.signIn,
  language: languageAtHand(),
  status,
  ...(hasPasskeys(room.issuer) && { script: 'passkeys.js' as const }),
  body: html`<h1>${messages.signIn}</h1>
<p class="lead">${messages.signInLead}</p>
${errorSummary(errors)}
<form method="post" action="/sign-in">
<input type="hidden" name="return_to" value="${returnPath}">
${field({ name: 'email', label: messages.email, type: 'email', autocomplete: 'username webauthn', value: email, isFocused: email === '' }, errors)}
${field({ name: 'password', label: messages.password, type: 'password', autocomplete: 'current-password', isFocused: email !== '' }, errors)}
<button class="is-wide">${messages.signIn}</button>
</form>
${hasPasskeys(room.issuer) && passkeyButton(returnPath)}`,
});

const noOwnerPage = (): Page => ({
  title: messages.notSetUp,
  language: languageAtHand(),
  body: html`<h1>${messages.notSetUp}</h1>
${notice('info', messages.notSetUpText)}`,
});

/** Why it did not work, and the status that says so. Other refusals are not told apart: they would tell which addresses exist. */
const explain = (answer: Response, issuer: string): Pick<SignInState, 'errors' | 'status'> => {
  // Somebody else’s guesses can be the reason: they close this way in alone.
  const meanwhile = hasPasskeys(issuer) ? messages.passkeyMeanwhile : '';
  if (answer.status === 429) return { status: 429, errors: { '': describeWait(answer) + meanwhile } };
  if (answer.status >= 500) return { status: 503, errors: { '': messages.signInBroken } };
  return { status: 401, errors: { '': messages.wrong } };
};

/** Signs an owner in. */
export const handleSignIn = definePage({
  async show(room, request, response, url) {
    const returnPath = parseReturnPath(url.searchParams.get('return_to'), room.issuer);
    if (await room.sessionOf(request)) return sendRedirect(response, returnPath);
    if (!(await room.firstOwner.hasOwner())) return sendPage(response, noOwnerPage());
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
