// The one registry of public errors: what code a caller sees, with which status, whether a retry can help. Every code has a page under
// docs/errors. The public message is made where the error is raised, from text that is safe to show.

/** One public error. `oauthError` is what OAuth endpoints answer instead of `code`, where it applies. */
export interface ErrorSpec {
  readonly status: number;
  /** Whether the same request can succeed later without anybody acting; else `x-should-retry: false` is sent. */
  readonly retry: boolean;
  /** What it means, in one line, for the docs page. */
  readonly title: string;
}

/** Every public error code of the product. A code never changes its meaning. */
export const ERRORS = {
  invalid_request: { status: 400, retry: false, title: 'The request is malformed' },
  invalid_json: { status: 400, retry: false, title: 'The body is not the JSON this operation takes' },
  duplicate_key: { status: 400, retry: false, title: 'An object in the body has the same key twice' },
  unknown_field: { status: 400, retry: false, title: 'The body has a field this operation does not know' },
  unbounded_request: {
    status: 400,
    retry: false,
    title: 'The most this request can cost cannot be computed',
  },
  multiple_credentials: {
    status: 400,
    retry: false,
    title: 'Two different credentials came with one request',
  },
  missing_token: { status: 401, retry: false, title: 'No token came with the request' },
  invalid_token: { status: 401, retry: false, title: 'The token is not valid here' },
  insufficient_user_authentication: {
    status: 401,
    retry: false,
    title: 'What was asked needs a recent proof that it is the owner who asks',
  },
  token_expired: { status: 401, retry: false, title: 'The token or its grant has expired' },
  token_revoked: { status: 401, retry: false, title: 'The token or its grant was revoked' },
  grant_suspended: { status: 403, retry: false, title: 'The grant is paused by its owner' },
  invalid_dpop_proof: {
    status: 401,
    retry: false,
    title: 'The token is bound to a key and the proof of it is missing or wrong',
  },
  device_not_permitted: {
    status: 403,
    retry: false,
    title: 'The owner does not let this device use the grant, or it was reported lost',
  },
  budget_exhausted: { status: 402, retry: false, title: 'The budget is used up' },
  insufficient_budget: {
    status: 402,
    retry: false,
    title: 'This request does not fit what is left of the budget',
  },
  model_not_permitted: { status: 403, retry: false, title: 'The grant does not include this model' },
  capability_not_permitted: {
    status: 403,
    retry: false,
    title: 'The grant does not include this capability',
  },
  operation_not_permitted: {
    status: 403,
    retry: false,
    title: 'This operation is not offered through a grant',
  },
  tool_not_permitted: { status: 403, retry: false, title: 'The grant does not include this tool' },
  delegation_not_permitted: {
    status: 403,
    retry: false,
    title: 'The grant may not be delegated, not so deep, or not to this one',
  },
  provider_not_permitted: { status: 403, retry: false, title: 'The grant does not include this provider' },
  reference_not_permitted: {
    status: 403,
    retry: false,
    title: 'The request refers to an object stored at the provider',
  },
  unpriced_model: { status: 403, retry: false, title: 'The model has no price, and the grant has a budget' },
  token_limit_exceeded: {
    status: 403,
    retry: false,
    title: 'The request may use more tokens than the grant allows for one request',
  },
  not_found: { status: 404, retry: false, title: 'There is nothing at this address' },
  method_not_allowed: { status: 405, retry: false, title: 'This address does not take this method' },
  conflict: { status: 409, retry: false, title: 'The change does not fit the present state' },
  idempotency_key_in_use: {
    status: 409,
    retry: true,
    title: 'The first request with this idempotency key is still running',
  },
  idempotency_answer_lost: {
    status: 409,
    retry: false,
    title: 'The first request with this idempotency key may have been served, but its answer was not kept',
  },
  request_too_large: { status: 413, retry: false, title: 'The request body is too large' },
  unsupported_media_type: {
    status: 415,
    retry: false,
    title: 'The body is of a type or encoding this operation does not take',
  },
  idempotency_key_reused: {
    status: 422,
    retry: false,
    title: 'The idempotency key was used before for another request',
  },
  rate_limited: { status: 429, retry: true, title: 'Too many requests for now' },
  quota_exhausted: { status: 429, retry: false, title: 'The request or token limit of the grant is used up' },
  internal_error: { status: 500, retry: true, title: 'Something broke inside the broker' },
  upstream_unreachable: { status: 502, retry: true, title: 'The provider could not be reached' },
  upstream_redirect: {
    status: 502,
    retry: false,
    title: 'The provider answered with a redirect, which is never followed',
  },
  upstream_invalid: { status: 502, retry: true, title: 'The provider broke the protocol' },
  provider_key_unusable: {
    status: 502,
    retry: false,
    title: 'The provider refused the owner’s key, or the key cannot be opened',
  },
  unavailable: {
    status: 503,
    retry: true,
    title: 'The broker cannot record requests right now, so it forwards none',
  },
  locked: { status: 503, retry: false, title: 'The master key does not open this database' },
  upstream_timeout: { status: 504, retry: true, title: 'The provider did not answer in time' },
} as const satisfies Record<string, ErrorSpec>;

/** A public error code. */
export type ErrorCode = keyof typeof ERRORS;

/** A request that asks the owner for what was refused: to be sent as it stands, with the same token. It gives nothing by itself. */
export interface ErrorOffer {
  readonly method: 'POST';
  readonly href: string;
  readonly body: { readonly authorization_details: readonly object[] };
}

/** An error ready to be shown: the code and a sentence for a person, with the fields that a program may act on. */
export interface PublicError {
  readonly code: ErrorCode;
  /** Safe to show: MUST NOT contain a secret or text from inside. */
  readonly message: string;
  /** Where to act on it: the raise page, the app's page. */
  readonly link?: string;
  /** What to ask the owner for so that the same request would fit; see docs/concepts/asking-for-more.md. */
  readonly offer?: ErrorOffer;
  readonly retryAfterSeconds?: number;
  /** The methods that the address takes, with `method_not_allowed` (RFC 9110 section 15.5.6). */
  readonly allow?: string;
  /** Extra members of the error object, e.g. `remaining` and `required` in decimal USD. */
  readonly fields?: Readonly<Record<string, string | number | boolean | null>>;
}
