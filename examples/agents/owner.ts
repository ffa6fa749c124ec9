// The person whose AI account it is, and their browser: signs in, registers apps, reads the consent page and presses Allow. Everything that an
// owner does with a mouse is a request here, so that the example ends by itself.

import type { OwnerLogin } from './broker.ts';

/** A signed-in owner. */
export interface Owner {
  /** Calls the management API. Throws where it refuses. */
  api<Answer>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer>;
  /** Reads a text of the management API, such as an export. */
  download(path: string): Promise<string>;
  /** Opens an app's request in the browser and allows it as asked; where the browser is sent then. */
  allow(url: string): Promise<URL>;
}

/** Signs in. */
export async function signIn(origin: string, login: OwnerLogin): Promise<Owner> {
  const response = await fetch(`${origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(login),
  });
  const session = response.headers.get('set-auth-token');
  if (!session) throw new Error(`The owner could not sign in: ${response.status}`);
  const cookies = new Map<string, string>();
  keepCookies(cookies, response);
  const request = async (method: string, path: string, body?: object): Promise<string> => {
    const answer = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${session}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  };
  return {
    api: async (method, path, body) => JSON.parse(await request(method, path, body)),
    download: (path) => request('GET', path),
    allow: (url) => allow(origin, cookies, url),
  };
}

async function allow(origin: string, cookies: Map<string, string>, start: string): Promise<URL> {
  const page = await follow(origin, cookies, new URL(start), { method: 'GET' });
  const fields = formFields(page.text);
  for (const name of ['p0-delegate', 'decision']) fields.set(name, name === 'decision' ? 'allow' : 'on');
  const body = fields.toString();
  const headers = { origin, 'content-type': 'application/x-www-form-urlencoded' };
  const landing = await follow(origin, cookies, page.url, { method: 'POST', body, headers });
  if (landing.url.origin === origin) throw new Error(`The request was not allowed:\n${landing.text}`);
  return landing.url;
}

/** Loads a page and follows redirects until one leads out of the broker. */
async function follow(
  origin: string,
  cookies: Map<string, string>,
  url: URL,
  init: { readonly method: string; readonly body?: string; readonly headers?: object },
): Promise<{ readonly url: URL; readonly text: string }> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { accept: 'text/html', ...init.headers, cookie };
  const response = await fetch(url, { ...init, headers, redirect: 'manual' });
  keepCookies(cookies, response);
  const text = await response.text();
  const location = response.headers.get('location');
  if (location === null) return { url, text };
  const next = new URL(location, url);
  return next.origin === origin ? follow(origin, cookies, next, { method: 'GET' }) : { url: next, text: '' };
}

function keepCookies(cookies: Map<string, string>, response: Response): void {
  for (const header of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
    if (value === '') cookies.delete(name);
    else cookies.set(name, value);
  }
}

/** The form as a browser sends it untouched, without its buttons. */
function formFields(page: string): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [tag] of page.matchAll(/<input\b[^>]*>/g)) {
    const [, name] = /\sname="([^"]*)"/.exec(tag) ?? [];
    const [, value = 'on'] = /\svalue="([^"]*)"/.exec(tag) ?? [];
    const isOff = /type="(checkbox|radio)"/.test(tag) && !/\schecked\b/.test(tag);
    if (name !== undefined && !isOff) fields.append(name, value);
  }
  for (const [, name = '', options = ''] of page.matchAll(
    /<select[^>]*\sname="([^"]*)"[^>]*>(.*?)<\/select>/gs,
  )) {
    const [, value = ''] =
      /value="([^"]*)"[^>]*\sselected/.exec(options) ?? /value="([^"]*)"/.exec(options) ?? [];
    fields.append(name, value);
  }
  return fields;
}
