import { usdNanos } from '@valetkey/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, DETAILS, openApiHouse } from '../../../test/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

describe('usage', () => {
  it('adds up by day, month and grant', async () => {
    const { id } = await house.createGrant();
    await house.admit(id, 'yesterday');
    await house.settle('yesterday');
    house.clock.nowMs += 86_400_000;
    await house.admit(id, 'today');
    await house.settle('today', 'ceiling');
    const { body } = await house.ask('GET', '/usage?days=3');
    expect(body).toEqual({
      today_usd: '0.002',
      month_usd: '0.0035',
      total_usd: '0.0035',
      calls_today: 1,
      calls_month: 2,
      by_grant: [
        {
          grant_id: id,
          name: 'Notes',
          today_usd: '0.002',
          month_usd: '0.0035',
          total_usd: '0.0035',
          calls: 2,
        },
      ],
      by_day: [
        { day: '2026-11-21', usd: '0', calls: 0 },
        { day: '2026-11-22', usd: '0.0015', calls: 1 },
        { day: '2026-11-23', usd: '0.002', calls: 1 },
      ],
      removed: null,
    });
    expect((await house.ask('GET', '/usage')).body.by_day).toHaveLength(30);
  });
});

describe('sums', () => {
  /** What the rows of a filter cost together, and how many they are, read page by page. */
  const rowsOf = async (query: string): Promise<{ nanos: number; calls: number }> => {
    const sum = { nanos: 0, calls: 0 };
    for (let before: string | null = ''; before !== null; ) {
      const page = `/calls?limit=2&${query}${before && `&before=${before}`}`;
      const { body }: { body: { data: { cost_usd: string | null }[]; next: string | null } } =
        await house.ask('GET', page);
      for (const { cost_usd } of body.data) sum.nanos += usdNanos(cost_usd ?? '0');
      sum.calls += body.data.length;
      before = body.next;
    }
    return sum;
  };

  it('of everything, of grants with what they delegated and of keys are exactly those of their counted calls', async () => {
    const { id } = await house.createGrant();
    await house.ask('PATCH', `/grants/${id}`, {
      authorization_details: [{ ...DETAILS, delegation: { max_depth: 1 } }],
    });
    const worker = await house.delegate(id, 'worker');
    const key = (await house.ask('GET', '/provider-keys')).body.data[0].id;
    house.clock.nowMs = Date.UTC(2026, 10, 30, 23, 59, 59, 900);
    for (const callId of ['last month', 'over midnight']) await house.admit(id, callId);
    await house.settle('last month');
    house.clock.nowMs += 1000;
    await house.settle('over midnight');
    house.clock.nowMs += 12 * 3_600_000;
    for (const callId of ['earlier', 'dear']) await house.admit(worker.id, callId);
    await house.settle('earlier');
    await house.settle('dear', 'ceiling');
    await house.ask('POST', '/calls/dear/correct', { cost_usd: '0.0007' });
    house.clock.nowMs += 86_400_000;
    for (const callId of ['posted', 'given back', 'running']) await house.admit(id, callId);
    await house.settle('posted', 'ceiling');
    await house.settle('given back', 'released');
    await house.ledger.record([
      { ownerId: 'ada', kind: 'call.refused', callId: 'refused', grantId: id, body: { provider: 'openai' } },
    ]);

    const usage = (await house.ask('GET', '/usage')).body;
    const { spent } = (await house.ask('GET', `/grants/${id}`)).body;
    const child = (await house.ask('GET', `/grants/${worker.id}`)).body.spent;
    const ofKey = (await house.ask('GET', '/ceilings')).body.data[0].spent;
    const [today, month] = ['&from=2026-12-02&to=2026-12-02', '&from=2026-12-01&to=2026-12-02'];
    const [all, tree] = ['status=counted', `status=counted&grant_id=${id}&include=descendants`];
    const figures: readonly (readonly [string, string, number?])[] = [
      [all + today, usage.today_usd, usage.calls_today],
      [all + month, usage.month_usd, usage.calls_month],
      [all, usage.total_usd],
      [tree + today, spent.today_usd],
      [tree + month, spent.month_usd],
      [tree, spent.total_usd, spent.calls],
      [`status=counted&grant_id=${worker.id}&include=descendants${month}`, child.month_usd, child.calls],
      [`status=counted&provider_key_id=${key}${today}`, ofKey.today_usd],
      [`status=counted&provider_key_id=${key}${month}`, ofKey.month_usd],
      [`status=counted&provider_key_id=${key}`, ofKey.total_usd],
    ];
    for (const [query, usd, calls] of figures) {
      const rows = await rowsOf(query);
      expect([query, rows.nanos, rows.calls]).toEqual([query, usdNanos(usd), calls ?? rows.calls]);
    }
    // Something is in each, and not the same.
    expect(new Set(figures.slice(0, 3).map(([, usd]) => usd)).size).toBe(3);
  });
});

describe('usage by model', () => {
  const models = async (query: string, owner?: string) =>
    (await house.ask('GET', `/usage/models?${query}`, undefined, owner)).body;

  it("adds up the owner's charged calls of a provider by the day of their admission", async () => {
    const { id } = await house.createGrant();
    for (const callId of ['c1', 'c2', 'c3', 'c4', 'c5']) await house.admit(id, callId);
    await house.settle('c1');
    await house.settle('c2');
    await house.settle('c3', 'ceiling');
    await house.settle('c4', 'released');
    house.clock.nowMs += 86_400_000;
    await house.admit(id, 'c6');
    await house.settle('c6');
    const first = {
      day: '2026-11-22',
      model: 'gpt-5-mini',
      calls: 3,
      usd: '0.005',
      unconfirmed_usd: '0.002',
      input_tokens: 30,
      output_tokens: 6,
    };
    const today = await models('provider=openai&from=2026-11-22&to=2026-11-22');
    expect(today).toEqual({ data: [first], next: null, removed: null });
    await house.ask('POST', '/calls/c3/correct', { cost_usd: '0.0005' });
    const both = await models('provider=openai&from=2026-11-01&to=2026-11-30');
    expect(both.data).toEqual([
      { ...first, usd: '0.0035', unconfirmed_usd: '0' },
      {
        ...first,
        day: '2026-11-23',
        calls: 1,
        usd: '0.0015',
        unconfirmed_usd: '0',
        input_tokens: 10,
        output_tokens: 2,
      },
    ]);
    expect((await models('provider=anthropic&from=2026-11-01&to=2026-11-30')).data).toEqual([]);
    expect((await models('provider=openai&from=2026-11-01&to=2026-11-30', 'eve')).data).toEqual([]);
  });

  it.each([
    'from=2026-11-02&to=2026-11-01',
    'from=2025-01-01&to=2026-11-01',
    'from=x&to=2026-11-01',
    'from=2026-11-01',
  ])('refuses %s', async (query) => {
    expect((await models(`provider=openai&${query}`)).error.code).toBe('invalid_request');
  });
});
