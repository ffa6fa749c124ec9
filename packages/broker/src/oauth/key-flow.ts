// The key flow that OpenRouter documents, for apps that speak it already: `/auth` asks with a callback and a PKCE challenge, the owner decides
// on the page that every app has, and the code buys a key-shaped token. It is a request like any other from there on: same page, codes, grants.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, formatAccess, type Result, succeed, unrestrictedAccess } from '@valetkey/core';
import type { Ambient } from '../clock.ts';
import type { Grants } from '../grants/contract.ts';
import { sendRedirect } from '../pages/page.ts';
import { readBody } from '../pages/read-form.ts';
import { clientOfCallback, isCallbackClient, letAsk } from './callback-client.ts';
import { matchesSecretHash } from './clients.ts';
import type { ConfigurationDeps } from './configuration.ts';
import { MAX_ENTRIES, readRequestedAccess } from './details.ts';
import { errors, type Provider } from './library.ts';
import { isStopped, issueKey, STOPPED_HINT } from './live-grant.ts';
import { OAUTH_PATHS } from './paths.ts';
import { sendJson } from './send-json.ts';

/** What the flow stands on. */
export interface KeyFlowDeps extends Pick<ConfigurationDeps, 'renderError' | 'errorPageHeaders'> {
  /** The providers that the owner who is signed in has keys of; null if nobody is. */
  readonly ownProviders: (request: IncomingMessage) => Promise<readonly string[] | null>;
  readonly grants: Pick<Grants, 'live' | 'issueKeyToken'>;
  readonly ambient: Pick<Ambient, 'now'>;
}

/** The library: its codes, and its handler, which goes on with a request to `/authorize`. */
interface Library {
  readonly provider: Pick<Provider, 'AuthorizationCode'>;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The handlers of the flow by path. The library is asked for each time, because a key rotation replaces it. */
export const createKeyFlow = (
  deps: KeyFlowDeps,
  library: () => Library,
): Readonly<Record<string, Handler>> => ({
  [OAUTH_PATHS.keyRequest]: (request, response) => askForKey(request, response, deps, library()),
  [OAUTH_PATHS.keys]: (request, response) => giveKey(request, response, deps, library()),
});

const MAX_BODY_BYTES = 4 * 1024;
/** RFC 7636 section 4.1 and, of SHA-256 in base64url, section 4.2. */
const VERIFIER = /^[\w.~-]{43,128}$/;
const CHALLENGE = /^[\w-]{43}$/;
const METHOD = 'S256';

interface KeyRequest {
  readonly clientId: string;
  readonly callbackUrl: string;
  readonly challenge: string;
  readonly scope: string | null;
}

/** What the query of `/auth` asks for, or what is wrong with it. Parameters that are not ours are passed over, as OAuth has it. */
function parseKeyRequest(query: URLSearchParams): Result<KeyRequest, string> {
  const repeated = ['callback_url', 'code_challenge', 'code_challenge_method', 'scope'].find(
    (name) => query.getAll(name).length > 1,
  );
  if (repeated !== undefined) return fail(`${repeated} must be sent once`);
  const callbackUrl = query.get('callback_url') ?? '';
  const clientId = clientOfCallback(callbackUrl);
  if (clientId === null)
    return fail('callback_url must be an https address, or http on 127.0.0.1, [::1] or localhost');
  const challenge = query.get('code_challenge') ?? '';
  if (query.get('code_challenge_method') !== METHOD || !CHALLENGE.test(challenge))
    return fail(
      'code_challenge must be the SHA-256 of the verifier in base64url, code_challenge_method S256',
    );
  const scope = query.get('scope');
  const asked = scope === null ? null : readRequestedAccess({ scope });
  if (asked?.ok === false) return fail(asked.error.description);
  return succeed({ clientId, callbackUrl, challenge, scope });
}

/** Without scopes an app asks to chat with what the owner has; simulated models only where there are no others. */
const chatWith = (providers: readonly string[]): string => {
  const real = providers.filter((name) => name !== 'sandbox');
  const wanted = [...new Set(real.length > 0 ? real : providers)].slice(0, MAX_ENTRIES);
  const rights = (wanted.length > 0 ? wanted : ['openai']).map((name) =>
    formatAccess({ ...unrestrictedAccess(name), capabilities: ['chat'] }),
  );
  return JSON.stringify(rights);
};

/** Answers `/auth`: the same consent page as for any other request, or the way to sign in first. */
async function askForKey(
  request: IncomingMessage,
  response: ServerResponse,
  deps: KeyFlowDeps,
  library: Library,
): Promise<void> {
  const refuse = (status: number, description: string) =>
    void response
      .writeHead(status, { ...deps.errorPageHeaders, ...(status === 405 && { allow: 'GET' }) })
      .end(deps.renderError({ code: 'invalid_request', description }));
  if (request.method !== 'GET') return refuse(405, 'ask with GET');
  const url = request.url ?? '';
  const asked = parseKeyRequest(new URLSearchParams(url.slice(OAUTH_PATHS.keyRequest.length)));
  if (!asked.ok) return refuse(400, asked.error);
  const providers = await deps.ownProviders(request);
  if (providers === null) return sendRedirect(response, `/sign-in?return_to=${encodeURIComponent(url)}`);
  const { clientId, callbackUrl, challenge, scope } = asked.value;
  const params = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: callbackUrl,
    code_challenge: challenge,
    code_challenge_method: METHOD,
    ...(scope === null ? { authorization_details: chatWith(providers) } : { scope }),
  });
  request.url = `${OAUTH_PATHS.authorize}?${params}`;
  letAsk(request);
  library.handle(request, response);
}

interface KeyRefusal {
  readonly status: 400 | 403 | 405 | 413;
  readonly message: string;
}

const refusal = (status: KeyRefusal['status'], message: string) => fail<KeyRefusal>({ status, message });

const INVALID_CODE = refusal(403, 'Invalid code or code_verifier: ask for access again');

/** Answers `/api/v1/auth/keys`. It reads no cookie and no credential: the code and its verifier are all that counts, from any origin. */
async function giveKey(
  request: IncomingMessage,
  response: ServerResponse,
  deps: KeyFlowDeps,
  library: Library,
): Promise<void> {
  const key = await exchange(request, deps, library);
  const [status, body] = key.ok
    ? [200, { key: key.value, user_id: null }]
    : [key.error.status, { error: { code: key.error.status, message: key.error.message } }];
  sendJson(response, status, body, {
    'access-control-allow-origin': '*',
    ...(status === 405 && { allow: 'POST, OPTIONS' }),
  });
}

async function exchange(
  request: IncomingMessage,
  deps: KeyFlowDeps,
  library: Library,
): Promise<Result<string, KeyRefusal>> {
  if (request.method !== 'POST') return refusal(405, 'Method Not Allowed: send POST');
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === null) return refusal(413, `The body must have at most ${MAX_BODY_BYTES} bytes`);
  const { code, code_verifier: verifier, code_challenge_method: method = METHOD } = readObject(body);
  if (method !== METHOD && method !== null) return refusal(400, 'Invalid code_challenge_method: use S256');
  if (typeof code !== 'string' || typeof verifier !== 'string' || !VERIFIER.test(verifier))
    return refusal(400, 'The body must be JSON with code, and code_verifier of 43 to 128 characters');
  return redeem(code, verifier, deps, library);
}

function readObject(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body.toString('utf8')));
  } catch {
    return {};
  }
}

/** One code, one key. Using it a second time ends the grant, a wrong verifier uses it up: somebody may have seen it (A21). */
async function redeem(
  value: string,
  verifier: string,
  { grants, ambient }: KeyFlowDeps,
  { provider }: Library,
): Promise<Result<string, KeyRefusal>> {
  const code = await provider.AuthorizationCode.find(value, { ignoreExpiration: true });
  const { grantId, clientId = '', exp = 0, codeChallenge = '' } = code ?? {};
  if (!code || !grantId || !isCallbackClient(clientId)) return INVALID_CODE;
  // Before it is consumed: what can not be used yet MUST NOT be used up.
  if (await isStopped(grants, grantId, ambient.now())) return refusal(403, STOPPED_HINT);
  try {
    await code.consume();
  } catch (error) {
    if (error instanceof errors.InvalidGrant) return INVALID_CODE;
    throw error;
  }
  if (exp * 1000 <= ambient.now() || !matchesSecretHash(verifier, codeChallenge)) return INVALID_CODE;
  const issued = await issueKey(grants, grantId, ambient.now());
  return issued ? succeed(issued.token) : INVALID_CODE;
}
