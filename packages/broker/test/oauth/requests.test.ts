// Hostile and careless authorization requests: nothing is redirected to an address that was not registered, nothing is issued without
// PKCE, and what is asked for is read strictly.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import * as flow from './flow.ts';

let broker: TestBroker;
let app: flow.TestClient;
let confidential: flow.TestClient;
let native: flow.TestClient;
beforeAll(async () => {
  broker = await startBroker();
  await broker.addKey('own_ada', 'openai');
  app = await flow.registerClient(broker, { redirectUris: ['https://app.test/cb'] });
  confidential = await flow.registerClient(broker, { authMethod: 'client_secret_post' });
  native = await flow.registerClient(broker, {
    redirectUris: ['http://127.0.0.1/cb', 'com.example.app:/cb'],
  });
});
afterAll(() => broker.close());
afterEach(() => expect(broker.errors).toEqual([]));

const open = (client: flow.TestClient, overrides: Record<string, string | undefined>) =>
  flow.openRequest(new Browser(broker.issuer), client, overrides);

const errorAt = (url: string) => new URL(url).searchParams.get('error');

describe('redirect addresses', () => {
  it.each([
    'https://app.test/cb/',
    'https://app.test/cb?x=1',
    'https://app.test/cb#f',
    'https://app.test.evil/cb',
    'https://app.test@evil/cb',
    'http://app.test/cb',
    'https://app.test/CB',
    'https://app.test/c%62',
    'https://app.test/%2e/cb',
    '',
    undefined,
  ])('A19 %s is refused on a page of ours, without a redirect', async (redirect_uri) => {
    const landing = await open(app, { redirect_uri });
    expect(landing.status).toBe(400);
    expect(landing.url.startsWith(broker.issuer)).toBe(true);
    expect(landing.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('a native app may use any loopback port, and nothing but the port may differ', async () => {
    expect((await open(native, { redirect_uri: 'http://127.0.0.1:5123/cb' })).status).toBe(200);
    expect((await open(native, { redirect_uri: 'com.example.app:/cb' })).status).toBe(200);
    for (const redirect_uri of [
      'http://127.0.0.1:5123/other',
      'http://localhost:5123/cb',
      'http://127.0.0.2/cb',
    ]) {
      expect((await open(native, { redirect_uri })).status).toBe(400);
    }
  });
});

describe('PKCE', () => {
  it.each([
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['method plain', { code_challenge_method: 'plain' }],
    ['no method', { code_challenge_method: undefined }],
    ['a challenge of another form', { code_challenge: 'short' }],
  ])('A20 a request with %s is refused for public and confidential clients', async (_name, overrides) => {
    const redirect_uri = flow.REDIRECT;
    for (const [client, own] of [
      [app, {}],
      [confidential, { redirect_uri }],
    ] as const) {
      const landing = await open(client, { redirect_uri: 'https://app.test/cb', ...own, ...overrides });
      expect(errorAt(landing.url)).toBe('invalid_request');
      // A27: the issuer is named on errors, too.
      expect(new URL(landing.url).searchParams.get('iss')).toBe(broker.issuer);
    }
  });
});

describe('what is asked for', () => {
  const details = (change: object) =>
    JSON.stringify([{ type: 'ai_model_access', provider: 'openai', ...change }]);

  it.each([
    ['an unknown member', details({ model: 'x' }), 'authorization_details[0].model'],
    [
      'a wrong amount',
      details({ limits: { daily_spend: -1 } }),
      'authorization_details[0].limits.daily_spend',
    ],
    ['no provider', JSON.stringify([{ type: 'ai_model_access' }]), 'authorization_details[0].provider'],
    [
      'two entries of one provider',
      `[${details({}).slice(1, -1)},${details({ models: ['a'] }).slice(1, -1)}]`,
      'openai',
    ],
  ])('%s is refused, naming the member, pushed and not', async (_name, authorization_details, member) => {
    const params = { redirect_uri: 'https://app.test/cb', authorization_details };
    const landing = await open(app, params);
    expect(errorAt(landing.url)).toBe('invalid_authorization_details');
    expect(new URL(landing.url).searchParams.get('error_description')).toContain(member);
    const pushed = await flow.post(broker, '/par', app, Object.fromEntries(flow.requestParams(app, params)));
    expect([pushed.status, pushed.body.error]).toEqual([400, 'invalid_authorization_details']);
    expect(pushed.body.error_description).toContain(member);
  });

  it.each(['{', '"x"', '[{"type":"payment"}]', '[1]'])(
    'details that read %s are refused',
    async (authorization_details) => {
      const landing = await open(app, { redirect_uri: 'https://app.test/cb', authorization_details });
      expect(errorAt(landing.url)).toBe('invalid_authorization_details');
    },
  );

  it('a request for nothing is refused', async () => {
    const landing = await open(app, {
      redirect_uri: 'https://app.test/cb',
      authorization_details: undefined,
    });
    expect(errorAt(landing.url)).toBe('invalid_request');
  });

  it('scopes ai:provider:model:capability ask for the same as details', async () => {
    const code = await flow.obtainCode(broker, confidential, {
      authorization_details: undefined,
      scope: 'ai:openai:gpt-5-mini:chat',
    });
    const { status, body } = await flow.redeem(broker, { ...confidential, secret: null }, code, {
      client_secret: String(confidential.secret),
    });
    expect(status).toBe(200);
    expect(body.authorization_details).toMatchObject([
      { provider: 'openai', models: ['gpt-5-mini'], capabilities: ['chat'], limits: { monthly_spend: 5 } },
    ]);
  });

  it.each(['https://other.test', 'not a uri'])('a token for the resource %s is refused', async (resource) => {
    expect(errorAt((await open(app, { redirect_uri: 'https://app.test/cb', resource })).url)).toBe(
      'invalid_target',
    );
  });

  it('details at the token endpoint are refused: a token has the rights of its grant', async () => {
    const client = await flow.registerClient(broker);
    const code = await flow.obtainCode(broker, client);
    const { status, body } = await flow.redeem(broker, client, code, { authorization_details: flow.DETAILS });
    expect([status, body.error]).toEqual([400, 'invalid_authorization_details']);
  });

  it('A41 prompt=none never issues anything, whatever was granted before', async () => {
    const client = await flow.registerClient(broker);
    await flow.obtainTokens(broker, client);
    const before = await broker.grants.list('own_ada');
    const browser = new Browser(broker.issuer);
    expect(errorAt((await flow.openRequest(browser, client, { prompt: 'none' })).url)).toBe(
      'consent_required',
    );
    browser.owner = null;
    expect(errorAt((await flow.openRequest(browser, client, { prompt: 'none' })).url)).toBe('login_required');
    expect(await broker.grants.list('own_ada')).toEqual(before);
  });

  it.each(['token', 'id_token', 'code id_token', 'none'])(
    'response_type %s is off',
    async (response_type) => {
      const { url } = await open(app, { redirect_uri: 'https://app.test/cb', response_type });
      expect(url).toMatch(/error=(unsupported_response_type|invalid_request)/);
    },
  );
});

describe('the server', () => {
  it('describes itself for RFC 8414 and RFC 9728 clients, by the configured issuer', async () => {
    const read = async (path: string) =>
      (await fetch(broker.issuer + path, { headers: { 'x-forwarded-host': 'evil.test' } })).json() as Promise<
        Record<string, unknown>
      >;
    const server = await read('/.well-known/oauth-authorization-server');
    expect(server).toMatchObject({
      issuer: broker.issuer,
      authorization_endpoint: `${broker.issuer}/authorize`,
      token_endpoint: `${broker.issuer}/token`,
      pushed_authorization_request_endpoint: `${broker.issuer}/par`,
      introspection_endpoint: `${broker.issuer}/introspect`,
      revocation_endpoint: `${broker.issuer}/revoke`,
      jwks_uri: `${broker.issuer}/jwks`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      grant_types_supported: [
        'authorization_code',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:device_code',
        'urn:openid:params:grant-type:ciba',
        'urn:ietf:params:oauth:grant-type:token-exchange',
      ],
      backchannel_authentication_endpoint: `${broker.issuer}/backchannel`,
      backchannel_token_delivery_modes_supported: ['poll'],
      authorization_details_types_supported: ['ai_model_access', 'llm-inference'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
      grant_management_actions_supported: ['create', 'merge'],
    });
    expect(server.registration_endpoint).toBeUndefined();
    expect(await read('/.well-known/openid-configuration')).toEqual(server);
    expect(await read('/.well-known/oauth-protected-resource')).toMatchObject({
      resource: broker.issuer,
      authorization_servers: [broker.issuer],
    });
  });

  it('publishes no private key', async () => {
    const { keys } = (await (await fetch(`${broker.issuer}/jwks`)).json()) as {
      keys: Record<string, unknown>[];
    };
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
    expect(keys[0]).not.toHaveProperty('d');
  });

  it.each([
    ['SQL in client_id', { client_id: "' OR 1=1--" }],
    ['a NUL in client_id', { client_id: 'a\u0000b' }],
    ['SQL in the code', { code: "'; drop table grants;--" }],
    ['a long code', { code: 'x'.repeat(40_000) }],
    ['__proto__', { __proto__x: 'y', code: '__proto__' }],
  ])('A24 %s is refused without a fault', async (_name, fields) => {
    const { status } = await flow.post(broker, '/token', app, {
      grant_type: 'authorization_code',
      code_verifier: flow.VERIFIER,
      redirect_uri: flow.REDIRECT,
      ...fields,
    } as Record<string, string>);
    expect([400, 401]).toContain(status);
  });
});
