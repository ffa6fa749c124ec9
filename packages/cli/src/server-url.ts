// Which server a command talks to. A password and a session token go there, so the address MUST be https unless it is this machine.

import { fail, type Result, succeed } from '@valetkey/core';
import { t } from './messages/messages.ts';

/** Where a broker listens if nobody says otherwise. */
export const DEFAULT_SERVER = 'http://127.0.0.1:8787';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The origin of a server as a person may type it, such as `https://keys.example.com` or `keys.example.com`; fails with a sentence about
 * `source`, the flag or variable that it stands in.
 */
export function parseServerUrl(text: string, source: string): Result<string, string> {
  const url = URL.parse(/^[\w+.-]+:\/\//.test(text) ? text : withScheme(text));
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return fail(t.serverUrl.notOne(source));
  }
  if (url.username || url.password || url.search || url.hash || url.pathname !== '/') {
    return fail(t.serverUrl.notAlone(source, url.origin));
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    return fail(t.serverUrl.notHttps(source));
  }
  return succeed(url.origin);
}

/** A name alone is taken to speak https, unless it is this machine. */
function withScheme(text: string): string {
  const { hostname = '' } = URL.parse(`https://${text}`) ?? {};
  return `${LOOPBACK.test(hostname) ? 'http' : 'https'}://${text}`;
}
