// The example as its README tells it: two people connect their AI, the server writes with it, one disconnects; a restart forgets nobody, and agents show
// receipts. With a broker of its own.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainError, valetkeyApp } from '@valetkey/sdk';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Broker, startBroker } from '../agents/broker.ts';
import { type Owner, signIn } from '../agents/owner.ts';
import { fileStore } from './file-store.ts';
import { createServer } from './server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

const ORIGIN = 'https://haiku.test';
let home: string;
let broker: Broker;
let owner: Owner;
let client: { readonly id: string; readonly client_secret: string };
let server: FastifyInstance;

const start = (): FastifyInstance =>
  createServer({
    origin: ORIGIN,
    broker: broker.url,
    clientId: client.id,
    auth: { secret: client.client_secret },
    store: fileStore(join(home, 'connections')),
  });
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'valetkey-example-test-'));
  broker = await startBroker(home);
  owner = await signIn(broker.url, broker.owner);
  client = await owner.api('POST', '/clients', {
    name: 'Haiku server',
    redirect_uris: [`${ORIGIN}/callback`],
    type: 'confidential',
  });
  server = start();
});
afterAll(async () => {
  await Promise.all([server?.close(), broker?.close()]);
  rmSync(home, { recursive: true, force: true });
});

/** A browser of the server with its own cookie. */
const visitor = () => {
  let cookie = '';
  const ask = async (method: 'GET' | 'POST', url: string, body = '', origin = ORIGIN) => {
    const headers = {
      cookie,
      ...(method === 'POST' && { origin, 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const answer = await server.inject({ method, url, headers, ...(method === 'POST' && { payload: body }) });
    cookie = String(answer.headers['set-cookie'] ?? cookie).split(';', 1)[0] ?? '';
    return { status: answer.statusCode, location: String(answer.headers.location), text: answer.body };
  };
  const connect = async () => {
    const landing = await owner.allow((await ask('POST', '/connect')).location);
    return { landing, answer: await ask('GET', landing.pathname + landing.search) };
  };
  return { ask, connect };
};

it('connects people one by one, writes with their AI, and forgets nobody in a restart', async () => {
  const [ada, bob] = [visitor(), visitor()];
  expect((await ada.ask('GET', '/')).text).toContain('Connect your AI');
  expect((await ada.connect()).answer).toMatchObject({ status: 303, location: '/' });
  expect((await ada.ask('GET', '/')).text).toContain('Left: $0.5.');
  expect((await ada.ask('POST', '/ask', 'about=%3Cb%3Evalets')).text).toContain('This is a simulated answer');
  expect((await bob.ask('GET', '/')).text).toContain('Connect your AI');
  await bob.connect();
  await server.close();
  server = start();
  await expect.poll(async () => (await ada.ask('GET', '/')).text).toMatch(/Left: \$0\.49\d+\./);
  await ada.ask('POST', '/disconnect');
  expect((await ada.ask('GET', '/')).text).toContain('Connect your AI');
  expect((await bob.ask('GET', '/')).text).toContain('Your AI is connected');
  const folder = join(home, 'connections');
  expect(readdirSync(folder)).toHaveLength(1);
  expect(statSync(join(folder, readdirSync(folder)[0]!)).mode & 0o077).toBe(0);
});

it('lets its form lead to the broker: Chromium counts a redirect as where a form goes', async () => {
  const { headers } = await server.inject({ method: 'GET', url: '/' });
  expect(headers['content-security-policy']).toContain(`form-action 'self' ${new URL(broker.url).origin};`);
});

it('finishes for nobody what somebody else began, and takes no form of another site', async () => {
  const [ada, eve] = [visitor(), visitor()];
  const landing = await owner.allow((await ada.ask('POST', '/connect')).location);
  const stolen = await eve.ask('GET', landing.pathname + landing.search);
  expect([stolen.status, stolen.text]).toEqual([400, expect.stringContaining('belongs to no request')]);
  expect((await ada.ask('GET', landing.pathname + landing.search)).status).toBe(303);
  expect((await ada.ask('POST', '/disconnect', '', 'https://evil.test')).status).toBe(403);
  expect((await ada.ask('GET', '/')).text).toContain('Your AI is connected');
});

it('tells what the broker refuses, in its words', async () => {
  const ada = visitor();
  await ada.connect();
  const [newest] = (await owner.api<{ data: { id: string }[] }>('GET', '/grants')).data;
  await owner.api('POST', `/grants/${newest?.id}/revoke`, {});
  const refused = await ada.ask('POST', '/ask', 'about=x');
  expect(refused.status).toBe(402);
  expect(refused.text).toMatch(/role="alert">[^<]{20,}/);
});

it('answers agents that show receipts of what they did, and nobody else', async () => {
  const app = valetkeyApp({
    clientId: client.id,
    auth: { secret: client.client_secret },
    redirectUri: `${ORIGIN}/callback`,
  });
  const access = [{ provider: 'sandbox', limits: { daily_spend: 1 } }];
  const { url } = await app.start({ broker: broker.url, access });
  const agent = await app.finish({ url: await owner.allow(url) });
  const called = await agent.fetch(`${agent.baseUrl('openai')}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sandbox-mini', messages: [{ role: 'user', content: 'hello' }] }),
  });
  const receipt = String(called.headers.get('valetkey-receipt'));
  const show = (header: string) =>
    server.inject({ method: 'POST', url: '/evidence', headers: { 'valetkey-receipts': header } });
  expect((await show(receipt)).json()).toMatchObject({ grant: agent.grantId });
  expect((await show('')).statusCode).toBe(403);
  expect(explainError(await agent.revoke())).toBeNull();
});
