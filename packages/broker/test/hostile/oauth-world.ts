// What an authorization needs in either form of the product: a signed-in owner, registered apps, tokens, and the gate as an app calls it.
// The browser is always at the issuer's own replica; every other step can be sent to any.

import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect } from 'vitest';
import { signedInBrowser } from '../house/authorize-app.ts';
import type { Browser } from '../oauth/browser.ts';
import * as flow from '../oauth/flow.ts';
import { CHAT_TEXT } from './raw-request.ts';
import type { World } from './worlds.ts';

/** Rights that the apps of these cases ask for: two models, one dollar a day, and what may be passed on. */
export const RIGHTS = {
  type: 'ai_model_access',
  provider: 'openai',
  models: ['gpt-4o-mini', 'gpt-4o'],
  capabilities: ['chat'],
  limits: { daily_spend: 1, max_requests: 100, requests_per_minute: 60 },
  delegation: { max_depth: 1 },
};

/** `authorization_details` of `RIGHTS`, changed. */
export const detailsOf = (change: object = {}): string => JSON.stringify([{ ...RIGHTS, ...change }]);

/** Tokens of a grant, as an app holds them. */
export type Tokens = Awaited<ReturnType<typeof flow.obtainTokens>>;

/** A world in which an owner is signed in. */
export interface OauthWorld {
  readonly issuer: string;
  /** A replica, in turn. */
  at(index: number): flow.Listening;
  /** A browser of the owner's, with nothing open. */
  readonly browser: Browser;
  registerApp(input?: object): Promise<flow.TestClient>;
  /** A code for the app, which the owner allowed; the delegation that is asked for is allowed, too. */
  code(client: flow.TestClient, overrides?: Record<string, string | undefined>): Promise<string>;
  tokens(client: flow.TestClient, overrides?: Record<string, string | undefined>): Promise<Tokens>;
  /** Status of a chat through the gate of a replica, with these headers. */
  chat(headers: Readonly<Record<string, string>>, index?: number): Promise<number>;
  grants(): Promise<readonly { readonly id: string; readonly status: string }[]>;
}

/** Signs the owner in, unless `signedIn` is a browser in which one is. */
export const openOauthWorld = async (
  { urls, api }: Pick<World, 'urls' | 'api'>,
  signedIn?: Browser,
): Promise<OauthWorld> => {
  const issuer = urls[0]!;
  const browser = signedIn ?? (await signedInBrowser({ url: issuer }));
  const at = (index: number) => ({ issuer: urls[index % urls.length]! });
  const code: OauthWorld['code'] = async (client, overrides = {}) => {
    const page = await flow.openRequest(browser, client, {
      authorization_details: detailsOf(),
      ...overrides,
    });
    if (page.status !== 200) throw new Error(`no page to decide on: ${page.status} ${page.text}`);
    const landing = await flow.decide(browser, page, 'allow', { 'p0-delegate': 'on' });
    const given = new URL(landing.url).searchParams.get('code');
    if (given === null) throw new Error(`no code at ${landing.url}: ${landing.text}`);
    return given;
  };
  return {
    issuer,
    at,
    browser,
    async registerApp(input = {}) {
      const app = { name: 'Acme Writer', url: 'https://app.test', redirect_uris: [flow.REDIRECT] };
      const made = await api('POST', '/clients', { ...app, type: 'public', ...input });
      if (made.status !== 201) throw new Error(`not registered: ${JSON.stringify(made.body)}`);
      return { id: made.body.id, secret: made.body.client_secret ?? null };
    },
    code,
    async tokens(client, overrides) {
      const { status, body } = await flow.redeem(at(0), client, await code(client, overrides));
      expect(status).toBe(200);
      const { access_token: accessToken, refresh_token: refreshToken, grant_id: grantId } = body;
      return {
        accessToken: String(accessToken),
        refreshToken: String(refreshToken),
        grantId: String(grantId),
      };
    },
    async chat(headers, index = 0) {
      const response = await fetch(`${at(index).issuer}/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: CHAT_TEXT,
      });
      await response.text();
      return response.status;
    },
    grants: async () => (await api('GET', '/grants')).body.data,
  };
};

/** A key of an app's own. */
export const appKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
export type AppKey = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

/** The public half, as it stands in a proof. */
export const publicJwk = ({ publicKey }: AppKey) => publicKey.export({ format: 'jwk' }) as { kty: string };

/** A DPoP proof for a POST to `url`, with its claims changed. */
export const proofOf = (key: AppKey, url: string, claims: object = {}): Promise<string> =>
  new SignJWT({ htm: 'POST', htu: url, jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: publicJwk(key) })
    .sign(key.privateKey);

/** Does the same 16 times at once; `make` is told which of them it is. */
export const sixteenTimes = <Value>(make: (index: number) => Promise<Value>): Promise<Value[]> =>
  Promise.all(Array.from({ length: 16 }, (_, index) => make(index)));

/** What OAuth answered, each as `status error`, sorted. */
export const outcomes = (answers: readonly flow.JsonAnswer[]): string[] =>
  answers.map(({ status, body }) => `${status} ${body.error ?? 'ok'}`).sort();
