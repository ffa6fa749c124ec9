// The only place that talks to the broker. Sends the session cookie to this origin alone; a lost session leaves for the
// sign-in page from here, so no page has to handle it.

import { t } from '../messages/messages.ts';
import { signInAddress } from './query-string.ts';
import type { Me } from './types.ts';

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
 * Throws `ApiError` for every refusal. Where the broker wants to know again who is there, the person is asked and the call sent once more. On
 * any other 401 the browser leaves for the sign-in page and the promise never settles.
 */
export function callApi<T>(method: Method, path: string, body?: unknown): Promise<T> {
  return send<T>(method, `/api/v1${path}`, body);
}

/** Ends the session at the sign-in library and leaves for the sign-in page. */
export async function signOut(): Promise<void> {
  await send('POST', '/api/auth/sign-out', {});
  window.location.assign('/sign-in');
}

/** What proves who is there. */
export type Proof = 'password' | 'passkey';
type AskPerson = (proof: Proof) => Promise<boolean>;

let askPerson: AskPerson = async () => false;

/** Sets who asks the person; the answer says whether they proved who they are. @returns what takes it back */
export function askPersonWith(ask: AskPerson): () => void {
  let asked: Promise<boolean> | null = null;
  // Calls that are refused at the same time wait for one answer.
  askPerson = (proof) => {
    asked ??= ask(proof).finally(() => {
      asked = null;
    });
    return asked;
  };
  return () => {
    askPerson = async () => false;
  };
}

/** Asks the person who they are unless they just proved it; false if they would not. */
export async function confirmPerson(): Promise<boolean> {
  const { step_up: proof } = await callApi<Me>('GET', '/me');
  return proof === null || askPerson(proof);
}

/** Calls the sign-in library: a POST with a body, else a GET. Throws with a sentence for the person; `refusal` is the one for a plain no. */
export async function callSignIn<T>(path: string, refusal: string, body?: object): Promise<T> {
  const response = await fetch(
    `/api/auth${path}`,
    requestOf(body === undefined ? 'GET' : 'POST', body),
  ).catch(() => null);
  if (response?.ok) return (await response.json()) as T;
  if (response === null) throw new Error(t.errors.unreachable);
  if (response.status === 429) throw new Error(t.confirm.tooMany);
  throw new Error(response.status >= 500 ? t.confirm.broken : refusal);
}

function requestOf(method: Method, body: unknown): RequestInit {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { accept: 'application/json' } };
  if (body === undefined) return init;
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  return { ...init, headers, body: JSON.stringify(body) };
}

async function send<T>(method: Method, address: string, body: unknown, isConfirmed = false): Promise<T> {
  const response = await fetch(address, requestOf(method, body)).catch(noAnswer);
  if (response.status === 204) return undefined as T;
  // What is no JSON is not of the broker, or not whole.
  const answer: unknown = await response.json().catch(response.ok ? noAnswer : () => null);
  if (response.ok) return answer as T;
  const error = (answer as { error?: ErrorBody } | null)?.error ?? {};
  const isStepUp = error.code === 'insufficient_user_authentication';
  if (response.status === 401 && !isStepUp) return leaveForSignIn();
  const proof = error.fields?.acr_values === undefined ? 'password' : 'passkey';
  if (isStepUp && !isConfirmed && (await askPerson(proof))) return send<T>(method, address, body, true);
  throw new ApiError(response.status, error);
}

function noAnswer(): never {
  throw new ApiError(0, { code: 'unreachable', message: t.errors.unreachable });
}

function leaveForSignIn(): Promise<never> {
  window.location.assign(signInAddress(window.location.pathname + window.location.search));
  return new Promise(() => {});
}
