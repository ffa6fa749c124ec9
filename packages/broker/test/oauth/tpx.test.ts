// Requests in the type of TPX v0.2: put into our type as they come in, so that the page, the grant and the tokens know one type alone.

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser, type Landing } from './browser.ts';
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

type Fields = Readonly<Record<string, string>>;

/** Each way to ask: the page that the owner gets. */
const WAYS: Readonly<Record<string, (browser: Browser, fields: Fields) => Promise<Landing>>> = {
  'in the browser': (browser, fields) => flow.openRequest(browser, app, fields),
  'pushed before': async (browser, fields) => {
    const params = Object.fromEntries(flow.requestParams(app, fields));
    const { body } = await flow.post(broker, '/par', app, params);
    const query = { client_id: app.id, request_uri: String(body.request_uri) };
    return browser.open(`/authorize?${new URLSearchParams(query)}`);
  },
  'on a device': async (browser, fields) => {
    const { body } = await flow.post(broker, '/device_authorization', app, fields);
    return browser.open(String(await broker.oauth.deviceCodes.pathOf('own_ada', String(body.user_code))));
  },
};

it.each(Object.entries(WAYS))(
  'TPX: a grant that was asked for %s remembers its words, and no other does, whatever its app sends',
  async (_, open) => {
    const grantFor = async (fields: Fields) => {
      const before = (await broker.grants.list('own_ada')).map(({ id }) => id);
      const browser = new Browser(broker.issuer);
      await flow.decide(browser, await open(browser, fields), 'allow');
      const [made] = (await broker.grants.list('own_ada')).filter(({ id }) => !before.includes(id));
      return broker.grants.live(made?.id ?? '');
    };
    expect((await grantFor({ authorization_details: ASKED }))?.tellsCredits).toBe(true);
    const others = { authorization_details: flow.DETAILS, asked_in: 'tpx' };
    expect((await grantFor(others))?.tellsCredits).toBe(false);
  },
);

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
