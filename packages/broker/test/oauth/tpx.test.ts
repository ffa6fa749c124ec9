// Requests in the type of TPX v0.2: put into our type as they come in, so that the page, the grant and the tokens know one type alone.

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import * as flow from './flow.ts';

let broker: TestBroker;
let app: flow.TestClient;
beforeAll(async () => {
  broker = await startBroker({
    providerOf: (model) =>
      model?.startsWith('gpt') ? 'openai' : model?.startsWith('claude') ? 'anthropic' : null,
  });
  await broker.addKey('own_ada', 'openai');
  app = await flow.registerClient(broker);
});
afterAll(() => broker.close());
afterEach(() => expect(broker.errors).toEqual([]));

const details = (...entries: object[]) =>
  JSON.stringify(entries.map((entry) => ({ type: 'llm-inference', ...entry })));
const ASKED = details({ budget: 100_000, models: ['gpt-5-mini'] });

it('TPX: the budget in credits is one in dollars for good, on the page and in what was granted', async () => {
  const browser = new Browser(broker.issuer);
  const page = await flow.openRequest(browser, app, { authorization_details: ASKED });
  expect(page.text).toContain('$0.10');
  const landing = await flow.decide(browser, page, 'allow');
  const code = new URL(landing.url).searchParams.get('code');
  const { body } = await flow.redeem(broker, app, String(code));
  expect(body.authorization_details).toMatchObject([
    { type: 'ai_model_access', provider: 'openai', models: ['gpt-5-mini'], limits: { total_spend: 0.1 } },
  ]);
});

it('TPX: it is taken where a request is pushed, and from a device', async () => {
  for (const [path, more] of [
    ['/par', flow.requestParams(app)],
    ['/device_authorization', []],
  ] as const) {
    const fields = { ...Object.fromEntries(more), authorization_details: ASKED };
    expect((await flow.post(broker, path, app, fields)).status).toBeLessThan(300);
  }
});

it.each<[string, string]>([
  ['a model that nobody serves', details({ budget: 1, models: ['no-such'] })],
  ['models of two providers', details({ budget: 1, models: ['gpt-5-mini', 'claude-sonnet-4-6'] })],
  ['no model', details({ budget: 1 })],
  ['no budget', details({ models: ['gpt-5-mini'] })],
  ['half a credit', details({ budget: 0.5, models: ['gpt-5-mini'] })],
  ['an unknown member', details({ budget: 1, models: ['gpt-5-mini'], capabilities: ['chat'] })],
  [
    'one provider twice',
    details({ budget: 1, models: ['gpt-5-mini'] }, { budget: 2, models: ['gpt-5-mini'] }),
  ],
  ['what is no object', JSON.stringify([null, { type: 'llm-inference', budget: 1, models: ['gpt-5-mini'] }])],
])('TPX: %s is refused', async (_name, authorization_details) => {
  const params = Object.fromEntries(flow.requestParams(app, { authorization_details }));
  const { status, body } = await flow.post(broker, '/par', app, params);
  expect([status, body.error]).toEqual([400, 'invalid_authorization_details']);
});

it('TPX: a token has the rights of its grant: none are taken with a code', async () => {
  const code = await flow.obtainCode(broker, app);
  const { body } = await flow.redeem(broker, app, code, { authorization_details: ASKED });
  expect(body.error).toBe('invalid_authorization_details');
});
