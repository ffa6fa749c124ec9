// One request to a key service or to what gives out credentials for it. It goes to the address that the operator set and nowhere else: no
// redirect is followed and no proxy of the environment is used. What it throws is told to the operator and MUST NOT hold a credential.

import { Agent, request } from 'undici';

/** A request. */
export interface ServiceRequest {
  readonly url: string | URL;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer; `body` is `{}` if it is not JSON of an object. */
export interface ServiceAnswer {
  readonly status: number;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Host names of this machine, to which plain http is as good. */
export const LOOPBACK: RegExp = /^(localhost|127\.0\.0\.1|\[::1\])$/;

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 65_536;

// Its own, so that nothing that is set for the whole process, such as a proxy, takes part. Few requests are made: connections do not stay.
const direct = new Agent({
  connect: { timeout: TIMEOUT_MS },
  pipelining: 0,
  maxResponseSize: MAX_ANSWER_BYTES,
});

const parse = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

/** The answer, whatever its status; rejects with the name of the service if there is none in time. */
export const askService = async (
  service: string,
  { url, method = 'POST', headers = {}, body }: ServiceRequest,
  timeoutMs = TIMEOUT_MS,
): Promise<ServiceAnswer> => {
  try {
    const answer = await request(url, {
      dispatcher: direct,
      method,
      headers,
      body: body ?? null,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, body: parse(text) };
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    // A DOMException's code is a number that says nothing.
    throw new Error(`${service} was not reached (${typeof code === 'string' ? code : name})`);
  }
};

/** The address that the operator put in the place of a service's own; https, unless it is on this machine. */
export const endpointOf = (variable: string, text: string | undefined, own: string): string => {
  if (!text) return own;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (!isSafe) throw new Error(`${variable} must be an https address`);
  return text.replace(/\/+$/, '');
};

/** A text of an answer. Rejects what has none in that place: no service of that kind answers so. */
export const textOf = (service: string, value: unknown): string => {
  if (typeof value !== 'string' || value === '')
    throw new Error(`${service} gave an answer that is not its own`);
  return value;
};

/** That something was refused; `why` is a word of the service's own, such as `AccessDeniedException`. */
export const refusal = (service: string, status: number, why: unknown): Error =>
  new Error(`${service} refused: ${status}${typeof why === 'string' ? ` ${why.slice(0, 200)}` : ''}`);
