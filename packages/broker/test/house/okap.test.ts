// A program that speaks OKAP, against the whole product: it asks with what the published text or its Python SDK sends, the owner finds it on a
// page and decides, and the token works in the official SDK at the address it came with until the owner ends it.

import { randomBytes } from 'node:crypto';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Landing } from '../oauth/browser.ts';
import { formFields } from '../oauth/browser.ts';
import { signedInBrowser } from './authorize-app.ts';
import { type House, startHouse } from './start-house.ts';

let house: House;
let browser: Browser;
beforeAll(async () => {
  house = await startHouse({ env: { VALETKEY_OPEN_REQUESTS: 'on' } });
  browser = await signedInBrowser(house);
});
afterAll(() => house?.close());

/** What `OkapClient.request_access` of the Python package okap 0.1.0 to 0.1.2 sends. */
const SDK_BODY = {
  okap: '1.0',
  provider: 'openai',
  models: ['gpt-4o-mini'],
  capabilities: ['chat'],
  limits: { monthly_spend: 10.0, requests_per_minute: 60 },
  reason: 'For AI-powered features',
  app_name: 'Notebook',
  app_url: 'https://notebook.example',
};
/** The example of the published text, section 3.2. */
const TEXT_BODY = {
  okap: '1.0',
  authorization_details: [
    { type: 'ai_model_access', provider: 'openai', models: ['gpt-4o-mini'], limits: { monthly_spend: 10.0 } },
  ],
  client: {
    name: 'Example App',
    url: 'https://app.example.com',
    callback: 'https://app.example.com/callback',
  },
};

const ask = async (path: string, body: object, headers: Record<string, string> = {}) => {
  const answer = await fetch(house.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: OKAP answers in several shapes
  return { status: answer.status, body: (await answer.json()) as any };
};

/** The page of the request that waits under this name, as the owner finds it. */
const findPage = async (name: string): Promise<Landing> => {
  let link: string | undefined;
  await expect
    .poll(
      async () => {
        const { text } = await browser.open('/device');
        link = new RegExp(`<a href="([^"]+)"><bdi>${name}</bdi>`).exec(text)?.[1];
        return link;
      },
      { timeout: 20_000 },
    )
    .toBeDefined();
  return browser.open(String(link));
};

const decide = (page: Landing, decision: 'allow' | 'deny') => {
  const fields = formFields(page.text);
  fields.set('decision', decision);
  return browser.submit(page.url, fields);
};

const chatWith = (apiKey: string, baseURL: string) =>
  new OpenAI({ apiKey, baseURL, maxRetries: 0 }).chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'hello' }],
    max_tokens: 10,
  });

describe('OKAP in the product', () => {
  it('keeps the call of the Python SDK open until the owner allows it, and gives a token that works and ends', async () => {
    const call = ask('/okap/request', SDK_BODY);
    const page = await findPage('Notebook');
    expect(page.text).toContain('Unverified: a program that nobody registered');
    expect((await decide(page, 'allow')).url).toBe(`${house.url}/device?decided=allowed`);
    const { status, body } = await call;
    expect([status, body]).toEqual([
      200,
      {
        okap: '1.0',
        approved: true,
        token: {
          token: expect.stringMatching(/^okap_[0-9A-Za-z]{36}[0-9a-f]{8}$/),
          base_url: `${house.url}/v1/openai`,
          provider: 'openai',
          models: ['gpt-4o-mini'],
          capabilities: ['chat'],
          limits: { monthly_spend: 10, requests_per_minute: 60 },
          expires_at: expect.stringMatching(/^2\d{3}-.*Z$/),
          created_at: expect.stringMatching(/^2\d{3}-.*Z$/),
        },
        error: null,
        error_code: null,
      },
    ]);
    const { token, base_url: baseUrl } = body.token;
    expect((await chatWith(token, baseUrl)).choices).toHaveLength(1);
    const { data } = (await house.api('GET', '/grants')).body;
    expect(data[0].client).toMatchObject({ name: 'Notebook', id: expect.stringMatching(/^program:/) });
    await house.api('POST', `/grants/${data[0].id}/revoke`);
    const refused = await fetch(`${baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect([refused.status, await refused.json()]).toMatchObject([401, { error: { type: 'token_revoked' } }]);
  });

  it('answers the published text and the one before it in their own words', async () => {
    const call = ask('/okap/authorize', TEXT_BODY);
    await decide(await findPage('Example App'), 'allow');
    expect((await call).body).toMatchObject({
      okap: '1.0',
      status: 'granted',
      token: expect.stringMatching(/^okap_/),
      authorization_details: [
        {
          type: 'ai_model_access',
          provider: 'openai',
          limits: { monthly_spend: 10 },
          base_url: `${house.url}/v1/openai`,
          expires: expect.any(String),
        },
      ],
    });
    const { type: _type, ...request } = TEXT_BODY.authorization_details[0]!;
    const older = ask('/okap/authorize', { okap: '1.0', request, client: { name: 'Older App' } });
    await decide(await findPage('Older App'), 'allow');
    const { body } = await older;
    expect(body).toMatchObject({ status: 'granted', limits: { monthly_spend: 10 } });
    expect((await chatWith(body.token, body.base_url)).choices).toHaveLength(1);
  });

  it('tells each that the owner denied it', async () => {
    const [text, sdk] = [
      ask('/okap/authorize', { ...TEXT_BODY, client: { name: 'No One' } }),
      ask('/okap/request', { ...SDK_BODY, app_name: 'No Two' }),
    ];
    for (const name of ['No One', 'No Two']) await decide(await findPage(name), 'deny');
    expect(await text).toMatchObject({ status: 200, body: { status: 'denied', reason: expect.any(String) } });
    expect(await sdk).toMatchObject({
      status: 200,
      body: { approved: false, token: null, error_code: 'user_denied' },
    });
  });

  it('answers AIPassport’s words beside it: what was allowed works at the one address it knows', async () => {
    const scope = {
      provider: 'openai',
      models: ['gpt-4o-mini'],
      capabilities: ['chat'],
      maxBudgetCents: 100,
    };
    const asked = await ask('/grant-requests', {
      appName: 'Passport App',
      appUrl: 'https://passport.example',
      scope,
      reason: 'Chat assistant feature',
    });
    expect(asked.status).toBe(201);
    await decide(await findPage('Passport App'), 'allow');
    const { body } = await ask('/tokens', { grantId: asked.body.grant.id });
    const message = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello!' }], max_tokens: 8 };
    const said = await ask('/proxy/chat', message, { authorization: `Bearer ${body.token}` });
    expect([said.status, said.body.choices.length]).toEqual([200, 1]);
    expect((await ask('/proxy/chat', message)).status).toBe(401);
    const health = await fetch(`${house.url}/health`);
    expect(await health.json()).toMatchObject({ status: 'ok' });
  });

  it('stands in the metadata by which a program finds everything from a host name', async () => {
    const answer = await fetch(`${house.url}/.well-known/oauth-authorization-server`);
    expect(await answer.json()).toMatchObject({
      issuer: house.url,
      okap_authorization_endpoint: `${house.url}/okap/authorize`,
    });
  });

  it('is not there unless the operator turns it on', async () => {
    const quiet = await startHouse();
    const answer = await fetch(`${quiet.url}/okap/request`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(SDK_BODY),
    });
    const page = await (await signedInBrowser(quiet)).open('/device');
    const metadata = await fetch(`${quiet.url}/.well-known/oauth-authorization-server`);
    const isNamed = (await metadata.text()).includes('okap');
    await quiet.close();
    expect([answer.status, page.text.includes('Programs that wait'), isNamed]).toEqual([404, false, false]);
  });

  it('takes a token that nobody made for what it is', async () => {
    const made = `okap_${randomBytes(22).toString('hex')}`;
    await expect(chatWith(made, `${house.url}/v1/openai`)).rejects.toMatchObject({ status: 401 });
  });
});
