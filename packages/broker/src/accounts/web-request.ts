// Between Node's requests and the standard ones that the sign-in library speaks. The caller's address is decided before: whatever the caller
// says about it is dropped.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../pages/read-form.ts';
import type { PeerOf } from '../peer-address.ts';

/** The header in which the library finds the caller's address; a caller's own header of this name never gets through. */
export const PEER_HEADER = 'x-valetkey-peer';

const MAX_BODY_BYTES = 64 * 1024;
const FORWARDED = ['cookie', 'authorization', 'user-agent', 'origin', 'referer', 'content-type', 'accept'];
const FETCH_METADATA = ['sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest'];

/** Where the house stands, and how it knows where a request comes from. */
export interface Surroundings {
  readonly issuer: string;
  readonly peerOf: PeerOf;
}

const forwardedHeaders = (request: IncomingMessage): Headers => {
  const headers = new Headers();
  // Browsers that send any of these send the site; Node's fetch sends the mode alone and is not a browser.
  const metadata = request.headers['sec-fetch-site'] === undefined ? [] : FETCH_METADATA;
  for (const name of [...FORWARDED, ...metadata]) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  return headers;
};

/** The address asked for, below `issuer` whatever the Host header or an absolute target says (RFC 9112, section 3.2.2). */
export const addressOf = (request: IncomingMessage, issuer: string): URL => {
  const target = request.url ?? '/';
  return new URL(target.startsWith('/') ? issuer + target : '/', issuer);
};

/** The headers by which a session is found. An `Authorization` header rules out the cookie, so that each request has one credential. */
export const credentialHeaders = (request: IncomingMessage): Headers => {
  const headers = forwardedHeaders(request);
  if (headers.has('authorization')) headers.delete('cookie');
  return headers;
};

/** The request as it came, its address below `issuer` whatever its Host header says; null if its body is too large. */
export const toWebRequest = async (
  request: IncomingMessage,
  { issuer, peerOf }: Surroundings,
): Promise<Request | null> => {
  const url = addressOf(request, issuer);
  const headers = credentialHeaders(request);
  headers.set(PEER_HEADER, peerOf(request));
  if (request.method === 'GET' || request.method === 'HEAD')
    return new Request(url, { method: 'GET', headers });
  const body = await readBody(request, MAX_BODY_BYTES);
  return body === null
    ? null
    : new Request(url, { method: request.method ?? 'POST', headers, body: new Uint8Array(body) });
};

/** A call that one of our pages makes for the person in front of it, with their cookies and address. The form's origin was checked before. */
export const actingFor = (
  request: IncomingMessage,
  { issuer, peerOf }: Surroundings,
  path: string,
  body?: object,
): Request => {
  const headers = forwardedHeaders(request);
  headers.set(PEER_HEADER, peerOf(request));
  headers.delete('authorization');
  headers.set('origin', new URL(issuer).origin);
  const url = new URL(`/api/auth${path}`, issuer);
  if (body === undefined) return new Request(url, { headers });
  headers.set('content-type', 'application/json');
  return new Request(url, { method: 'POST', headers, body: JSON.stringify(body) });
};

/** The cookies that an answer sets, ready for `writeHead`. */
export const cookiesOf = (answer: Response): Record<string, string[]> => {
  const cookies = answer.headers.getSetCookie();
  return cookies.length > 0 ? { 'set-cookie': cookies } : {};
};

/** Sends the library's answer on, never cached. */
export const sendWebResponse = async (answer: Response, response: ServerResponse): Promise<void> => {
  const headers: Record<string, string | string[]> = {
    'x-content-type-options': 'nosniff',
    ...cookiesOf(answer),
  };
  answer.headers.forEach((value, name) => {
    if (name !== 'set-cookie') headers[name] = value;
  });
  headers['cache-control'] = 'no-store';
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, headers);
  response.end(body);
};
