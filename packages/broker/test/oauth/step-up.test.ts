// The page on which an owner decides on a request for more: who may decide, that what was shown is what is done, once, and that the asker's
// words stay words.

import { type ModelAccess, unrestrictedAccess } from '@valetkey/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser, formFields } from './browser.ts';
import { decide } from './flow.ts';

const USD = 1_000_000_000;

let broker: TestBroker;
let keyId: string;
beforeAll(async () => {
  broker = await startBroker();
  keyId = (await broker.addKey('own_ada', 'openai')).id;
});
afterAll(() => broker.close());
afterEach(() => expect(broker.errors).toEqual([]));

const right = (access: Partial<ModelAccess>): ModelAccess => ({
  ...unrestrictedAccess('openai'),
  models: ['gpt-a'],
  ...access,
});
const usd = (dollars: number) => ({ unit: 'usd' as const, amount: dollars * USD, per: 'total' as const });

const give = async (access: Partial<ModelAccess> = {}): Promise<string> => {
  const made = await broker.grants.create({
    ownerId: 'own_ada',
    clientId: null,
    name: 'planner',
    parts: [{ providerKeyId: keyId, access: right({ limits: [usd(5)], delegationMaxDepth: 2, ...access }) }],
    unknownFields: 'pass',
    via: 'test',
  });
  if (!made.ok) throw new Error(made.error.detail);
  return made.value.id;
};
const worker = async (parentGrantId: string): Promise<string> => {
  const made = await broker.grants.delegate({
    parentGrantId,
    asked: [right({ limits: [usd(2)] })],
    clientId: null,
    name: 'worker',
    isActorAuthenticated: false,
    keyThumbprint: null,
    via: 'test',
  });
  if (!made.ok) throw new Error(made.error.detail);
  return made.value.id;
};

const ASKED = { ...unrestrictedAccess('openai'), models: ['gpt-b', 'gpt-c'], limits: [usd(9)] };
const ask = async (
  grantId: string,
  message: string | null = 'For two more pages',
  asked: ModelAccess = ASKED,
) => {
  const made = await broker.accessRequests.make({ grantId, asked: [asked], message, via: 'api' });
  if (!made.ok) throw new Error(made.error.detail);
  return made.value.id;
};
const open = async (id: string, owner: string | null = 'ada') => {
  const browser = new Browser(broker.issuer, owner);
  return { browser, page: await browser.open(`/consent/requests/${id}`) };
};
const limitOf = async (grantId: string) =>
  (await broker.grants.get('own_ada', grantId))?.parts[0]?.access.limits[0]?.amount;
const statusOf = async (id: string) => (await broker.accessRequests.get('own_ada', id))?.status;

describe('the page of a request for more', () => {
  it('shows who asks and through whom, its words, old and new on every grant; no script, under 50 KB, unframed', async () => {
    const planner = await give();
    const { page } = await open(await ask(await worker(planner)));
    expect(page.status).toBe(200);
    for (const words of [
      '<bdi>worker</bdi> asks for more: <strong>budget in total from $2.00 to $9.00</strong>',
      'Who asks: You → <bdi>planner</bdi> → <bdi>worker</bdi>',
      'In its own words: <q><bdi>For two more pages</bdi></q>',
      'Now $2.00, $0.00 used so far. It asks for $9.00.',
      'Raise planner as well',
      'Budget in total: $5.00 → $9.00, $0.00 used so far',
      'Models: gpt-b, gpt-c added',
      'Allow this</button>',
      'Deny</button>',
    ])
      expect(page.text).toContain(words);
    expect(page.text).not.toMatch(/<script|\sstyle=|\son\w+=/);
    expect(page.text.length).toBeLessThan(50_000);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self';");
  });

  it('gives all of it as it stands, and tells so afterwards', async () => {
    const planner = await give();
    const child = await worker(planner);
    const id = await ask(child);
    const { browser, page } = await open(id);
    const after = await decide(browser, page, 'allow');
    expect(after).toMatchObject({ status: 200, url: `${broker.issuer}/consent/requests/${id}` });
    expect(after.text).toContain('You allowed it');
    expect([await limitOf(planner), await limitOf(child)]).toEqual([9 * USD, 9 * USD]);
    const [entry] = await broker.store.db
      .selectFrom('journal')
      .select('body')
      .where('kind', '=', 'request.allowed')
      .where('grant_id', '=', child)
      .execute();
    expect(JSON.parse(entry!.body).shown_hash).toMatch(/^[\w-]{43}$/);
  });

  it('gives less: a smaller amount, fewer models, and not the grant above', async () => {
    const planner = await give();
    const child = await worker(planner);
    const id = await ask(child);
    const { browser, page } = await open(id);
    const fields = formFields(page.text);
    fields.set('p0-limits-total_spend', '$3.50');
    fields.delete('p0-models');
    fields.append('p0-models', 'gpt-c');
    fields.delete(`raise-${planner}`);
    fields.set('decision', 'allow');
    const after = await browser.submit(page.url, fields);
    for (const line of ['Budget in total: $3.50', 'Models: gpt-c', 'You can stop it at any time'])
      expect(after.text).toContain(line);
    expect(await statusOf(id)).toBe('allowed');
    expect([await limitOf(planner), await limitOf(child)]).toEqual([5 * USD, 3.5 * USD]);
    expect((await broker.grants.get('own_ada', child))?.parts[0]?.access.models).toEqual(['gpt-a', 'gpt-c']);
  });

  it('denies, and a second decision finds it decided', async () => {
    const planner = await give();
    const id = await ask(planner);
    const [first, second] = [await open(id), await open(id)];
    expect((await decide(first.browser, first.page, 'deny')).text).toContain('You denied it');
    expect((await decide(second.browser, second.page, 'allow')).text).toContain('You denied it');
    expect(await limitOf(planner)).toBe(5 * USD);
  });

  it.each([
    ['more than was asked', { 'p0-limits-total_spend': '9.01' }, 'at most $9.00'],
    ['nothing', { 'p0-limits-total_spend': '0' }, 'Enter an amount above 0'],
    ['words', { 'p0-limits-total_spend': 'all' }, 'Enter an amount above 0'],
    ['what it has', { 'p0-limits-total_spend': '5', 'p0-models': 'other' }, 'Nothing would change like this'],
  ])('with %s in the field is given back to be corrected', async (_name, change, words) => {
    const planner = await give();
    const id = await ask(planner);
    const { browser, page } = await open(id);
    const answer = await decide(browser, page, 'allow', change as Record<string, string>);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(words);
    expect([await statusOf(id), await limitOf(planner)]).toEqual(['pending', 5 * USD]);
  });

  it('is shown anew when a limit has changed since', async () => {
    const planner = await give();
    const id = await ask(planner);
    const { browser, page } = await open(id);
    await broker.grants.edit('own_ada', planner, right({ limits: [usd(4)], delegationMaxDepth: 2 }));
    const again = await decide(browser, page, 'allow');
    expect(again.status).toBe(409);
    expect(again.text).toContain('Something changed since you opened this page');
    expect(again.text).toContain('Now $4.00');
    expect(await limitOf(planner)).toBe(4 * USD);
    expect((await decide(browser, again, 'allow')).text).toContain('You allowed it');
  });

  it('A35 takes a decision only from its own page, its own owner, and a form made for it', async () => {
    const planner = await give();
    const [id, other] = [await ask(planner), await ask(await give())];
    const { browser, page } = await open(id);
    const fields = formFields(page.text);
    fields.set('decision', 'allow');
    const forged = await browser.submit(page.url, fields, { origin: 'https://evil.test' });
    expect(forged.status).toBe(403);
    expect((await browser.submit(`/consent/requests/${other}`, fields)).status).toBe(403);
    browser.owner = 'bob';
    expect((await browser.submit(page.url, fields)).status).toBe(404);
    expect([await statusOf(id), await statusOf(other)]).toEqual(['pending', 'pending']);
  });

  it('is nobody else’s, and asks who is not signed in to sign in first', async () => {
    const id = await ask(await give());
    expect((await open(id, 'bob')).page).toMatchObject({ status: 404 });
    expect((await open('more_unknown')).page).toMatchObject({ status: 404 });
    const landing = new URL((await open(id, null)).page.url);
    expect([landing.pathname, landing.searchParams.get('return_to')]).toEqual([
      '/sign-in',
      `/consent/requests/${id}`,
    ]);
  });

  it('A36 shows names and words as text, whatever they hold', async () => {
    const asked = { ...ASKED, limits: [usd(8)] };
    const { page } = await open(await ask(await give(), '<img src=x onerror=alert(1)> "&', asked));
    expect(page.text).toContain('<q><bdi>&lt;img src=x onerror=alert(1)&gt; &quot;&amp;</bdi></q>');
  });

  it('has nothing to decide on a grant that was revoked', async () => {
    const planner = await give();
    const id = await ask(planner);
    const { browser, page } = await open(id);
    await broker.grants.revoke('own_ada', planner, 'test');
    expect((await decide(browser, page, 'allow')).status).toBe(404);
    expect((await browser.open(page.url)).text).toContain('There is nothing left to decide');
    expect(await statusOf(id)).toBe('pending');
  });

  it('offers the end, the depth and what limits each request, and gives only what is ticked', async () => {
    const expiresAtMs = Date.now() + 86_400_000;
    const planner = await give({ expiresAtMs, maxOutputTokens: 100, delegationMaxDepth: 0, tools: [] });
    const asked: ModelAccess = {
      ...unrestrictedAccess('openai'),
      limits: [usd(9)],
      maxOutputTokens: 400,
      tools: ['web_search'],
      delegationMaxDepth: 1,
      expiresAtMs: expiresAtMs + 86_400_000,
    };
    const { browser, page } = await open(await ask(planner, null, asked));
    expect(page.text).toContain('It said nothing about why.');
    const fields = formFields(page.text);
    expect([...fields.keys()].filter((name) => name.startsWith('p0-')).sort()).toEqual([
      'p0-delegation',
      'p0-expires',
      'p0-limits-max_output_tokens',
      'p0-limits-total_spend',
      'p0-tools',
    ]);
    fields.delete('p0-delegation');
    fields.delete('p0-tools');
    fields.set('p0-limits-max_output_tokens', '200');
    fields.set('decision', 'allow');
    await browser.submit(page.url, fields);
    expect((await broker.grants.get('own_ada', planner))?.parts[0]?.access).toMatchObject({
      limits: [usd(9)],
      maxOutputTokens: 200,
      tools: [],
      delegationMaxDepth: 0,
      expiresAtMs: asked.expiresAtMs,
    });
  });
});
