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
    });
    expect((await house.ask('GET', '/usage')).body.by_day).toHaveLength(30);
  });
});
