// The database goes away, or falls silent, under every surface of the product: each says 503 in its own format and when to try again,
// names no host, and goes on by itself. What needs nothing of the database goes on meanwhile.

import { randomBytes } from 'node:crypto';
import { type FaultProxy, startFaultProxy, type WireFault } from '@valetkey/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemAmbient } from '../../src/clock.ts';
import { newKeyToken } from '../../src/grants/key-token.ts';
import { type Browser, formFields } from '../oauth/browser.ts';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.ts';
import { type AuthorizedApp, authorizeApp, signedInBrowser } from './authorize-app.ts';
import { type House, OWNER, signIn, startHouse } from './start-house.ts';

const DETAILS = { provider: 'openai', limits: { daily_spend: 1 } };
const CHAT = JSON.stringify({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'hello' }],
  max_tokens: 10,
});
let server: PostgresServer;
let proxy: FaultProxy;
let house: House;
let app: AuthorizedApp;
let session: string;
let browser: Browser;
let grantId: string;
let keyToken: string;

beforeAll(async () => {
  server = await startPostgres();
  proxy = await startFaultProxy(server.port);
  const database = new URL(await server.createDatabase());
  database.port = String(proxy.port);
  house = await startHouse({
    env: { VALETKEY_DATABASE_URL: database.href, VALETKEY_MASTER_KEY: randomBytes(32).toString('base64') },
  });
  app = await authorizeApp(house, [DETAILS]);
  session = await signIn(house.url);
  browser = await signedInBrowser(house);
  ({ id: grantId, token: keyToken } = await house.grant({ ...DETAILS, models: ['gpt-4o-mini'] }));
});
afterEach(() => recover());
afterAll(async () => {
  await house?.close();
  await proxy?.close();
  await server.stop();
});

const healthy = async (): Promise<number> => (await fetch(`${house.url}/healthz`)).status;

const recover = async (): Promise<void> => {
  proxy.setFault(undefined);
  proxy.resetAll();
  await expect.poll(healthy, { timeout: 60_000 }).toBe(200);
};

const breakDown = (fault: WireFault): void => {
  proxy.setFault(fault);
  if (fault.kind === 'reset') proxy.resetAll();
};

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(house.url + path, { redirect: 'manual', ...init });

const owner = (method: string, path: string, body?: object): Promise<Response> =>
  ask(`/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });

const form = (path: string, fields: Record<string, string>): Promise<Response> =>
  ask(path, { method: 'POST', body: new URLSearchParams(fields) });

const gate = (path: string, token: string): Promise<Response> =>
  ask(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: CHAT,
  });

/** A token that only the database can tell whose it is. */
const unread = (): string => newKeyToken(systemAmbient);

/** What programs ask, and the members by which each surface says that it is not available. */
const PROGRAMS: readonly (readonly [string, () => Promise<Response>, object])[] = [
  ['API, a read', () => owner('GET', '/grants'), { error: { code: 'unavailable' } }],
  [
    'API, a write',
    () => owner('POST', '/provider-keys', { provider: 'openai', key: 'sk-test-0123456789abcdef' }),
    { error: { code: 'unavailable' } },
  ],
  ['API, a revocation', () => owner('POST', `/grants/${grantId}/revoke`), { error: { code: 'unavailable' } }],
  [
    '/token',
    () =>
      form('/token', {
        grant_type: 'refresh_token',
        refresh_token: app.refreshToken,
        client_id: app.clientId,
      }),
    { error: 'temporarily_unavailable' },
  ],
  ['/par', () => form('/par', { client_id: app.clientId }), { error: 'temporarily_unavailable' }],
  [
    '/introspect',
    () => form('/introspect', { token: app.accessToken, client_id: app.clientId }),
    { error: 'temporarily_unavailable' },
  ],
  [
    '/revoke',
    () => form('/revoke', { token: app.accessToken, client_id: app.clientId }),
    { error: 'temporarily_unavailable' },
  ],
  [
    'an end of its grant by the app',
    () =>
      ask(`/grants/${app.grantId}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${app.accessToken}` },
      }),
    { error: 'temporarily_unavailable' },
  ],
  [
    'sign-in of the command line',
    () =>
      ask('/api/auth/sign-in/email', {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: house.url },
        body: JSON.stringify(OWNER),
      }),
    { message: expect.stringContaining('database') },
  ],
  [
    'a session',
    () => ask('/api/auth/list-sessions', { headers: { authorization: `Bearer ${session}` } }),
    { message: expect.stringContaining('database') },
  ],
  ['gate, OpenAI', () => gate('/openai/v1/chat/completions', unread()), { error: { code: 'unavailable' } }],
  [
    'gate, Anthropic',
    () => gate('/anthropic/v1/messages', unread()),
    { type: 'error', error: { message: expect.any(String) } },
  ],
  [
    'gate, Google',
    () => gate('/google/v1beta/models/gemini-2.5-flash:generateContent', unread()),
    { error: { code: 503 } },
  ],
];

const expectUnavailable = ({ status, headers }: Response, text: string): void => {
  expect([status, text]).toEqual([503, text]);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  const everything = (text + JSON.stringify([...headers])).replace(/connect-src|"connection"/g, '');
  for (const secret of [String(proxy.port), 'ECONN', 'postgres', 'terminated', 'connect'])
    expect(everything).not.toContain(secret);
};

const FAULTS: readonly (readonly [string, WireFault])[] = [
  ['gone', { kind: 'reset' }],
  ['silent', { kind: 'stall' }],
];

describe.each(FAULTS)('while the database is %s', (_name, fault) => {
  it('programs are answered 503 in the format of what they asked, with the time to try again', async () => {
    breakDown(fault);
    const answers = await Promise.all(PROGRAMS.map(([, call]) => call()));
    for (const [at, answer] of answers.entries()) {
      const [name, , members] = PROGRAMS[at]!;
      const text = await answer.text();
      expectUnavailable(answer, text);
      expect({ name, ...JSON.parse(text) }).toMatchObject({ name, ...members });
    }
  }, 120_000);

  it('people get a page that says so, and no decision is taken for made', async () => {
    const asked = await form('/par', {
      client_id: app.clientId,
      response_type: 'code',
      redirect_uri: 'https://app.test/callback',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      authorization_details: JSON.stringify([{ type: 'ai_model_access', ...DETAILS }]),
    });
    const { request_uri } = (await asked.json()) as { request_uri: string };
    const address = `/authorize?${new URLSearchParams({ client_id: app.clientId, request_uri })}`;
    const page = await browser.open(address);
    const decision = formFields(page.text);
    decision.set('decision', 'allow');
    const before = (await house.api('GET', '/grants')).body.data.length;
    breakDown(fault);
    const landings = await Promise.all([
      browser.submit(page.url, decision),
      browser.open(address),
      browser.open('/sign-in'),
      browser.open('/settings/passkeys'),
      browser.submit('/sign-in', new URLSearchParams(OWNER)),
      browser.submit('/sign-out', new URLSearchParams()),
    ]);
    for (const { status, headers, text } of landings) {
      expectUnavailable({ status, headers } as Response, text);
      expect(headers.get('content-type')).toContain('text/html');
    }
    await recover();
    expect((await house.api('GET', '/grants')).body.data.length).toBe(before);
    expect((await browser.open('/settings/passkeys')).status).toBe(200);
  }, 120_000);

  it('nothing is forwarded, and calls are served again afterwards', async () => {
    const before = house.simulators.openai.counters().requests;
    breakDown(fault);
    const answer = await gate('/openai/v1/chat/completions', keyToken);
    expectUnavailable(answer, await answer.text());
    expect(house.simulators.openai.counters().requests).toBe(before);
    await recover();
    expect((await gate('/openai/v1/chat/completions', keyToken)).status).toBe(200);
    expect((await gate('/openai/v1/chat/completions', app.accessToken)).status).toBe(200);
  }, 120_000);
});
