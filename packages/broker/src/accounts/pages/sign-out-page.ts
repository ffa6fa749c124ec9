// /sign-out: asks first, because a link that another site shows must not be able to sign anyone out.

import { html } from '../../pages/html.ts';
import { sendPage, sendRedirect } from '../../pages/page.ts';
import { cookiesOf } from '../web-request.ts';
import { definePage } from './page-room.ts';

/** Ends the session of this browser. */
export const handleSignOut = definePage({
  async show(room, request, response) {
    const session = await room.sessionOf(request);
    if (!session) return sendRedirect(response, '/sign-in');
    sendPage(response, {
      title: 'Sign out',
      body: html`<h1>Sign out?</h1>
<p>You are signed in as ${session.email}. Connected apps go on working; only this browser is signed out.</p>
<form method="post" action="/sign-out" class="decision">
<button>Sign out</button>
<a class="button is-second" href="/">Stay signed in</a>
</form>`,
    });
  },
  async submit(room, request, response) {
    const answer = await room.call(request, '/sign-out', {});
    sendRedirect(response, '/sign-in', cookiesOf(answer));
  },
});
