import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../../test/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

describe('how a call was allowed', () => {
  it('is told with the names of today, to the owner of the call alone', async () => {
    const { id } = await house.createGrant();
    await house.admit(id, 'c1');
    await house.settle('c1');
    const { status, body } = await house.ask('GET', '/calls/c1/graph');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      owner_id: 'ada',
      call: { id: 'c1', status: 'settled', cost_usd: '0.0015' },
    });
    const [key] = body.trees;
    expect(key.children[0]).toMatchObject({ grant_id: id, is_on_path: true, held_usd: '0.002' });
    expect(body.names).toEqual({ [id]: 'Notes', [key.link_id]: 'main' });
    for (const [path, owner] of [
      ['/calls/c1/graph', 'eve'],
      ['/calls/c9/graph', 'ada'],
    ] as const)
      expect((await house.ask('GET', path, undefined, owner)).status).toBe(404);
  });
});
