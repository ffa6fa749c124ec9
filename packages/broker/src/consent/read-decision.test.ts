import { checkNarrowed, type ModelAccess, parseAuthorizationDetails } from '@valetkey/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PendingRequest } from '../grants/requests-contract.ts';
import { expiryChoices, makeOffer } from './offer.ts';
import { readDecision } from './read-decision.ts';

const NOW = Date.UTC(2026, 10, 1);
const DAY = 24 * 60 * 60 * 1000;
const KEY = { id: 'key_1', provider: 'openai', label: 'main', lastFour: '6789' };

const askedFor = (change: object): readonly ModelAccess[] => {
  const parsed = parseAuthorizationDetails([{ type: 'ai_model_access', provider: 'openai', ...change }], {
    maxEntries: 5,
  });
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
};

const pending = (asked: readonly ModelAccess[]): PendingRequest => ({
  uid: 'u',
  client: {
    id: 'app_1',
    name: 'A',
    uri: null,
    identifiedBy: 'registration',
    registeredByOwnerId: null,
    registeredAtMs: 0,
  },
  redirectUri: 'https://app.test/cb',
  userCode: null,
  address: null,
  uiLocales: null,
  asked,
  grantId: null,
  fingerprint: 'f',
});

const offerOf = (change: object) => makeOffer(pending(askedFor(change)), 'ada', [KEY], []);

describe('readDecision', () => {
  it('whatever a form holds, the result lies within what was asked, or there is none', () => {
    const asked = askedFor({
      models: ['a', 'b', 'c*'],
      capabilities: ['chat'],
      limits: { daily_spend: 5, monthly_spend: 50, requests_per_minute: 9, tokens_per_request: 100 },
      tools: ['function'],
      delegation: { max_depth: 2, to: ['own_agents', 'client-a'] },
      expires: '2026-11-20T00:00:00Z',
    });
    const offer = makeOffer(pending(asked), 'ada', [KEY], []);
    const names = [
      'p0-usd-day',
      'p0-usd-month',
      'p0-period',
      'p0-model',
      'p0-tokens',
      'p0-delegate',
      'p0-depth',
      'p0-to',
      'p0-key',
      'expires',
    ];
    const values = [
      '5',
      '5.01',
      '0',
      '-1',
      '1e9',
      '50',
      '',
      'on',
      'a',
      'c*',
      'd',
      '*',
      '99',
      '101',
      '1',
      '7',
      '30',
      'asked',
      '2',
      '3',
      'own_agents',
      'client-a',
      'client-b',
      'any one',
      KEY.id,
    ];
    const entries = fc.array(
      fc.tuple(fc.constantFrom(...names), fc.oneof(fc.constantFrom(...values), fc.string())),
    );
    const good = { 'p0-usd-day': '5', 'p0-usd-month': '50', 'p0-model': 'a', 'p0-key': KEY.id, expires: '7' };
    let granted = 0;
    fc.assert(
      fc.property(entries, (changes) => {
        const form = new URLSearchParams(good);
        for (const [name, value] of changes) form.set(name, value);
        const decision = readDecision(form, offer, NOW);
        if (!decision.ok) return;
        granted++;
        const [part] = decision.value;
        expect(checkNarrowed(part!.access, asked[0]!)).toEqual({ ok: true, value: undefined });
        expect(part!.access.expiresAtMs).toBeLessThanOrEqual(Date.UTC(2026, 10, 20));
        expect(part!.providerKeyId).toBe(KEY.id);
      }),
    );
    expect(granted).toBeGreaterThan(0);
  });

  it('never grants without an end, a limit in USD, or the kinds of work by name', () => {
    const offer = offerOf({});
    const form = new URLSearchParams({
      'p0-usd-month': '5',
      'p0-period': 'month',
      'p0-key': KEY.id,
      expires: '30',
    });
    const decision = readDecision(form, offer, NOW);
    expect(decision).toMatchObject({
      ok: true,
      value: [
        { access: { expiresAtMs: NOW + 30 * DAY, limits: [{ unit: 'usd', per: 'month', amount: 5e9 }] } },
      ],
    });
    expect(decision.ok && decision.value[0]?.access.capabilities).toContain('chat');
  });

  it('no proposed budget may go above the house maximum', () => {
    const form = new URLSearchParams({
      'p0-usd-month': '1001',
      'p0-period': 'day',
      'p0-key': KEY.id,
      expires: '30',
    });
    expect(readDecision(form, offerOf({}), NOW)).toMatchObject({
      ok: false,
      error: { 'p0-usd-month': expect.any(String) },
    });
    const huge = offerOf({ limits: { daily_spend: 100_000 } });
    expect(huge.parts[0]?.budgets[0]?.amountNanos).toBe(1_000e9);
  });
});

describe('readDecision about delegation', () => {
  const decide = (delegation: object | undefined, ...fields: readonly [string, string][]) => {
    const good: [string, string][] = [
      ['p0-usd-day', '5'],
      ['p0-key', KEY.id],
      ['expires', '7'],
    ];
    const offer = offerOf({ limits: { daily_spend: 5 }, ...(delegation && { delegation }) });
    return readDecision(new URLSearchParams([...good, ...fields]), offer, NOW);
  };
  const on = ['p0-delegate', 'on'] as const;
  const some = { max_depth: 3, to: ['own_agents', 'client-a'] };

  it.each<[string, object | undefined, [string, string][], number, readonly string[] | null]>([
    [
      'off, whatever else was sent',
      { max_depth: 3 },
      [
        ['p0-depth', '3'],
        ['p0-to', 'any one'],
      ],
      0,
      null,
    ],
    ['as asked', { max_depth: 3 }, [[...on], ['p0-depth', '3'], ['p0-to', 'any one']], 3, null],
    ['less deep', { max_depth: 3 }, [[...on], ['p0-depth', '1'], ['p0-to', 'any one']], 1, null],
    [
      'to own agents only',
      { max_depth: 1 },
      [[...on], ['p0-depth', '1'], ['p0-to', 'own_agents']],
      1,
      ['own_agents'],
    ],
    ['to one of those named', some, [[...on], ['p0-depth', '2'], ['p0-to', 'client-a']], 2, ['client-a']],
    [
      'to all of those named, in the order asked',
      some,
      [[...on], ['p0-depth', '2'], ['p0-to', 'client-a'], ['p0-to', 'own_agents']],
      2,
      ['own_agents', 'client-a'],
    ],
    ['never where it was not asked', undefined, [[...on], ['p0-depth', '1'], ['p0-to', 'any one']], 0, null],
  ])('is %s', (_, asked, fields, delegationMaxDepth, delegationTo) => {
    expect(decide(asked, ...fields)).toMatchObject({
      ok: true,
      value: [{ access: { delegationMaxDepth, delegationTo } }],
    });
  });

  it.each<[string, object, [string, string][], string]>([
    ['deeper than asked', { max_depth: 1 }, [[...on], ['p0-depth', '2'], ['p0-to', 'any one']], 'p0-depth'],
    ['without a depth', { max_depth: 1 }, [[...on], ['p0-to', 'any one']], 'p0-depth'],
    ['0 levels deep', { max_depth: 1 }, [[...on], ['p0-depth', '0'], ['p0-to', 'any one']], 'p0-depth'],
    ['to nobody', some, [[...on], ['p0-depth', '1']], 'p0-to'],
    ['to anyone where some were named', some, [[...on], ['p0-depth', '1'], ['p0-to', 'any one']], 'p0-to'],
    [
      'to anyone by a name that an app made up',
      { max_depth: 1, to: ['anyone', 'client-a'] },
      [[...on], ['p0-depth', '1'], ['p0-to', 'any one']],
      'p0-to',
    ],
    ['to another than those named', some, [[...on], ['p0-depth', '1'], ['p0-to', 'client-b']], 'p0-to'],
    [
      'to anyone and to own agents only',
      { max_depth: 1 },
      [[...on], ['p0-depth', '1'], ['p0-to', 'any one'], ['p0-to', 'own_agents']],
      'p0-to',
    ],
  ])('is refused %s', (_, asked, fields, field) => {
    expect(decide(asked, ...fields)).toEqual({ ok: false, error: { [field]: expect.any(String) } });
  });
});

describe('expiryChoices', () => {
  it.each([
    ['no end asked', {}, ['1', '7', '30', '90'], '30'],
    ['an end in ten days', { expires: '2026-11-11T00:00:00Z' }, ['1', '7', 'asked'], 'asked'],
    ['an end in an hour', { expires: '2026-11-01T01:00:00Z' }, ['asked'], 'asked'],
    ['an end in a year', { expires: '2027-11-01T00:00:00Z' }, ['1', '7', '30', '90'], '30'],
  ])('%s', (_name, change, values, initial) => {
    const offered = expiryChoices(askedFor(change), NOW);
    expect(offered.choices.map(({ value }) => value)).toEqual(values);
    expect(offered.initial.value).toBe(initial);
  });
});

describe('makeOffer', () => {
  it('hashes the request, the owner and everything that can be chosen', () => {
    const asked = askedFor({ limits: { daily_spend: 5 } });
    const base = makeOffer(pending(asked), 'ada', [KEY], []).hash;
    expect(makeOffer(pending(asked), 'ada', [KEY], []).hash).toBe(base);
    const others = [
      makeOffer({ ...pending(asked), fingerprint: 'g' }, 'ada', [KEY], []),
      makeOffer(pending(asked), 'bob', [KEY], []),
      makeOffer(pending(asked), 'ada', [KEY], [], [{ id: 'dev_1', name: 'laptop' }]),
      makeOffer(pending(asked), 'ada', [], []),
      makeOffer(pending(asked), 'ada', [{ ...KEY, label: 'work' }], []),
      makeOffer(pending(askedFor({ limits: { daily_spend: 6 } })), 'ada', [KEY], []),
      ...[{ max_depth: 1 }, { max_depth: 1, to: ['own_agents'] }].map((delegation) =>
        makeOffer(pending(askedFor({ limits: { daily_spend: 5 }, delegation })), 'ada', [KEY], []),
      ),
    ].map(({ hash }) => hash);
    expect(new Set([base, ...others]).size).toBe(9);
  });
});
