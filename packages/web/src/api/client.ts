// The only place that talks to the broker. Sends the session cookie to this origin alone; a lost session leaves for the
// sign-in page from here, so no page has to handle it.

import { t } from '../messages/messages.ts';
import { signInAddress } from './query-string.ts';

/** A refusal of the management API. Thrown, because TanStack Query carries failures as exceptions. */
export class ApiError extends Error {
  readonly status: number;
  /** The stable public code, or `unreachable` when no answer came. */
  readonly code: string;
  readonly requestId: string | null;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(status: number, body: ErrorBody) {
    super(body.message ?? t.errors.unknown(status));
    this.name = 'ApiError';
    this.status = status;
    this.code = body.code ?? 'internal_error';
    this.requestId = body.request_id ?? null;
    this.fields = body.fields ?? {};
  }
}

interface ErrorBody {
  readonly code?: string;
  readonly message?: string;
  readonly request_id?: string;
  readonly fields?: Record<string, unknown>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Calls `/api/v1` + `path` and returns the answer's JSON, or undefined for 204.
 * Throws `ApiError` for every refusal. On 401 the browser leaves for the sign-in page and the promise never settles.
 */
export function callApi<T>(method: Method, path: string, body?: unknown): Promise<T> {
  return send<T>(method, `/api/v1${path}`, body);
}

/** Ends the session at the sign-in library and leaves for the sign-in page. */
export async function signOut(): Promise<void> {
  await send('POST', '/api/auth/sign-out', {});
  window.location.assign('/sign-in');
}

async function send<T>(method: Method, address: string, body: unknown): Promise<T> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { accept: 'application/json' } };
  if (body !== undefined) {
    init.headers = { accept: 'application/json', 'content-type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  const response = await fetch(address, init).catch(() => {
    throw new ApiError(0, { code: 'unreachable', message: t.errors.unreachable });
  });
  if (response.status === 401) return leaveForSignIn();
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok)
    throw new ApiError(response.status, (answer as { error?: ErrorBody } | null)?.error ?? {});
  return answer as T;
}

function leaveForSignIn(): Promise<never> {
  window.location.assign(signInAddress(window.location.pathname + window.location.search));
  return new Promise(() => {});
}
