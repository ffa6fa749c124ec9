// /sign-out: asks first, because a link that another site shows must not be able to sign anyone out.

import { languageAtHand } from '../../language.ts';
import { html } from '../../pages/html.ts';
import { sendPage, sendRedirect } from '../../pages/page.ts';
import { cookiesOf } from '../web-request.ts';
import { messages } from './messages.ts';
import { definePage } from './page-room.ts';

/** Ends the session of this browser. */
export const handleSignOut = definePage({
  async show(room, request, response) {
    const session = await room.sessionOf(request);
    if (!session) return sendRedirect(response, '/sign-in');
    sendPage(response, {
      title: messages.signOut,
      language: languageAtHand(),
      body: html`<h1>${messages.signOutTitle}</h1>
<p>${messages.signOutText(session.email)}</p>
<form method="post" action="/sign-out" class="decision">
<button>${messages.signOut}</button>
<a class="button is-second" href="/">${messages.stay}</a>
</form>`,
    });
  },
  async submit(room, request, response) {
    const answer = await room.call(request, '/sign-out', {});
    sendRedirect(response, '/sign-in', cookiesOf(answer));
  },
});
