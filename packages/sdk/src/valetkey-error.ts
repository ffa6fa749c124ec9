// The one error that this package throws, and how the broker's refusals are read into it: those of grant addresses in OAuth's form, those
// of the gate in the form of the API that was called. MUST NOT carry a token.

import { adviceOn, type ErrorCode, isCodeOfGate } from './advice.ts';

/** A member of a request for a child that goes beyond its parent. */
export interface Violation {
  /** Such as `models` or `limits.daily_spend`. */
  readonly member: string;
  readonly message: string;
}

/** What is known of a failure. */
export interface Failure {
  readonly code: ErrorCode | (string & {});
  readonly message: string;
  /** The HTTP status; 0 where nothing answered. */
  readonly status: number;
  /** Where a person can act on it. */
  readonly link?: string;
  readonly retryAfterSeconds?: number;
  readonly violations?: readonly Violation[];
  /** Everything else that the broker said, such as `remaining` and `required` in decimal USD. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** A refusal of the broker, or no answer of one. `message` is for people, `code` for programs, `advice` for both. */
export class ValetkeyError extends Error {
  override readonly name = 'ValetkeyError';
  readonly code: Failure['code'];
  readonly status: number;
  /** What to do about it, in one or two sentences. */
  readonly advice: string;
  readonly link: string | null;
  readonly retryAfterSeconds: number | null;
  /** What goes beyond the parent, member by member; empty for other failures. */
  readonly violations: readonly Violation[];
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, { cause });
    this.code = failure.code;
    this.status = failure.status;
    this.advice = adviceOn(failure.code) ?? 'Read the message; this release does not know the code.';
    this.link = failure.link ?? null;
    this.retryAfterSeconds = failure.retryAfterSeconds ?? null;
    this.violations = failure.violations ?? [];
    this.fields = failure.fields ?? {};
  }
}

const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Whether the same may succeed in a while: nothing answered, or the broker or a proxy in front said so. */
export const isPassing = (thrown: unknown): thrown is ValetkeyError =>
  thrown instanceof ValetkeyError && (thrown.code === 'no_answer' || PASSING.has(thrown.status));

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown): number | undefined =>
  value === undefined || Number.isNaN(Number(value)) ? undefined : Number(value);

/** The error in an answer of the broker; `retryAfter` is its header, `asked` whom it was asked of, in words. */
export function refusalOf(
  status: number,
  body: unknown,
  retryAfter?: string | null,
  asked = 'The server',
): ValetkeyError {
  const answer = isObject(body) ? body : {};
  const failure = isObject(answer.error) ? gateFailure(status, answer.error) : oauthFailure(status, answer);
  if (failure === null)
    return new ValetkeyError({ code: 'not_a_broker', status, message: `${asked} ${strangeAnswer(status)}.` });
  const retryAfterSeconds = failure.retryAfterSeconds ?? numberOf(retryAfter ?? undefined);
  return new ValetkeyError({ ...failure, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
}

/** What something else than a broker did. A browser shows a redirect that it does not follow as 0. */
function strangeAnswer(status: number): string {
  if (status === 0 || (status >= 300 && status < 400)) return 'sends its visitors to another address';
  if (status < 300) return 'does not answer as a Valetkey does';
  return `answered ${status}, and not as a Valetkey does`;
}

/** A failure that this package found by itself, before or after the broker spoke. */
export const ownError = (code: ErrorCode, message: string, cause?: unknown): ValetkeyError =>
  new ValetkeyError({ code, status: 0, message }, cause);

/** RFC 6749 section 5.2, with `violations`. */
function oauthFailure(status: number, answer: Fields): Failure | null {
  const { error, error_description, violations, ...fields } = answer;
  if (typeof error !== 'string') return null;
  return {
    code: error,
    status,
    message: textOf(error_description) ?? error,
    ...(Array.isArray(violations) && { violations: violations as Violation[] }),
    fields,
  };
}

/** `error.code` in OpenAI's and Anthropic's form; in Google's it is the `reason` of the first detail, whose `metadata` are the fields. */
function gateFailure(status: number, error: Fields): Failure | null {
  const [info] = Array.isArray(error.details) ? error.details.filter(isObject) : [];
  const {
    code,
    message,
    link,
    retry_after_seconds,
    param: _,
    type: __,
    ...fields
  } = info ? { ...(info.metadata as Fields), code: info.reason, message: error.message } : error;
  if (typeof code !== 'string') return null;
  const url = textOf(link);
  const retryAfterSeconds = numberOf(retry_after_seconds);
  return {
    code,
    status,
    message: textOf(message) ?? code,
    ...(url !== undefined && { link: url }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    fields,
  };
}

/**
 * The broker's refusal behind an error that an official SDK threw (`openai`, `@anthropic-ai/sdk`, `@google/genai`, `ai`); null if it is
 * none of the broker's, but the provider's own or something else.
 */
export function explainError(thrown: unknown): ValetkeyError | null {
  if (thrown instanceof ValetkeyError) return thrown;
  if (!isObject(thrown)) return null;
  // The AI SDK wraps what it gave up on.
  if (thrown.lastError !== undefined) return explainError(thrown.lastError);
  const status = numberOf(thrown.status ?? thrown.statusCode) ?? 0;
  const found = bodiesOf(thrown).map((body) => refusalOf(status, body));
  return found.find(({ code }) => isCodeOfGate(code)) ?? null;
}

/** Where SDKs keep the body: `openai` its `error` alone, Anthropic's all of it, the others as text. */
function bodiesOf({ error, message, responseBody }: Fields): unknown[] {
  const texts = [message, responseBody].map(parsed);
  return [{ error }, error, ...texts];
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}
