// Requests of the holder of a token, with that token and, if it is bound to a key, a proof of it. The token MUST go to the broker's own
// origin alone: no other address, no redirect, no unencrypted connection but to this machine.

import { authorize } from './dpop.ts';
import type { SigningKey } from './jws.ts';
import { ownError, refusalOf, ValetkeyError } from './valetkey-error.ts';

/** A token, or what brings the one that is valid now, such as a refreshed OAuth access token. */
export type TokenSource = string | (() => string | Promise<string>);

/** Who asks, and where. */
export interface HolderOptions {
  /** The broker's origin. */
  readonly origin: string;
  readonly token: TokenSource;
  /** The key that the token is bound to; null for a bearer token. */
  readonly dpopKey: SigningKey | null;
  readonly fetch: typeof fetch;
}

/** Sends as the holder of a token. */
export interface Holder {
  /** Any request to the broker, as `fetch` takes it; credentials in it are replaced. */
  readonly fetch: typeof fetch;
  /** A request to an address of the holder's own grant: the JSON of the answer, null for none. Throws `ValetkeyError`. */
  call<Answer>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: object,
    signal?: AbortSignal,
  ): Promise<Answer>;
}

/** Hosts that are this machine. */
export const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The origin in an address of a broker. Throws a `TypeError` that says what is wrong with it. */
export function brokerOrigin(baseUrl: string): string {
  const url = URL.parse(baseUrl);
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`)
    throw new TypeError('baseUrl must be the address of a Valetkey broker, such as https://keys.example.com');
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    throw new TypeError('baseUrl must begin with https:// unless it is this machine: a token is sent there');
  return url.origin;
}

const TIMEOUT_MS = 60_000;

/** The holder of this token. */
export function createHolder({ origin, token, dpopKey, fetch: fetcher }: HolderOptions): Holder {
  const carry = async (method: string, url: string): Promise<Record<string, string>> =>
    authorize(readToken(typeof token === 'string' ? token : await token()), dpopKey, method, url);
  return {
    async fetch(input, init = {}) {
      const [request, url] = input instanceof Request ? [input, input.url] : [null, String(input)];
      if (URL.parse(url)?.origin !== origin)
        throw new TypeError(`This fetch carries a token of ${origin} and goes nowhere else.`);
      const method = (init.method ?? request?.method ?? 'GET').toUpperCase();
      const headers = new Headers(init.headers ?? request?.headers);
      // Where SDKs put a key of their own: two different credentials are refused.
      for (const name of ['x-api-key', 'x-goog-api-key']) headers.delete(name);
      for (const [name, value] of Object.entries(await carry(method, url))) headers.set(name, value);
      return fetcher(input, { ...init, method, headers, redirect: 'manual' });
    },
    async call<Answer>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Answer> {
      const url = `${origin}${path}`;
      const headers = { ...(await carry(method, url)), ...(body && { 'content-type': 'application/json' }) };
      return ask<Answer>(
        fetcher,
        url,
        { method, headers, ...(body && { body: JSON.stringify(body) }) },
        signal,
      );
    },
  };
}

/** Without the line end of the file that it was read from. Characters that no token has would look like a broker that does not answer. */
function readToken(text: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw ownError('invalid_token', 'This is no token: it has characters that none has, or is empty.');
}

/** The JSON of the broker's answer, null for an empty one. Throws the refusal in it, or that there was none in time and whole. */
export async function ask<Answer>(
  fetcher: typeof fetch,
  url: string,
  init: RequestInit,
  signal?: AbortSignal,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const ends = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const answered = async () => {
    const response = await fetcher(url, { ...init, redirect: 'manual', signal: ends });
    return { response, answer: parsed(response.status === 204 ? 'null' : await response.text()) };
  };
  const { response, answer } = await answered().catch((cause: unknown) => {
    throw signal?.aborted ? signal.reason : noAnswer(new URL(url).origin, cause);
  });
  if (response.ok && answer !== undefined) return answer as Answer;
  throw refusalOf(response.status, answer, response.headers.get('retry-after'), new URL(url).origin);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noAnswer(origin: string, cause: unknown): ValetkeyError {
  const { code } = ((cause as Error).cause ?? {}) as { code?: unknown };
  const why = typeof code === 'string' ? ` (${code})` : '';
  const message = `No answer of a Valetkey server at ${origin}${why}.`;
  return new ValetkeyError({ code: 'no_answer', status: 0, message }, cause);
}

/** An id as a part of a path. One that is none MUST NOT be sent: `..` would make another address of it, that of the grant itself. */
export function idInPath(id: string): string {
  if (/^[\w-]+$/.test(id)) return id;
  throw new ValetkeyError({ code: 'not_found', status: 404, message: 'This is not an id of the broker.' });
}
