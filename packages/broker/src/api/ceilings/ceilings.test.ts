import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../../test/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

const list = async () => (await house.ask('GET', '/ceilings')).body;

describe('ceilings of provider keys', () => {
  it('say what all apps together have spent of each key', async () => {
    const [one, two] = [await house.createGrant(), await house.ask('GET', '/provider-keys')];
    expect(two.body.data).toHaveLength(1);
    await house.admit(one.id, 'call_1');
    await house.settle('call_1');
    expect(await list()).toMatchObject({
      house_max_usd: '1000',
      own: [],
      data: [
        {
          provider_key: { provider: 'openai', label: 'main', last_four: '4826' },
          limits: {},
          states: [],
          spent: { today_usd: '0.0015', month_usd: '0.0015', total_usd: '0.0015' },
        },
      ],
    });
    expect((await house.ask('GET', '/ceilings', undefined, 'eve')).body.data).toEqual([]);
  });

  it('hold for the next call of every app that draws on the key, and go away again', async () => {
    const { id, parts } = await house.createGrant();
    const keyId = parts[0].provider_key.id;
    const set = (limits: object) => house.ask('PUT', `/ceilings/${keyId}`, { limits });
    const { status, body } = await set({ monthly_spend: '0.003', daily_spend: 5 });
    expect([status, body.limits]).toEqual([200, { monthly_spend: 0.003, daily_spend: 5 }]);
    expect(body.states).toHaveLength(2);
    await house.admit(id, 'call_1');
    await house.settle('call_1');
    const [asStood] = (await house.ask('GET', '/calls/call_1/graph')).body.trees;
    const standing = { unit: 'usd', per: 'month', amount: '0.003', settled: '0', held: '0.002' };
    expect([asStood.link_id, asStood.limits[0]]).toEqual([keyId, standing]);
    await expect(house.admit(id, 'call_2')).rejects.toThrow();
    expect((await set({})).body).toMatchObject({ limits: {}, states: [] });
    await house.admit(id, 'call_3');
    const { data } = (await house.ask('GET', '/audit/changes?topic=keys')).body;
    expect(data[0]).toMatchObject({ kind: 'provider_key.limits_changed', body: { after: [] } });
  });

  it.each([
    ['what is no limit over time', { max_concurrent: 2 }],
    ['what is no amount', { monthly_spend: '-1' }],
    ['what there is not', { yearly_spend: 5 }],
  ])('take no %s', async (_what, limits) => {
    const { parts } = await house.createGrant();
    expect((await house.ask('PUT', `/ceilings/${parts[0].provider_key.id}`, { limits })).status).toBe(400);
  });

  it('are changed only by an owner who just proved who they are', async () => {
    const { parts } = await house.createGrant();
    house.stepUp.needed = { method: 'passkey', maxAgeSeconds: 600 };
    const { status } = await house.ask('PUT', `/ceilings/${parts[0].provider_key.id}`, { limits: {} });
    expect(status).toBe(401);
  });
});
