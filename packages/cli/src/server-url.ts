// Which server a command talks to. A password and a session token go there, so the address MUST be https unless it is this machine.

import { fail, type Result, succeed } from '@valetkey/core';

/** Where a broker listens if nobody says otherwise. */
export const DEFAULT_SERVER = 'http://127.0.0.1:8787';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The origin of a server as a person may type it, such as `https://keys.example.com` or `keys.example.com`; fails with a sentence. */
export function parseServerUrl(text: string): Result<string, string> {
  const url = URL.parse(/^[\w+.-]+:\/\//.test(text) ? text : withScheme(text));
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return fail('must be the address of a Valetkey server, such as https://keys.example.com');
  }
  if (url.username || url.password || url.search || url.hash || url.pathname !== '/') {
    return fail(`must be a server's address alone, such as ${url.origin}`);
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    return fail('must begin with https:// unless it is this machine: your login is sent there');
  }
  return succeed(url.origin);
}

/** A name alone is taken to speak https, unless it is this machine. */
function withScheme(text: string): string {
  const { hostname = '' } = URL.parse(`https://${text}`) ?? {};
  return `${LOOPBACK.test(hostname) ? 'http' : 'https'}://${text}`;
}
