import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser, formFields } from './browser.ts';

const REDIRECT = 'https://app.test/callback';
const DETAILS = [
  {
    type: 'ai_model_access',
    provider: 'openai',
    models: ['gpt-5-mini', 'gpt-5-nano'],
    capabilities: ['chat'],
    limits: { daily_spend: 5, requests_per_minute: 60 },
    reason: 'Summaries in your notebook',
  },
];

let broker: TestBroker;
beforeAll(async () => {
  broker = await startBroker();
  await broker.addKey('own_ada', 'openai');
});
afterAll(() => broker.close());

const register = async (
  authMethod: 'none' | 'client_secret_basic' | 'client_secret_post',
  dpopBound = false,
) => {
  const made = await broker.oauth.clients.register('own_ada', {
    name: 'Acme Writer',
    url: 'https://app.test',
    redirectUris: [REDIRECT],
    authMethod,
    dpopBound,
  });
  if (!made.ok) throw new Error(made.error.detail);
  const { client: registered, clientSecret } = made.value;
  return client.discovery(
    new URL(broker.issuer),
    registered.id,
    { ...(clientSecret !== null && { client_secret: clientSecret }), token_endpoint_auth_method: authMethod },
    clientSecret === null
      ? client.None()
      : authMethod === 'client_secret_post'
        ? client.ClientSecretPost(clientSecret)
        : client.ClientSecretBasic(clientSecret),
    { execute: [client.allowInsecureRequests], algorithm: 'oauth2' },
  );
};

describe('the authorization code flow with openid-client', () => {
  it.each(['none', 'client_secret_basic', 'client_secret_post'] as const)(
    'completes PAR, PKCE, code, refresh, introspection and revocation for a client with %s',
    async (authMethod) => {
      const config = await register(authMethod);
      const verifier = client.randomPKCECodeVerifier();
      const url = await client.buildAuthorizationUrlWithPAR(config, {
        redirect_uri: REDIRECT,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        authorization_details: JSON.stringify(DETAILS),
        state: 'some-state',
      });
      const browser = new Browser(broker.issuer);
      const page = await browser.open(url.href);
      expect(page.status).toBe(200);
      expect(page.text).toContain('Allow up to $5/day');
      const fields = formFields(page.text);
      fields.set('p0-usd-day', '3');
      fields.set('decision', 'allow');
      const landing = await browser.submit(page.url, fields);
      expect(landing.url).toContain(`${REDIRECT}?code=`);
      expect(broker.errors).toEqual([]);

      const tokens = await client.authorizationCodeGrant(config, new URL(landing.url), {
        pkceCodeVerifier: verifier,
        expectedState: 'some-state',
      });
      expect(tokens.authorization_details).toMatchObject([
        { type: 'ai_model_access', provider: 'openai', limits: { daily_spend: 3, requests_per_minute: 60 } },
      ]);
      expect(tokens.grant_id).toMatch(/^gr_/);
      const verified = await broker.oauth.verifyAccessToken(tokens.access_token);
      expect(verified).toMatchObject({ ok: true, value: { grantId: tokens.grant_id } });

      const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token!);
      expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
      expect(refreshed.grant_id).toBe(tokens.grant_id);

      const told = await client.tokenIntrospection(config, refreshed.access_token);
      expect(told).toMatchObject({
        active: true,
        grant_id: tokens.grant_id,
        budget_remaining: 3,
        budget_used: 0,
      });

      await client.tokenRevocation(config, refreshed.access_token);
      expect(await client.tokenIntrospection(config, refreshed.access_token)).toEqual({ active: false });
      expect((await client.tokenIntrospection(config, tokens.access_token)).active).toBe(true);
      await client.tokenRevocation(config, refreshed.refresh_token!);
      expect(await client.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
      expect((await broker.grants.live(String(tokens.grant_id)))?.grant.status).toBe('revoked');
    },
  );
});
