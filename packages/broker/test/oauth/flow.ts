// The steps of an authorization one by one, as raw requests, so that a test can do each of them wrongly.

import { createHash, randomBytes } from 'node:crypto';
import type { TestBroker } from './broker.ts';
import { Browser, formFields, type Landing } from './browser.ts';

/** Where the test app is sent back to. */
export const REDIRECT = 'https://app.test/callback';

/** A request for five dollars a day, as text. */
export const DETAILS = JSON.stringify([
  {
    type: 'ai_model_access',
    provider: 'openai',
    models: ['gpt-5-mini', 'gpt-5-nano'],
    capabilities: ['chat'],
    limits: { daily_spend: 5, requests_per_minute: 60 },
    reason: 'Summaries in your notebook',
  },
]);

/** A PKCE verifier. */
export const VERIFIER = randomBytes(32).toString('base64url');

/** Where a broker listens: the steps speak HTTP alone, so any will do. */
export type Listening = Pick<TestBroker, 'issuer'>;

/** A registered client with what it needs to speak for itself. */
export interface TestClient {
  readonly id: string;
  readonly secret: string | null;
}

/** Registers an app of Ada's. */
export async function registerClient(
  broker: TestBroker,
  input: Partial<Parameters<TestBroker['oauth']['clients']['register']>[1]> = {},
): Promise<TestClient> {
  const made = await broker.oauth.clients.register('own_ada', {
    name: 'Acme Writer',
    url: 'https://app.test',
    redirectUris: [REDIRECT],
    authMethod: 'none',
    ...input,
  });
  if (!made.ok) throw new Error(made.error.detail);
  return { id: made.value.client.id, secret: made.value.clientSecret };
}

/** Parameters of an authorization request; `overrides` with undefined leave one out. */
export function requestParams(
  client: Pick<TestClient, 'id'>,
  overrides: Record<string, string | undefined> = {},
): URLSearchParams {
  const params = {
    client_id: client.id,
    response_type: 'code',
    redirect_uri: REDIRECT,
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    authorization_details: DETAILS,
    state: 'st',
    ...overrides,
  };
  return new URLSearchParams(
    Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Opens the request in a browser, without pushing it first. */
export const openRequest = (
  browser: Browser,
  client: TestClient,
  overrides?: Record<string, string | undefined>,
) => browser.open(`/authorize?${requestParams(client, overrides)}`);

/** Sends the page's form with some fields changed. */
export function decide(
  browser: Browser,
  page: Landing,
  decision: 'allow' | 'deny',
  change: Record<string, string> = {},
): Promise<Landing> {
  const fields = formFields(page.text);
  for (const [name, value] of Object.entries({ ...change, decision })) fields.set(name, value);
  return browser.submit(page.url, fields);
}

/** A code that the owner who is signed in in `browser` gave the client: Ada, unless it is another. */
export async function obtainCode(
  broker: Listening,
  client: TestClient,
  overrides?: Record<string, string | undefined>,
  browser = new Browser(broker.issuer),
): Promise<string> {
  const landing = await decide(browser, await openRequest(browser, client, overrides), 'allow');
  const code = new URL(landing.url).searchParams.get('code');
  if (code === null) throw new Error(`no code at ${landing.url}: ${landing.text}`);
  return code;
}

/** The answer of an endpoint that speaks JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** Posts a form with the client's credentials. */
export async function post(
  broker: Listening,
  path: string,
  client: TestClient,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<JsonAnswer> {
  const credentials: Record<string, string> =
    client.secret === null
      ? {}
      : { authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` };
  const response = await fetch(broker.issuer + path, {
    method: 'POST',
    headers: { ...credentials, ...headers },
    body: new URLSearchParams({ ...(client.secret === null && { client_id: client.id }), ...fields }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text), headers: response.headers };
}

/** Redeems a code; `overrides` replace fields. */
export const redeem = (
  broker: Listening,
  client: TestClient,
  code: string,
  overrides: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<JsonAnswer> =>
  post(
    broker,
    '/token',
    client,
    { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: VERIFIER, ...overrides },
    headers,
  );

/** Trades a refresh token for new tokens. */
export const refresh = (broker: Listening, client: TestClient, refreshToken: string, headers = {}) =>
  post(broker, '/token', client, { grant_type: 'refresh_token', refresh_token: refreshToken }, headers);

/** Tokens of a fresh grant. */
export async function obtainTokens(
  broker: Listening,
  client: TestClient,
  overrides?: Record<string, string | undefined>,
  browser?: Browser,
): Promise<{ readonly accessToken: string; readonly refreshToken: string; readonly grantId: string }> {
  const { body } = await redeem(broker, client, await obtainCode(broker, client, overrides, browser));
  return {
    accessToken: String(body.access_token),
    refreshToken: String(body.refresh_token),
    grantId: String(body.grant_id),
  };
}
