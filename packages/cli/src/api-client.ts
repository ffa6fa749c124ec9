// Talks to one server: JSON over HTTP, the session token as a bearer. Nothing it sends is ever sent on by a redirect, and nothing that it
// says about a failure contains what was sent.

import { type Language, type Result, succeed } from '@valetkey/core';
import { EXIT, type ExitCode, type Failure, failSaying, failWith } from './failure.ts';
import type { Messages } from './messages/messages.ts';

/** A whole answer, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON body; null if there was none. */
  readonly body: unknown;
}

/** A method of the management API. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

type MoreHeaders = Readonly<Record<string, string>>;

/** One server, as one owner. */
export interface ApiClient {
  /**
   * The body of a successful answer of the management API (`path` begins after `/api/v1`). Fails without a login, without a connection, and
   * with the server's own words when it refuses. The shape is the server's promise (`api-types.ts`) and is not checked again.
   */
  call<Body>(
    method: Method,
    path: string,
    body?: unknown,
    headers?: MoreHeaders,
  ): Promise<Result<Body, Failure>>;
  /** The body of a successful answer as it arrives; fails as `call` does. That it breaks off is thrown while it is read. */
  download(path: string): Promise<Result<AsyncIterable<Uint8Array>, Failure>>;
  /** Any answer of a sign-in endpoint (`path` begins after `/api/auth`), refusals too. */
  signIn(path: string, body: unknown): Promise<Result<Answer, Failure>>;
}

const TIMEOUT_MS = 60_000;

/**
 * A client for `server` (an origin); `token` is null where nobody is logged in. In `language` comes what the server says of things in words; null
 * where a program reads it, which gets the same words everywhere.
 */
export function createApiClient(
  fetcher: typeof fetch,
  server: string,
  token: string | null,
  language: Language | null = null,
): ApiClient {
  const send = (
    method: Method,
    path: string,
    body: unknown,
    signal: AbortSignal,
    more: MoreHeaders = {},
  ): Promise<Response> =>
    fetcher(server + path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...more,
      },
      body: body === undefined ? null : JSON.stringify(body),
      // A redirect MUST NOT carry a password, a provider key or the session elsewhere.
      redirect: 'manual',
      signal,
    });
  const readAnswer = async (response: Response): Promise<Answer> => {
    const { status, headers } = response;
    return { status, headers, body: parseJson(await response.text()) };
  };
  const exchange = async (
    method: Method,
    path: string,
    body: unknown,
    more?: MoreHeaders,
  ): Promise<Result<Answer, Failure>> => {
    try {
      return succeed(await readAnswer(await send(method, path, body, AbortSignal.timeout(TIMEOUT_MS), more)));
    } catch (error) {
      return unreachable(server, error);
    }
  };
  return {
    async call<Body>(method: Method, path: string, body?: unknown, more?: MoreHeaders) {
      if (token === null) return notLoggedIn(server);
      const words = language === null ? more : { 'accept-language': language, ...more };
      const answer = await exchange(method, `/api/v1${path}`, body, words);
      if (!answer.ok) return answer;
      const { status, body: parsed } = answer.value;
      if (status === 204) return succeed(undefined as Body);
      if (status < 300 && typeof parsed === 'object' && parsed !== null) return succeed(parsed as Body);
      return refusal(server, answer.value);
    },
    async download(path) {
      if (token === null) return notLoggedIn(server);
      // Only the beginning has to come in time: what follows may be long.
      const [giveUp, late] = [new AbortController(), new DOMException('', 'TimeoutError')];
      const timer = setTimeout(() => giveUp.abort(late), TIMEOUT_MS);
      try {
        const response = await send('GET', `/api/v1${path}`, undefined, giveUp.signal);
        if (response.status === 200 && response.body) return succeed(response.body);
        return refusal(server, await readAnswer(response));
      } catch (error) {
        return unreachable(server, error);
      } finally {
        clearTimeout(timer);
      }
    },
    signIn: (path, body) => exchange('POST', `/api/auth${path}`, body),
  };
}

/** The failure of every command that needs a login and has none. */
const notLoggedIn = (server: string) =>
  failSaying(({ reach }) => reach.notLoggedIn(server), EXIT.loginNeeded);

function refusal(server: string, { status, body }: Answer) {
  const { code, message, request_id } = errorOf(body);
  // Logged in, but too long ago for this: the server says what to do.
  if (code === 'insufficient_user_authentication' && message !== undefined)
    return failWith(message, EXIT.loginNeeded);
  if (status === 401) return notLoggedIn(server);
  if (message === undefined) return notValetkey(server, status);
  const failure = failSaying(
    ({ reach }) =>
      status >= 500 && typeof request_id === 'string' ? reach.inRequest(message, request_id) : message,
    exitCodeOf(status, code),
  );
  return code === undefined ? failure : { ...failure, error: { ...failure.error, code } };
}

/** The failure when an answer cannot have come from a Valetkey server. */
export const notValetkey = (server: string, status: number) =>
  failSaying(({ reach }) => reach.notValetkey(server, status));

function exitCodeOf(status: number, code: string | undefined): ExitCode {
  if (status === 402 || code === 'quota_exhausted') return EXIT.budgetRefused;
  return status === 403 ? EXIT.notGranted : EXIT.error;
}

function errorOf(body: unknown): { code?: string; message?: string; request_id?: unknown } {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null;
  return typeof error === 'object' && error !== null ? error : {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The failure of a connection, with what to do. */
export function unreachable(server: string, error: unknown) {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  return failSaying(({ reach }) => {
    const why = isLate ? reach.late : code && whyOf(code, reach);
    return server.startsWith('http:') ? reach.here(server, why) : reach.elsewhere(server, why);
  });
}

function whyOf(code: string, { why }: Messages['reach']): string {
  const reason = Object.entries(why).find(([known]) => known === code)?.[1];
  return reason === undefined ? code : `${code}: ${reason}`;
}
