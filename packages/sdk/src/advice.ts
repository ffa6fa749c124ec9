// What a program, or the person behind it, can do about each error of the broker: its codes at the gate, those of its OAuth and grant
// addresses, and this package's own. The codes never change their meaning; each of the gate's has a page in docs/errors.

const ASK_OWNER = 'Ask for a new grant, or have the owner change this one.';
const CORRECT = 'Correct the request: the message names the place.';
const STOP = 'Stop using the token. Ask for access again only when the owner wants you to.';
const CHANGE_REQUEST = 'Use what the grant includes, as whoami() shows it, or ask the owner for a new grant.';
const TRY_AGAIN = 'Try again in a while; nothing has to be changed.';
const RAISE =
  'Show the message to the person: its link leads to where the limit is raised. A limit per day, week or month starts again by itself.';

/** What to do, by code of the gate and of a grant's own addresses. */
const ADVICE = {
  invalid_request: CORRECT,
  invalid_json: CORRECT,
  duplicate_key: CORRECT,
  unknown_field: CORRECT,
  unbounded_request: 'Set an output cap, or leave out what has no bound; the message names it.',
  multiple_credentials: 'Send one credential. Look for a provider key left in the environment.',
  missing_token: 'Send the token as Authorization: Bearer.',
  invalid_token:
    'Check that the whole token was copied and that it is of this broker; else ask for a new one.',
  token_expired: 'Refresh the access token, or ask for access again if the grant has expired.',
  token_revoked: STOP,
  grant_suspended: 'Wait: the owner has paused this access and can resume it.',
  insufficient_user_authentication: 'Have the owner confirm in the browser who they are, then try again.',
  invalid_dpop_proof: 'Send each request with a fresh proof of the key: use access.fetch. Check the clock.',
  device_not_permitted: 'Use a device that the owner has enrolled and allowed for this grant.',
  budget_exhausted: RAISE,
  insufficient_budget: 'Set a smaller output cap or send less, or have the budget raised.',
  model_not_permitted: CHANGE_REQUEST,
  capability_not_permitted: CHANGE_REQUEST,
  operation_not_permitted: 'Use another operation: no grant can include this one.',
  tool_not_permitted: CHANGE_REQUEST,
  provider_not_permitted: CHANGE_REQUEST,
  reference_not_permitted: 'Send the content itself, not a reference to something stored at the provider.',
  unpriced_model: 'Use a model that has a price, or have the operator set one.',
  token_limit_exceeded: 'Send less, or set a smaller output cap.',
  not_found: 'Check the address and the id. A grant reaches itself and its own children, nothing else.',
  method_not_allowed: CORRECT,
  conflict: 'Read the state again, and repeat the change if it still makes sense.',
  idempotency_key_in_use: TRY_AGAIN,
  idempotency_answer_lost: 'Use a new key to ask, and pay, again.',
  request_too_large: 'Send less.',
  unsupported_media_type: CORRECT,
  idempotency_key_reused: 'Make a new key for each request.',
  rate_limited: 'Wait as long as retryAfterSeconds says.',
  quota_exhausted: RAISE,
  internal_error: TRY_AGAIN,
  upstream_unreachable: TRY_AGAIN,
  upstream_redirect: 'Tell whoever runs the broker.',
  upstream_invalid: TRY_AGAIN,
  provider_key_unusable: 'Tell the owner: their provider key has to be replaced.',
  unavailable: TRY_AGAIN,
  locked: 'Tell whoever runs the broker: it has the wrong master key.',
  upstream_timeout: TRY_AGAIN,
  invalid_authorization_details: 'Ask for less: violations names every member that goes beyond the grant.',
  delegation_not_permitted: 'Ask the owner for a grant that may be delegated (delegation.max_depth).',
  invalid_client: 'Check the client id and how the client proves who it is.',
  invalid_grant: ASK_OWNER,
  too_many_requests: 'Wait for the owner to decide what was asked before, or withdraw it.',
  slow_down: 'Look again after retryAfterSeconds.',
  not_pending: 'It is decided or over: look what became of it.',
  call_running: 'Wait until the call has ended.',
  temporarily_unavailable: TRY_AGAIN,
} as const;

const MEND_APP =
  'Correct the app or its registration: the message says what is wrong. People can not mend it.';
const BEGIN_AGAIN = 'Begin connecting again.';

/** What the authorization server says besides, and what this package finds by itself. A provider's own error may have one of these names. */
const ADVICE_ON_CONNECTING = {
  access_denied: 'Respect it: the person said no. Let them begin again when they want to.',
  authorization_pending: 'Wait: the person has not decided yet.',
  expired_token: BEGIN_AGAIN,
  login_required: BEGIN_AGAIN,
  consent_required: BEGIN_AGAIN,
  interaction_required: BEGIN_AGAIN,
  unauthorized_client: MEND_APP,
  invalid_scope: MEND_APP,
  invalid_target: MEND_APP,
  invalid_redirect_uri: MEND_APP,
  invalid_request_uri: BEGIN_AGAIN,
  invalid_client_metadata: MEND_APP,
  request_not_supported: MEND_APP,
  unsupported_grant_type: MEND_APP,
  unsupported_response_type: MEND_APP,
  unsupported_response_mode: MEND_APP,
  unsupported_token_type: MEND_APP,
  server_error: TRY_AGAIN,
  /** No answer at all. */
  no_answer: 'Check the address of the broker, and that it runs.',
  /** Something answered that is no Valetkey broker. */
  not_a_broker: 'Check the address: it must be a Valetkey broker, without a path.',
  /** What a person typed is no address of a broker. */
  invalid_address: 'Type the address as your Valetkey shows it, such as keys.example.com.',
  /** What came back was not asked for from here. RFC 6749 section 10.12. */
  state_mismatch: BEGIN_AGAIN,
  /** What came back is from another broker than was asked. RFC 9207. */
  issuer_mismatch: BEGIN_AGAIN,
  /** Nothing is connected under this name, or it was disconnected elsewhere. */
  not_connected: BEGIN_AGAIN,
  /** The browser did not open the window. */
  popup_blocked: 'Call connect() within a click, or connect with mode: redirect.',
  /** The person closed the window before the broker's page was in it. Later that can not be told. */
  popup_closed: 'Let them begin again when they want to.',
  /** Tokens could not be kept. */
  storage_failed: 'Check what keeps the connection; in a browser, whether the site may store data.',
} as const;

const ALL_ADVICE = { ...ADVICE, ...ADVICE_ON_CONNECTING };

/** A code that this release knows. The broker may send newer ones. */
export type ErrorCode = keyof typeof ALL_ADVICE;

/** What to do about a code; null for one that this release does not know. */
export const adviceOn = (code: string): string | null =>
  Object.hasOwn(ALL_ADVICE, code) ? ALL_ADVICE[code as ErrorCode] : null;

/** Whether the gate or a grant's addresses answer with it. */
export const isCodeOfGate = (code: string): boolean => Object.hasOwn(ADVICE, code);
