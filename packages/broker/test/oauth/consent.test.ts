// The consent page: who may decide, that what was shown is what is stored, and that the page itself can't be turned against its reader.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser, formFields } from './browser.ts';
import * as flow from './flow.ts';

let broker: TestBroker;
let app: flow.TestClient;
beforeAll(async () => {
  broker = await startBroker();
  await broker.addKey('own_ada', 'openai');
  app = await flow.registerClient(broker);
});
afterAll(() => broker.close());
afterEach(() => expect(broker.errors).toEqual([]));

const grantsOfAda = async () => (await broker.grants.list('own_ada')).length;

const start = async (overrides: Record<string, string | undefined> = {}, client = app) => {
  const browser = new Browser(broker.issuer);
  return { browser, page: await flow.openRequest(browser, client, overrides) };
};

const ask = (...entries: object[]) =>
  JSON.stringify(entries.map((entry) => ({ type: 'ai_model_access', provider: 'openai', ...entry })));

describe('the consent page', () => {
  it('says who asks, how much, and that it can be stopped; without script, under 50 KB', async () => {
    const { page } = await start();
    expect(page.status).toBe(200);
    for (const words of [
      '<bdi>Acme Writer</bdi> wants to use your AI and <strong>spend up to $5 a day</strong>',
      'ada@owner.test',
      'Registered here by you today.',
      'Afterwards you go back to app.test.',
      'Not made by Valetkey.',
      'Send text and images to gpt-5-mini and gpt-5-nano',
      '<q><bdi>Summaries in your notebook</bdi></q>',
      'Your key: it stays here',
      'You can stop this at any time in Connected apps.',
      'Allow up to $5/day</button>',
      'Cancel</button>',
    ]) {
      expect(page.text).toContain(words);
    }
    expect(page.text).not.toMatch(/<script|\sstyle=|\son\w+=/);
    expect(page.text.length).toBeLessThan(50_000);
  });

  it('A34 can not be framed, and its form can end only here and at the app', async () => {
    const { page } = await start();
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self' https://app.test;");
    expect(page.headers.get('x-frame-options')).toBe('DENY');
  });

  it('sends an owner who is not signed in to sign in and back here', async () => {
    const browser = new Browser(broker.issuer, null);
    const landing = await flow.openRequest(browser, app);
    const url = new URL(landing.url);
    expect(url.pathname).toBe('/sign-in');
    const returnTo = url.searchParams.get('return_to') ?? '';
    expect(returnTo).toMatch(/^\/consent\/[\w-]+$/);
    browser.owner = 'ada';
    expect((await browser.open(returnTo)).status).toBe(200);
  });

  it('cancel goes back with access_denied and leaves no grant', async () => {
    const before = await grantsOfAda();
    const { browser, page } = await start();
    const landing = await flow.decide(browser, page, 'deny');
    const { origin, searchParams } = new URL(landing.url);
    expect([origin, searchParams.get('error'), searchParams.get('state'), searchParams.get('iss')]).toEqual([
      'https://app.test',
      'access_denied',
      'st',
      broker.issuer,
    ]);
    expect(await grantsOfAda()).toBe(before);
    expect((await flow.decide(browser, page, 'allow')).status).toBe(400);
  });

  it('leaves in the journal what was shown, once, and that it was refused, in no words of the app', async () => {
    const { browser, page } = await start();
    await browser.open(page.url);
    await flow.decide(browser, page, 'deny');
    const rows = await broker.store.db
      .selectFrom('journal')
      .select(['owner_id', 'kind', 'body'])
      .where('kind', 'like', 'consent.%')
      .orderBy('id', 'desc')
      .limit(3)
      .execute();
    const [denied, shown, before] = rows.map((row) => ({ ...row, body: JSON.parse(row.body) }));
    expect([denied?.owner_id, denied?.kind, shown?.kind]).toEqual([
      'own_ada',
      'consent.denied',
      'consent.shown',
    ]);
    expect(shown?.body).toMatchObject(denied?.body);
    expect(shown?.body.client_id).toBe(app.id);
    expect(before?.body.shown_hash).not.toBe(shown?.body.shown_hash);
    expect(rows[1]?.body).not.toMatch(/Acme|Summaries/);
  });

  it('a request that was decided is gone', async () => {
    const { browser, page } = await start();
    expect((await flow.decide(browser, page, 'allow')).url).toContain('code=');
    expect((await browser.open(page.url)).status).toBe(400);
  });
});

describe('A35 forged decisions', () => {
  const forgeries: [string, (fields: URLSearchParams) => void, Record<string, string>][] = [
    ['from another site', () => {}, { origin: 'https://evil.test' }],
    ['with an opaque origin', () => {}, { origin: 'null' }],
    ['without the token', (fields) => fields.delete('token'), {}],
    ['with a wrong token', (fields) => fields.set('token', `${'a'.repeat(43)}.${'b'.repeat(43)}`), {}],
    ['as another type', () => {}, { 'content-type': 'text/plain' }],
  ];
  it.each(forgeries)('%s are refused with 403 and grant nothing', async (_name, change, headers) => {
    const before = await grantsOfAda();
    const { browser, page } = await start();
    const fields = formFields(page.text);
    fields.set('decision', 'allow');
    change(fields);
    expect((await browser.submit(page.url, fields, headers)).status).toBe(403);
    expect(await grantsOfAda()).toBe(before);
  });

  it('with the token of another request are refused', async () => {
    const [first, second] = [await start(), await start()];
    const fields = formFields(second.page.text);
    fields.set('token', formFields(first.page.text).get('token') ?? '');
    fields.set('decision', 'allow');
    expect((await second.browser.submit(second.page.url, fields)).status).toBe(403);
  });

  it('on the request of another browser, or signed in as another owner, are refused', async () => {
    const { browser, page } = await start();
    const fields = formFields(page.text);
    fields.set('decision', 'allow');
    expect((await new Browser(broker.issuer, 'bob').open(page.url)).status).toBe(400);
    expect((await new Browser(broker.issuer, 'ada').submit(page.url, fields)).status).toBe(400);
    browser.owner = 'bob';
    expect((await browser.submit(page.url, fields)).status).toBe(403);
    expect(await broker.grants.list('own_bob')).toEqual([]);
  });

  it('a decision in the address of a GET does nothing; other methods are refused', async () => {
    const before = await grantsOfAda();
    const { browser, page } = await start();
    const fields = formFields(page.text);
    fields.set('decision', 'allow');
    expect((await browser.open(`${page.url}?${fields}`)).text).toContain('Allow up to');
    expect(await grantsOfAda()).toBe(before);
    const put = await fetch(page.url, { method: 'PUT', headers: { cookie: 'owner=ada' } });
    expect(put.status).toBe(405);
  });

  it('no address of ours is made from a request id', async () => {
    const browser = new Browser(broker.issuer);
    for (const uid of ['', 'x', '..%2f..', '%00', '"><script>']) {
      const { status, text } = await browser.open(`/consent/${uid}`);
      expect(status).toBe(400);
      expect(text).not.toContain('<script');
    }
  });
});

describe('A37 what was shown is what is stored', () => {
  it('stores the narrowed limits, chosen models and end, under the hash that was shown', async () => {
    const details = ask({
      models: ['gpt-5-mini', 'gpt-5-nano', 'gpt-5*'],
      limits: { daily_spend: 5, max_output_tokens: 4096, tokens_per_day: 100_000 },
      delegation: { max_depth: 2 },
    });
    const { browser, page } = await start({ authorization_details: details });
    const fields = formFields(page.text);
    expect(fields.has('p0-delegate')).toBe(false);
    fields.delete('p0-model');
    fields.append('p0-model', 'gpt-5-nano');
    for (const [name, value] of Object.entries({
      'p0-usd-day': '0.50',
      'p0-tokens': '2000',
      expires: '7',
      decision: 'allow',
    })) {
      fields.set(name, value);
    }
    await browser.submit(page.url, fields);
    const stored = (await broker.grants.list('own_ada')).find((one) =>
      one.parts.some(({ access }) => access.maxTokensPerRequest === 2000),
    );
    const days = ((stored?.expiresAtMs ?? 0) - (stored?.createdAtMs ?? 0)) / 86_400_000;
    expect(days).toBeCloseTo(7, 3);
    expect(stored).toMatchObject({
      clientId: app.id,
      name: 'Acme Writer',
      unknownFields: 'refuse',
      parts: [
        {
          access: {
            models: ['gpt-5-nano'],
            limits: [
              { unit: 'usd', per: 'day', amount: 500_000_000 },
              { unit: 'tokens', per: 'day', amount: 100_000 },
            ],
            maxOutputTokens: 4096,
            delegationMaxDepth: 0,
          },
        },
      ],
    });
    const row = await broker.store.db
      .selectFrom('grants')
      .select(['shown_hash', 'via'])
      .where('id', '=', stored!.id)
      .executeTakeFirst();
    expect(row).toEqual({ shown_hash: fields.get('token')?.split('.')[0], via: 'consent' });
  });

  it('shows delegation as it was asked for, off; stores it only as far as the owner turned it on', async () => {
    const asked = (client: flow.TestClient) => ({
      authorization_details: ask({
        limits: { daily_spend: 5 },
        delegation: { max_depth: 2, to: ['own_agents', app.id, 'https://unknown.test/client.json'] },
      }),
      client_id: client.id,
    });
    const storedFor = async (client: flow.TestClient, change: Record<string, string>) => {
      const { browser, page } = await start(asked(client), client);
      const names = `its own agents, Acme Writer (${app.id}) and unknown app (https://unknown.test/client.json)`;
      expect(page.text).toContain(`It asks to let ${names} spend from this limit, 2 levels deep.`);
      expect((await flow.decide(browser, page, 'allow', change)).url).toContain('code=');
      const grants = await broker.grants.list('own_ada');
      const { access } = grants.find(({ clientId }) => clientId === client.id)!.parts[0]!;
      return [access.delegationMaxDepth, access.delegationTo];
    };
    const clients = [await flow.registerClient(broker), await flow.registerClient(broker)] as const;
    expect(await storedFor(clients[0], {})).toEqual([0, null]);
    const narrowed = { 'p0-delegate': 'on', 'p0-depth': '1', 'p0-to': app.id };
    expect(await storedFor(clients[1], narrowed)).toEqual([1, [app.id]]);
  });

  it('names an app that would be shared with by its id, without its name where that pretends to be somebody else', async () => {
    const lookalike = await flow.registerClient(broker, { name: 'Anthropic' });
    const delegation = { max_depth: 1, to: [lookalike.id] };
    const { page } = await start({ authorization_details: ask({ limits: { daily_spend: 5 }, delegation }) });
    expect(page.text).toContain(`It asks to let app with a doubtful name (${lookalike.id}) spend`);
    expect(page.text).not.toContain('Anthropic');
  });

  const tooMuch: [string, Record<string, string>][] = [
    ['a higher amount', { 'p0-usd-day': '5.01' }],
    ['no amount', { 'p0-usd-day': '' }],
    ['an amount of zero', { 'p0-usd-day': '0' }],
    ['a negative amount', { 'p0-usd-day': '-1' }],
    ['an exponent', { 'p0-usd-day': '1e3' }],
    ['a model that was not asked for', { 'p0-model': 'gpt-5' }],
    ['a longer life', { expires: '365' }],
    ['a key that is not the owner’s', { 'p0-key': 'key_of_bob' }],
    ['tokens beyond all numbers', { 'p0-tokens': '99999999999999' }],
  ];
  it.each(tooMuch)('refuses %s and says where', async (_name, change) => {
    const before = await grantsOfAda();
    const { browser, page } = await start();
    const landing = await flow.decide(browser, page, 'allow', change);
    expect(landing.status).toBe(422);
    expect(landing.text).toContain('role="alert"');
    expect(await grantsOfAda()).toBe(before);
    expect((await flow.decide(browser, landing, 'deny')).url).toContain('access_denied');
  });

  it('refuses when something that was shown changed meanwhile, and shows how it is now', async () => {
    const before = await grantsOfAda();
    const client = await flow.registerClient(broker);
    const { browser, page } = await start({}, client);
    await broker.oauth.clients.update('own_ada', client.id, {
      name: 'Acme Bank',
      url: 'https://app.test',
      redirectUris: [flow.REDIRECT],
      authMethod: 'none',
    });
    const changed = await flow.decide(browser, page, 'allow');
    expect(changed.status).toBe(409);
    expect(changed.text).toContain('Acme Bank');
    expect(await grantsOfAda()).toBe(before);
    expect((await flow.decide(browser, changed, 'allow')).url).toContain('code=');
  });

  it('a bigger request in a second tab leaves the first as it was', async () => {
    const browser = new Browser(broker.issuer);
    const small = await flow.openRequest(browser, app);
    await flow.openRequest(browser, app, { authorization_details: ask({ limits: { daily_spend: 900 } }) });
    const { searchParams } = new URL((await flow.decide(browser, small, 'allow')).url);
    const { body } = await flow.redeem(broker, app, searchParams.get('code') ?? '');
    expect(body.authorization_details).toMatchObject([{ limits: { daily_spend: 5 } }]);
  });

  it('proposes a budget where none was asked for', async () => {
    const { browser, page } = await start({ authorization_details: ask({ models: ['gpt-5-mini'] }) });
    expect(page.text).toContain('spend up to $5 a month');
    expect(page.text).toContain('our proposal');
    const landing = await flow.decide(browser, page, 'allow', { 'p0-usd-month': '2', 'p0-period': 'week' });
    const { body } = await flow.redeem(broker, app, new URL(landing.url).searchParams.get('code') ?? '');
    expect(body.authorization_details).toMatchObject([{ limits: { weekly_spend: 2 } }]);
  });
});

describe('an app that comes back', () => {
  it('is decided on again; the page says what it has, and the owner may end that', async () => {
    const client = await flow.registerClient(broker);
    const first = await flow.obtainTokens(broker, client);
    const second = await start({}, client);
    expect(second.page.text).toContain('You let it spend up to $5 a day already');
    await flow.decide(second.browser, second.page, 'allow');
    expect((await broker.grants.live(first.grantId))?.grant.status).toBe('active');
    const third = await start({}, client);
    expect(third.page.text).toContain('You let it spend up to $10 a day already');
    await flow.decide(third.browser, third.page, 'allow', { replace: 'on' });
    expect((await broker.grants.live(first.grantId))?.grant.status).toBe('revoked');
    const live = (await broker.grants.list('own_ada')).filter(
      ({ clientId, status }) => clientId === client.id && status === 'active',
    );
    expect(live).toHaveLength(1);
  });
});

describe('provider keys', () => {
  it('without a key for the provider there is a way to add one and nothing to allow', async () => {
    const { page } = await start({ authorization_details: ask({ provider: 'anthropic' }) });
    expect(page.text).toContain('You have no anthropic key here yet');
    expect(page.text).toMatch(/href="\/accounts\?add=anthropic&amp;return_to=%2Fconsent%2F[\w-]+"/);
    expect(page.text).not.toContain('value="allow"');
    expect(page.text).toContain('value="deny"');
  });

  it('says in words what a beginning of names stands for', async () => {
    const { page } = await start({ authorization_details: ask({ models: ['gpt-5-mini', 'o*'] }) });
    expect(page.text).toContain('<span>any model whose name begins with o</span>');
  });

  it('names each budget where those of several providers have no sum', async () => {
    await broker.addKey('own_ada', 'mistral');
    const { page } = await start({
      authorization_details: ask(
        { limits: { daily_spend: 1 } },
        { provider: 'mistral', limits: { total_spend: 2 } },
      ),
    });
    expect(page.text).toContain(
      '<strong>spend up to $1 a day</strong> with openai and <strong>spend up to $2 in total</strong> with mistral',
    );
    expect(page.text).toContain('>Allow</button>');
  });

  it('with several keys the owner chooses, and one grant spans several providers', async () => {
    const [first, second] = [
      await broker.addKey('own_ada', 'google', 'work'),
      await broker.addKey('own_ada', 'google', 'home'),
    ];
    const authorization_details = ask(
      { limits: { total_spend: 1 } },
      { provider: 'google', limits: { total_spend: 2 } },
    );
    const { browser, page } = await start({ authorization_details });
    expect(page.text).toContain('<strong>spend up to $3 in total</strong> across openai and google');
    expect(page.text).toContain('work (ends in 6789)');
    expect([first.id, second.id]).toContain(formFields(page.text).get('p1-key'));
    const landing = await flow.decide(browser, page, 'allow', { 'p1-key': second.id });
    const { body } = await flow.redeem(broker, app, new URL(landing.url).searchParams.get('code') ?? '');
    const grant = await broker.grants.get('own_ada', String(body.grant_id));
    expect(grant?.parts.find(({ provider }) => provider === 'google')?.providerKeyId).toBe(second.id);
    expect(grant?.parts).toHaveLength(2);
  });
});

describe('in the language that the app asks for', () => {
  it('is said that its request can not be served', async () => {
    const page = await new Browser(broker.issuer).open('/authorize?client_id=nobody&ui_locales=de');
    expect(page.status).toBe(400);
    expect(page.text).toContain('<html lang="de">');
    expect(page.text).toContain('<dt>Fehler</dt><dd><code>invalid_client</code></dd>');
    expect(page.text).toMatch(/<dt>Einzelheit<\/dt><dd lang="en">/);
  });

  it.each([
    [
      'de-AT en',
      'de',
      '<bdi>Acme Writer</bdi> möchte Ihre KI benutzen und <strong>bis zu $5 am Tag ausgeben</strong>',
    ],
    [
      'fr ja',
      'ja',
      '<bdi>Acme Writer</bdi> が求めています: あなたの AI の利用 と <strong>1 日 $5 までの使用</strong>',
    ],
    ['fr', 'en', 'wants to use your AI'],
  ])('of %s the page speaks %s', async (uiLocales, language, headline) => {
    const { page } = await start({ ui_locales: uiLocales });
    expect(page.status).toBe(200);
    expect(page.text).toContain(`<html lang="${language}">`);
    expect(page.text).toContain(headline);
  });

  it('what is decided is the same, and what is wrong is said in it', async () => {
    const { browser, page } = await start({ ui_locales: 'de' });
    const fields = formFields(page.text);
    fields.set('decision', 'allow');
    fields.set('p0-usd-day', '999');
    const refused = await browser.submit(page.url, fields);
    expect([refused.status, refused.text.includes('Geben Sie höchstens $5 ein.')]).toEqual([422, true]);
    const landing = await flow.decide(browser, page, 'allow');
    expect(new URL(landing.url).searchParams.get('code')).toBeTruthy();
  });
});
