import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../../test/api-house.ts';

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
