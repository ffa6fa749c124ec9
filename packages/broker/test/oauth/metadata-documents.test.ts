// Clients that are identified by a metadata document (CIMD), and the MCP SDK's OAuth client, which identifies itself so.

import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import * as flow from './flow.ts';

const CLIENT_ID = 'https://writer.test/client.json';
const DOCUMENT = {
  client_id: CLIENT_ID,
  client_name: 'Writer',
  redirect_uris: [flow.REDIRECT],
  token_endpoint_auth_method: 'none',
};

let broker: TestBroker;
let answer: () => Response | Promise<Response>;
let fetches: string[] = [];
beforeAll(async () => {
  broker = await startBroker({
    documentFetch: async (url) => {
      fetches.push(String(url));
      return answer();
    },
  });
  await broker.addKey('own_ada', 'openai');
});
afterAll(() => broker.close());
afterEach(() => {
  fetches = [];
  expect(broker.errors).toEqual([]);
});

const json = (value: unknown) =>
  new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json' } });

describe('clients with a metadata document', () => {
  it('are shown with the host of their document and can complete the flow', async () => {
    answer = () => json(DOCUMENT);
    const client = { id: CLIENT_ID, secret: null };
    const browser = new Browser(broker.issuer);
    const page = await flow.openRequest(browser, client);
    expect(page.text).toContain('Identified by its own address, writer.test.');
    const landing = await flow.decide(browser, page, 'allow');
    const code = new URL(landing.url).searchParams.get('code') ?? '';
    const { status, body } = await flow.redeem(broker, client, code);
    expect(status).toBe(200);
    expect((await broker.grants.live(String(body.grant_id)))?.grant).toMatchObject({
      name: 'Writer',
      clientId: CLIENT_ID,
    });
    expect(await broker.oauth.clients.find(CLIENT_ID)).toMatchObject({ ownerId: null });
    expect(fetches).toEqual([CLIENT_ID]);
  });

  const refused: [string, () => Response][] = [
    ['of another client', () => json({ ...DOCUMENT, client_id: 'https://other.test/c.json' })],
    ['that is no JSON', () => new Response('{')],
    ['of more than 5 KB', () => json({ ...DOCUMENT, client_name: 'x'.repeat(6000) })],
    [
      'with a custom scheme that anybody could take',
      () => json({ ...DOCUMENT, redirect_uris: [flow.REDIRECT, 'myapp:/cb'] }),
    ],
    ['that redirects', () => new Response(null, { status: 302, headers: { location: 'http://127.0.0.1' } })],
    ['with a secret', () => json({ ...DOCUMENT, client_secret: 'x' })],
    [
      'with a javascript: address',
      () => json({ ...DOCUMENT, redirect_uris: [flow.REDIRECT, 'javascript:alert(1)'] }),
    ],
    [
      'with a public http address',
      () => json({ ...DOCUMENT, redirect_uris: [flow.REDIRECT, 'http://writer.test/cb'] }),
    ],
    [
      'that can not be fetched',
      () => {
        throw new Error('refused');
      },
    ],
  ];
  it.each(refused)('A40 a document %s is refused on a page of ours', async (name, make) => {
    const id = `https://writer.test/${encodeURIComponent(name)}.json`;
    answer = async () => {
      const response = make();
      const text = await response.text();
      return new Response(text.replace(CLIENT_ID, id), {
        status: response.status,
        headers: response.headers,
      });
    };
    const landing = await flow.openRequest(new Browser(broker.issuer), { id, secret: null });
    expect(landing.status).toBe(400);
    expect(landing.url.startsWith(broker.issuer)).toBe(true);
  });

  it.each([
    'http://writer.test/c.json',
    'https://user@writer.test/c.json',
    'https://writer.test/c.json#x',
    'https://writer.test/../c.json',
  ])('A40 %s is never fetched', async (id) => {
    answer = () => json(DOCUMENT);
    const landing = await flow.openRequest(new Browser(broker.issuer), { id, secret: null });
    expect(landing.status).toBe(400);
    expect(fetches).toEqual([]);
  });
});

describe('the address of a metadata document', () => {
  const addressOf = (characters: number) => 'https://writer.test/'.padEnd(characters, 'x');

  it('is taken up to 512 characters; a longer one is never fetched, and told how long it may be', async () => {
    const [longest, tooLong] = [addressOf(512), addressOf(513)];
    answer = () => json({ ...DOCUMENT, client_id: longest });
    const open = (id: string) => flow.openRequest(new Browser(broker.issuer), { id, secret: null });
    expect((await open(longest)).text).toContain('Identified by its own address, writer.test.');
    fetches = [];
    const refused = await open(tooLong);
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining('client_id must have at most 512 characters'),
    ]);
    const pushed = await flow.post(broker, '/par', { id: tooLong, secret: null }, {});
    expect([pushed.status, pushed.body.error]).toEqual([400, 'invalid_request']);
    expect(fetches).toEqual([]);
  });
});

describe('the MCP SDK', () => {
  it('discovers, authorizes and gets tokens', async () => {
    const redirectUrl = 'http://127.0.0.1:7777/callback';
    const clientMetadataUrl = 'https://writer.test/mcp.json';
    answer = () =>
      json({
        client_id: clientMetadataUrl,
        client_name: 'MCP client',
        redirect_uris: [redirectUrl],
        token_endpoint_auth_method: 'none',
      });
    const saved: Record<string, unknown> = {};
    const provider: OAuthClientProvider = {
      redirectUrl,
      clientMetadataUrl,
      clientMetadata: {
        client_name: 'MCP client',
        redirect_uris: [redirectUrl],
        token_endpoint_auth_method: 'none',
      },
      clientInformation: () => saved.client as never,
      saveClientInformation: (client) => void Object.assign(saved, { client }),
      tokens: () => saved.tokens as never,
      saveTokens: (tokens) => void Object.assign(saved, { tokens }),
      redirectToAuthorization: (url) => void Object.assign(saved, { url }),
      saveCodeVerifier: (verifier) => void Object.assign(saved, { verifier }),
      codeVerifier: () => String(saved.verifier),
      state: () => 'st',
    };
    const options = { serverUrl: broker.issuer, scope: 'ai:openai:gpt-5-mini:chat' };
    expect(await auth(provider, options)).toBe('REDIRECT');
    const browser = new Browser(broker.issuer);
    const page = await browser.open(String(saved.url));
    expect(page.text).toContain('a program on this computer');
    const landing = await flow.decide(browser, page, 'allow');
    const authorizationCode = new URL(landing.url).searchParams.get('code') ?? '';
    const iss = new URL(landing.url).searchParams.get('iss') ?? undefined;
    expect(await auth(provider, { ...options, authorizationCode, ...(iss && { iss }) })).toBe('AUTHORIZED');
    const { access_token: token } = saved.tokens as { access_token: string };
    expect((await broker.oauth.verifyAccessToken(token)).ok).toBe(true);
    expect(await auth(provider, options)).toBe('AUTHORIZED');
  });
});
