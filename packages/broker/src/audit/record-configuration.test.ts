import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../test/api-house.ts';
import { recordConfiguration } from './record-configuration.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

describe('the configuration', () => {
  it('is an entry of each owner when it differs from the last one there, and only then', async () => {
    const record = (ownerId: string, version: string) =>
      recordConfiguration({ db: house.store.db, ledger: house.ledger }, ownerId, { version });
    for (const version of ['1', '1', '2', '2', '1']) await record('ada', version);
    await record('eve', '1');
    const rows = await house.store.db.selectFrom('journal').select(['owner_id', 'kind', 'body']).execute();
    expect(rows.map(({ owner_id, body }) => `${owner_id} ${JSON.parse(body).version}`)).toEqual([
      'ada 1',
      'ada 2',
      'ada 1',
      'eve 1',
    ]);
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['broker.configured']));
  });
});
