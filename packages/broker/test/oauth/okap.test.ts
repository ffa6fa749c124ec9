// OKAP as an attacker meets it: whoever sends the same words, knows a link, floods the page, or comes a second time gets nothing.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import * as flow from './flow.ts';

let broker: TestBroker;
let isOnlyOwner = false;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  broker = await startBroker({ openRequests: { waitSeconds: 0 }, isOnlyOwner: async () => isOnlyOwner });
  await broker.addKey('own_ada', 'openai');
  await broker.addKey('own_bob', 'openai');
});
afterAll(() => {
  vi.useRealTimers();
  return broker.close();
});
const wait = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);
afterEach(() => {
  expect(broker.errors).toEqual([]);
  isOnlyOwner = false;
  // The next case begins with nothing waiting and nothing counted.
  wait(2 * 60 * 60);
});

const ACCESS = { provider: 'openai', models: ['gpt-5-mini'], capabilities: ['chat'] };
const text = (change: object = {}, client: object = { name: 'Notebook' }) => ({
  okap: '1.0',
  authorization_details: [{ type: 'ai_model_access', ...ACCESS, limits: { monthly_spend: 2 }, ...change }],
  client,
});
const sdk = (change: object = {}) => ({ okap: '1.0', app_name: 'Notebook', ...ACCESS, ...change });

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: OKAP answers in several shapes
  readonly body: any;
}
const send = async (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
  const answer = await fetch(broker.issuer + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  return { status: answer.status, body: await answer.json() };
};
const authorize = (body: unknown = text(), headers?: Record<string, string>) =>
  send('/okap/authorize', body, headers);
const goOn = (requestId: string) => authorize({ okap: '1.0', request_id: requestId });
const basic = (address: string, secret = '') => ({
  authorization: `Basic ${Buffer.from(`${address}:${secret}`).toString('base64')}`,
});

const pathOf = async (code: string, ownerId = 'own_ada') =>
  String(await broker.oauth.deviceCodes.pathOf(ownerId, code));
const pageOf = async (code: string, owner = 'ada') => {
  const browser = new Browser(broker.issuer, owner);
  return { browser, page: await browser.open(await pathOf(code, `own_${owner}`)) };
};
const decide = async (code: string, decision: 'allow' | 'deny' = 'allow', owner = 'ada') => {
  const { browser, page } = await pageOf(code, owner);
  return flow.decide(browser, page, decision);
};
const grants = async (ownerId = 'own_ada') => broker.grants.list(ownerId);
const addressOf = async (ownerId: string) => (await broker.oauth.programsFor(ownerId))!.address;
const namesFor = async (ownerId: string) =>
  (await broker.oauth.programsFor(ownerId))!.requests.map(({ name }) => name);

describe('who gets what was allowed', () => {
  it('gives whoever sends the same words a request of their own, never the answer of another', async () => {
    const [first, second] = [await authorize(), await authorize()];
    expect([first.status, first.body.status, second.status]).toEqual([202, 'pending', 202]);
    expect(second.body.request_id).not.toBe(first.body.request_id);
    await decide(first.body.user_code);
    const third = await authorize();
    expect([third.status, third.body.status]).toEqual([202, 'pending']);
    expect((await goOn(second.body.request_id)).body.status).toBe('pending');
    expect((await goOn(first.body.request_id)).body).toMatchObject({
      status: 'granted',
      token: expect.stringMatching(/^okap_/),
    });
  });

  it('takes neither the code that the page shows nor the name of the page for the secret', async () => {
    const { body } = await authorize();
    const path = await pathOf(body.user_code);
    await decide(body.user_code);
    for (const guess of [body.user_code, path.slice('/consent/'.length), 'okr_', `${body.request_id}x`]) {
      const { status, body: said } = await goOn(guess);
      expect([status, said.error, said.token]).toEqual([400, 'invalid_request', undefined]);
    }
  });

  it('A38 gives one of 16 calls at once the token, and a later one neither the token nor an end of the grant', async () => {
    const { body } = await authorize();
    await decide(body.user_code);
    const answers = await Promise.all(Array.from({ length: 16 }, () => goOn(body.request_id)));
    const [won, ...others] = answers.filter(({ status }) => status === 200);
    expect([won?.body.status, others]).toEqual(['granted', []]);
    expect((await goOn(body.request_id)).status).toBe(400);
    expect((await broker.grants.liveByKeyToken(won!.body.token))?.grant.status).toBe('active');
  });

  it('makes one grant of 8 approvals at once', async () => {
    const before = (await grants()).length;
    const { body } = await authorize();
    const { browser, page } = await pageOf(body.user_code);
    const landings = await Promise.all(Array.from({ length: 8 }, () => flow.decide(browser, page, 'allow')));
    expect(landings.filter(({ url }) => url.endsWith('decided=allowed'))).toHaveLength(1);
    expect((await grants()).length).toBe(before + 1);
  });

  it('goes on with a secret for the same request only', async () => {
    const { body } = await authorize();
    const other = text({ limits: { monthly_spend: 200 } });
    expect((await authorize({ ...other, request_id: body.request_id })).status).toBe(400);
    const { status } = await authorize({ ...text(), request_id: body.request_id });
    expect(status).toBe(202);
  });

  it('lets the Python SDK go on with a vault_url, whose user information it sends as Basic', async () => {
    const { status, body } = await send('/okap/request', sdk());
    expect([status, body.approved, body.token, body.error_code]).toEqual([202, false, null, 'pending']);
    const vault = new URL(/vault_url (\S+)$/.exec(body.error)?.[1] ?? '');
    const [, code = ''] = /code ([A-Z]{4}-[A-Z]{4})/.exec(body.error) ?? [];
    const again = () => send('/okap/request', sdk(), basic(vault.username, vault.password));
    expect((await again()).body.error_code).toBe('pending');
    await decide(code);
    expect((await again()).body).toMatchObject({ approved: true, token: { provider: 'openai' } });
    expect((await again()).body).toMatchObject({ approved: false, error_code: 'invalid_request' });
  });

  it('keeps the answer while the owner has paused it, and gives none after it was revoked', async () => {
    const { body } = await authorize();
    await decide(body.user_code);
    const [grant] = await grants();
    await broker.grants.suspend('own_ada', grant!.id);
    expect((await goOn(body.request_id)).body.status).toBe('pending');
    await broker.grants.resume('own_ada', grant!.id);
    expect((await goOn(body.request_id)).body.status).toBe('granted');
    const { body: other } = await authorize();
    await decide(other.user_code);
    await broker.grants.revoke('own_ada', (await grants())[0]!.id, 'test');
    expect((await goOn(other.request_id)).body).toMatchObject({ status: 'denied', error: 'invalid_request' });
  });

  it('forgets a request after ten minutes, decided or not', async () => {
    const { body } = await authorize();
    const { body: late } = await authorize();
    await decide(late.user_code);
    wait(601);
    expect(await pathOf(body.user_code)).toBe('null');
    for (const { request_id } of [body, late]) expect((await goOn(request_id)).status).toBe(400);
  });

  it('is unknown to every other endpoint', async () => {
    const { body } = await authorize();
    const page = await pageOf(body.user_code);
    expect(page.page.status).toBe(200);
    await decide(body.user_code);
    const id = (await grants())[0]!.clientId!;
    expect(id).toMatch(/^program:/);
    const client = { id, secret: null };
    const device = 'urn:ietf:params:oauth:grant-type:device_code';
    for (const [path, fields] of [
      ['/token', { grant_type: device, device_code: body.request_id }],
      ['/device_authorization', { authorization_details: flow.DETAILS }],
      ['/par', { response_type: 'code', authorization_details: flow.DETAILS }],
    ] as const)
      expect((await flow.post(broker, path, client, fields)).body.error).toBe('invalid_client');
  });
});

describe('whom a request reaches', () => {
  it('shows a request for one owner to no other, in the list, by its code, or by its page', async () => {
    const address = await addressOf('own_ada');
    const { body } = await authorize(text({}, { name: 'For Ada' }), basic(address));
    expect([await namesFor('own_ada'), await namesFor('own_bob')]).toEqual([['For Ada'], []]);
    const { page } = await pageOf(body.user_code, 'bob');
    expect([page.status, page.text.includes('For Ada')]).toEqual([400, false]);
    expect((await pageOf(body.user_code)).page.status).toBe(200);
    const hinted = await authorize({ ...text({}, { name: 'Hinted' }), login_hint: address });
    expect(hinted.status).toBe(202);
    expect((await namesFor('own_ada')).toSorted()).toEqual(['For Ada', 'Hinted']);
  });

  it('refuses a form that another owner sends for it', async () => {
    const { body } = await authorize(text(), basic(await addressOf('own_ada')));
    const { browser, page } = await pageOf(body.user_code);
    browser.owner = 'bob';
    expect((await flow.decide(browser, page, 'allow')).status).toBe(400);
    expect((await goOn(body.request_id)).body.status).toBe('pending');
  });

  it('lists what names nobody only where there is one owner, and else leaves it to who knows the code', async () => {
    const { body } = await authorize(text({}, { name: 'Anybody' }));
    expect([await namesFor('own_ada'), await namesFor('own_bob')]).toEqual([[], []]);
    expect((await decide(body.user_code, 'deny', 'bob')).url).toContain('decided=denied');
    isOnlyOwner = true;
    await authorize(text({}, { name: 'The Only One' }));
    expect(await namesFor('own_ada')).toEqual(['The Only One']);
    await authorize(text({}, { name: 'For Ada' }), basic(await addressOf('own_ada')));
    const { requests } = (await broker.oauth.programsFor('own_ada'))!;
    expect(requests.map(({ name, isAddressed }) => [name, isAddressed]).toSorted()).toEqual([
      ['For Ada', true],
      ['The Only One', false],
    ]);
  });

  it('does not say whether an address is anybody’s', async () => {
    const [known, unknown] = [await addressOf('own_ada'), 'f'.repeat(32)];
    const answers = [await authorize(text(), basic(known)), await authorize(text(), basic(unknown))];
    const shapes = answers.map(({ status, body }) => [status, Object.keys(body)]);
    expect(shapes[0]).toEqual(shapes[1]);
  });
});

describe('what strangers can do to a page', () => {
  it('escapes what a program says of itself, and holds none of it in the journal', async () => {
    const name = '<script>alert(1)</script>\u202eevil"';
    const { body } = await authorize(
      text({ reason: '<img src=x onerror=alert(2)>' }, { name, url: 'javascript:alert(3)' }),
    );
    const { page } = await pageOf(body.user_code);
    expect(page.text).not.toMatch(/<script>alert|<img src=x|\u202e|href="javascript:/);
    expect(page.text).toContain('&lt;script&gt;');
    const { body: other } = await authorize(text({}, { name: 'X', url: 'https://x.test/\u202egro.knab' }));
    const { text: shown } = (await pageOf(other.user_code)).page;
    expect([shown.includes('comes from https://x.test.'), shown.includes('\u202e')]).toEqual([true, false]);
    await decide(body.user_code, 'deny');
    const entries = await broker.store.db.selectFrom('journal').select('body').execute();
    expect(entries.some(({ body: said }) => said.includes('alert'))).toBe(false);
  });

  it('lets eight of a network wait for one address, and strangers take no place of an owner who gave an address out', async () => {
    const answers: number[] = [];
    for (let at = 0; at < 9; at += 1) answers.push((await authorize()).status);
    expect(answers).toEqual([...Array.from({ length: 8 }, () => 202), 429]);
    const { status } = await authorize(text(), basic(await addressOf('own_ada')));
    expect(status).toBe(202);
  });

  it('lets a network ask 30 times in an hour', async () => {
    const answers: number[] = [];
    for (let at = 0; at < 31; at += 1) answers.push((await authorize(text(), basic(`a${at}`))).status);
    expect(answers.filter((status) => status === 202)).toHaveLength(30);
    expect(answers.at(-1)).toBe(429);
    expect((await send('/okap/request', sdk())).body).toMatchObject({
      approved: false,
      error_code: 'too_many_requests',
    });
    wait(60 * 60 + 1);
    expect((await authorize()).status).toBe(202);
  });

  it.each<[string, unknown, number, Record<string, string>?]>([
    ['no JSON', '{', 400],
    ['a form', 'okap=1.0', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text, as a page of another site could send', '{}', 415, { 'content-type': 'text/plain' }],
    ['too much', JSON.stringify({ ...text(), pad: 'x'.repeat(9000) }), 413],
    ['another version', { ...text(), okap: '2.0' }, 422],
    ['an unknown member', { ...text(), approve: true }, 422],
    ['no details', { ...text(), authorization_details: [] }, 400],
    ['another type', text({ type: 'llm-inference' }), 400],
    ['a limit that is none of OKAP’s', text({ limits: { max_spend: 1 } }), 422],
    ['a negative limit', text({ limits: { monthly_spend: -1 } }), 400],
    ['an end that is no date', text({ expires: 'tomorrow' }), 400],
    ['a provider that is none', text({ provider: '../openai' }), 400],
    ['nobody who asks', { ...text(), client: {} }, 422],
    [
      'six providers',
      { ...text(), authorization_details: Array(6).fill(text().authorization_details[0]) },
      400,
    ],
    ['a page', text(), 403, { origin: 'https://evil.test' }],
    ['a page that a browser tells of', text(), 403, { 'sec-fetch-site': 'same-origin' }],
    ['an address that is none', text(), 400, basic('a b')],
    ['a list', [], 422],
    ['nothing', null, 422],
  ])('refuses %s', async (_name, body, status, headers) => {
    const answer = await authorize(body, headers);
    expect([answer.status, answer.body.status]).toEqual([status, 'denied']);
    expect(
      await broker.store.db.selectFrom('grants').select('id').where('status', '=', 'pending').execute(),
    ).toEqual([]);
  });

  it('takes nothing but POST', async () => {
    for (const path of ['/okap/authorize', '/okap/request']) {
      const answer = await fetch(broker.issuer + path);
      expect(await answer.json()).toMatchObject({ okap: '1.0' });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });
});

describe('what OKAP asks for, in our words', () => {
  it('tells the Python SDK what to mend behind a 200, because it reads nothing else', async () => {
    const { status, body } = await send('/okap/request', sdk({ expires: 'tomorrow' }));
    expect([status, body]).toMatchObject([200, { approved: false, error_code: 'invalid_request' }]);
    expect(body.error).toContain('expires');
  });

  it('reads every limit, an end by its day, and kinds of models by what they are used for', async () => {
    const { body } = await send(
      '/okap/request',
      sdk({
        models: [],
        capabilities: ['code', 'vision', 'embeddings'],
        limits: {
          monthly_spend: 10.5,
          daily_spend: 1,
          requests_per_minute: 60,
          requests_per_day: 500,
          tokens_per_request: 8000,
        },
        expires: new Date(Date.now() + 20 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10),
        reason: null,
      }),
    );
    const [, code = ''] = /code ([A-Z]{4}-[A-Z]{4})/.exec(body.error) ?? [];
    await decide(code);
    const [{ parts } = { parts: [] }] = await grants();
    expect(parts[0]?.access).toMatchObject({
      models: null,
      capabilities: ['chat', 'embeddings'],
      maxTokensPerRequest: 8000,
    });
    expect(
      parts[0]?.access.limits.map(({ unit, per, amount }) => `${unit} ${per} ${amount}`).toSorted(),
    ).toEqual(['requests day 500', 'requests minute 60', 'usd day 1000000000', 'usd month 10500000000']);
  });
});
