// What may be asked for and how, and what the server says of itself: RFC 8414, RFC 8707, RFC 9126, RFC 9396, RFC 9728, and clients
// identified by a metadata document.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detailsOf, RIGHTS } from '../packages/broker/test/hostile/oauth-world.ts';
import * as flow from '../packages/broker/test/oauth/flow.ts';
import { type Deployment, type Json, openDeployment } from './deployment.ts';

let at: Deployment;
beforeAll(async () => {
  at = await openDeployment();
});
afterAll(() => at.close());

const open = (overrides: Record<string, string | undefined> = {}, client = at.app) =>
  flow.openRequest(at.browser, client, { authorization_details: detailsOf(), ...overrides });
const errorAt = (url: string) => new URL(url).searchParams.get('error');
const read = async (path: string) => {
  const answer = await fetch(at.issuer + path);
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    body: (await answer.json()) as Json,
  };
};
const push = (overrides: Record<string, string | undefined> = {}, client = at.app) => {
  const params = flow.requestParams(client, { authorization_details: detailsOf(), ...overrides });
  return at.post('/par', Object.fromEntries(params), client);
};
const openPushed = (request_uri: unknown, client = at.app, more: Record<string, string> = {}) =>
  at.browser.open(
    `/authorize?${new URLSearchParams({ client_id: client.id, request_uri: String(request_uri), ...more })}`,
  );

describe('RFC 8414', () => {
  it('RFC 8414 3.3 the issuer in the metadata is the address they were asked at', async () => {
    const { status, type, body } = await read('/.well-known/oauth-authorization-server');
    expect([status, body.issuer]).toEqual([200, at.issuer]);
    expect(type).toMatch(/^application\/json/);
  });

  it('RFC 8414 2 the members that a client needs are there, and every endpoint is below the issuer', () => {
    expect(at.metadata).toMatchObject({
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: expect.arrayContaining(['authorization_code', 'refresh_token']),
      token_endpoint_auth_methods_supported: expect.arrayContaining(['none', 'private_key_jwt']),
    });
    const endpoints = Object.entries(at.metadata).filter(([name]) => /_(endpoint|uri)$/.test(name));
    expect(endpoints.length).toBeGreaterThanOrEqual(6);
    for (const [, address] of endpoints) expect(String(address).startsWith(`${at.issuer}/`)).toBe(true);
  });

  it('RFC 8414 2 no algorithm none, and no shared secret as an algorithm', () => {
    const listed = at.metadata.token_endpoint_auth_signing_alg_values_supported as string[];
    expect(listed.filter((alg) => alg === 'none' || alg.startsWith('HS'))).toEqual([]);
  });

  it('RFC 8414 3 a page of any origin may read them', async () => {
    const headers = { origin: 'https://app.test' };
    const answer = await fetch(`${at.issuer}/.well-known/oauth-authorization-server`, { headers });
    expect(answer.headers.get('access-control-allow-origin')).toMatch(/^(\*|https:\/\/app\.test)$/);
  });
});

describe('RFC 9728', () => {
  it('RFC 9728 3.3 the resource in the metadata is the address they were asked at', async () => {
    const { status, body } = await read('/.well-known/oauth-protected-resource');
    expect([status, body.resource, body.authorization_servers]).toEqual([200, at.issuer, [at.issuer]]);
  });

  it('RFC 9728 2 tokens are taken from the header alone', async () => {
    const { body } = await read('/.well-known/oauth-protected-resource');
    expect(body.bearer_methods_supported).toEqual(['header']);
  });

  it.each(['/grants/self', '/v1/models', '/openai/v1/models'])(
    'RFC 9728 5.1 the challenge of %s names where the metadata are',
    async (path) => {
      const { status, headers } = await fetch(at.issuer + path);
      const named = `resource_metadata="${at.issuer}/.well-known/oauth-protected-resource"`;
      expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining(named)]);
    },
  );
});

describe('RFC 9126', () => {
  it('RFC 9126 2.2 a pushed request is answered 201 with a request_uri and its lifetime', async () => {
    const { status, body, headers } = await push();
    expect([status, body]).toEqual([
      201,
      {
        request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:/),
        expires_in: expect.any(Number),
      },
    ]);
    expect(headers.get('cache-control')).toContain('no-store');
  });

  it('RFC 9126 2.2 two requests have two request_uris that cannot be guessed', async () => {
    const [one, two] = [String((await push()).body.request_uri), String((await push()).body.request_uri)];
    expect(one).not.toBe(two);
    expect(one.split(':').at(-1)!.length).toBeGreaterThanOrEqual(22);
  });

  it('RFC 9126 4 it is opened by its request_uri', async () => {
    expect((await openPushed((await push()).body.request_uri)).status).toBe(200);
  });

  it('RFC 9126 4 parameters beside the request_uri change nothing', async () => {
    const { body } = await push({ state: 'pushed' });
    const page = await openPushed(body.request_uri, at.app, {
      state: 'changed',
      redirect_uri: 'https://evil.test/',
    });
    const { url } = await flow.decide(at.browser, page, 'deny');
    expect(url.startsWith(flow.REDIRECT)).toBe(true);
    expect(new URL(url).searchParams.get('state')).toBe('pushed');
  });

  it('RFC 9126 4 a request_uri is decided on once', async () => {
    const { request_uri } = (await push()).body;
    await flow.decide(at.browser, await openPushed(request_uri), 'deny');
    const again = await openPushed(request_uri);
    const landing = again.status === 200 ? await flow.decide(at.browser, again, 'allow') : again;
    expect(landing.status).toBeGreaterThanOrEqual(400);
    expect(landing.url).not.toContain('code=');
  });

  it('RFC 9126 4 a request_uri is bound to its client', async () => {
    const other = await at.registerApp();
    const landing = await openPushed((await push()).body.request_uri, other);
    expect(landing.status === 400 || landing.url.includes('error=')).toBe(true);
  });

  it('RFC 9126 4 a request_uri that was never given is refused', async () => {
    const landing = await openPushed('urn:ietf:params:oauth:request_uri:none');
    expect(landing.status === 400 || landing.url.includes('error=')).toBe(true);
  });

  it('RFC 9126 2.1 a request_uri cannot be pushed', async () => {
    const answer = await push({ request_uri: 'urn:ietf:params:oauth:request_uri:x' });
    expect(answer.status).toBe(400);
  });

  it('RFC 9126 2.1 a confidential client proves itself as at the token endpoint', async () => {
    expect((await push({}, at.confidential)).status).toBe(201);
    const wrong = await push({}, { id: at.confidential.id, secret: 'wrong' });
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['an unregistered redirect URI', { redirect_uri: 'https://evil.test/cb' }],
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['details that are no JSON', { authorization_details: '{' }],
  ])('RFC 9126 2.3 a request with %s is refused when it is pushed', async (_name, change) => {
    expect((await push(change)).status).toBe(400);
  });
});

describe('RFC 9396', () => {
  it('RFC 9396 10 the types are in the metadata of the server', () => {
    expect(at.metadata.authorization_details_types_supported).toEqual(['ai_model_access', 'llm-inference']);
  });

  it.each([
    ['no array', '{}'],
    ['no JSON', '{'],
    ['an entry without a type', '[{}]'],
    ['an unknown type', '[{"type":"payment_initiation"}]'],
    ['an unknown member', detailsOf({ unknown: 1 })],
    ['a member of the wrong type', detailsOf({ models: 'gpt-4o-mini' })],
    ['a value that is not allowed', detailsOf({ limits: { daily_spend: -1 } })],
    ['a required member missing', detailsOf({ provider: undefined })],
  ])('RFC 9396 5 details with %s are invalid_authorization_details', async (_name, authorization_details) => {
    expect(errorAt((await open({ authorization_details })).url)).toBe('invalid_authorization_details');
    expect((await push({ authorization_details })).body.error).toBe('invalid_authorization_details');
  });

  it('RFC 9396 7 the token response says what was granted', async () => {
    const server = { issuer: at.issuer };
    const { body } = await flow.redeem(server, at.app, await at.code(at.app));
    expect(body.authorization_details).toMatchObject([
      { type: RIGHTS.type, provider: RIGHTS.provider, models: RIGHTS.models },
    ]);
  });

  it('RFC 9396 9.2 introspection says what the token may now', async () => {
    const { accessToken } = await at.tokens(at.confidential);
    const { body } = await at.post('/introspect', { token: accessToken }, at.confidential);
    expect(body.authorization_details).toMatchObject([{ type: RIGHTS.type, limits: { daily_spend: 1 } }]);
  });

  it('RFC 9396 6 details at the token endpoint do not widen a grant', async () => {
    const code = await at.code(at.app);
    const wider = { authorization_details: detailsOf({ models: ['gpt-5'] }) };
    const answer = await flow.redeem({ issuer: at.issuer }, at.app, code, wider);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_authorization_details']);
  });
});

describe('RFC 8707', () => {
  it('RFC 8707 2 a token for this resource has it as its audience', async () => {
    const { accessToken } = await at.tokens(at.app, { resource: `${at.issuer}/openai/v1` });
    expect((await at.self({ authorization: `Bearer ${accessToken}` })).status).toBe(200);
  });

  it.each(['https://other.test', 'not a uri', '/relative'])(
    'RFC 8707 2 the resource %s is answered invalid_target',
    async (resource) => {
      expect(errorAt((await open({ resource })).url)).toBe('invalid_target');
    },
  );

  it('RFC 8707 2.2 another resource at the token endpoint is answered invalid_target', async () => {
    const code = await at.code(at.app);
    const answer = await flow.redeem({ issuer: at.issuer }, at.app, code, { resource: 'https://other.test' });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_target']);
  });
});

describe('client ID metadata documents', () => {
  it('CIMD 5 the metadata say that they are taken', () => {
    expect(at.metadata.client_id_metadata_document_supported).toBe(true);
  });

  it.each([
    ['http', 'http://writer.test/client.json'],
    ['a fragment', 'https://writer.test/client.json#x'],
    ['a user', 'https://user:pw@writer.test/client.json'],
    ['dot segments', 'https://writer.test/../client.json'],
    ['no path', 'https://writer.test'],
  ])('CIMD 3 a client id with %s is refused', async (_name, id) => {
    const landing = await open({}, { id, secret: null });
    expect([landing.status, new URL(landing.url).origin]).toEqual([400, at.issuer]);
  });

  it.each(['https://127.0.0.1/c.json', 'https://localhost/c.json', 'https://169.254.169.254/c.json'])(
    'CIMD 6.5 %s is an address of the inside and is not fetched',
    async (id) => {
      const landing = await open({}, { id, secret: null });
      expect([landing.status, new URL(landing.url).origin]).toEqual([400, at.issuer]);
    },
  );
});
