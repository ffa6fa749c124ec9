import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../../test/api-house.ts';
import { changesQuery } from '../../audit/read-changes.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

const kindsOf = async (query = '', owner?: string): Promise<string[]> =>
  (await house.ask('GET', `/audit/changes${query}`, undefined, owner)).body.data.map(
    ({ kind }: { kind: string }) => kind,
  );

describe('changes', () => {
  it('are every entry that is not of a call, newest first, by topic and by grant', async () => {
    const { id } = await house.createGrant();
    await house.admit(id, 'c1');
    await house.settle('c1');
    await house.grants.suspend('ada', id);
    await house.ledger.record([{ ownerId: 'ada', kind: 'owner.signed_in', body: { session_id: 's1' } }]);
    expect(await kindsOf()).toEqual([
      'owner.signed_in',
      'grant.suspended',
      'grant.key_token_issued',
      'grant.created',
      'provider_key.added',
    ]);
    expect(await kindsOf('?topic=keys')).toEqual(['provider_key.added']);
    expect(await kindsOf('?topic=sign_in')).toEqual(['owner.signed_in']);
    expect(await kindsOf(`?grant_id=${id}&limit=1`)).toEqual(['grant.suspended']);
    expect(await kindsOf('', 'eve')).toEqual([]);
    const { data } = (await house.ask('GET', '/audit/changes?topic=access&limit=1')).body;
    expect(data[0]).toMatchObject({ grant_id: id, grant_name: 'Notes', at: '2026-11-22T12:00:00.000Z' });
  });

  it('come page by page', async () => {
    await house.createGrant();
    const seen: string[] = [];
    for (let path = '/audit/changes?limit=2'; path !== ''; ) {
      const { body } = await house.ask('GET', path);
      seen.push(...body.data.map(({ kind }: { kind: string }) => kind));
      path = body.next === null ? '' : `/audit/changes?limit=2&before=${body.next}`;
    }
    expect(seen).toEqual(await kindsOf());
    expect(seen).toHaveLength(3);
  });

  it.each(['?topic=nothing', '?before=x', '?limit=0', '?limit=201', '?what=1'])(
    'refuse what cannot be asked: %s',
    async (query) => {
      expect((await house.ask('GET', `/audit/changes${query}`)).status).toBe(400);
    },
  );

  it('are found by an index, not by reading the calls', async () => {
    for (const filter of [{}, { topic: 'keys' as const }, { before: 9, grantId: 'g' }]) {
      const { sql, parameters } = changesQuery(house.store.db, 'ada', { limit: 50, ...filter }).compile();
      const explain = CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]);
      const { rows } = await house.store.db.executeQuery<{ detail: string }>(explain);
      const plan = rows.map((row) => row.detail).join('\n');
      expect(plan).toContain('SEARCH journal USING INDEX journal_changes');
      expect(plan).not.toContain('TEMP B-TREE');
    }
  });
});
