// Grants that nobody uses are looked for page by page: none is missed at the edge of a page, and a house that closes waits for one page at the most.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemAmbient } from '../clock.ts';
import type { Store } from '../store/contract.ts';
import { openStore } from '../store/open-store.ts';
import { noticeIdleGrants } from './idle-grants.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 22);
const ambient = { now: () => NOW, randomBytes: systemAmbient.randomBytes };

let store: Store;
beforeEach(async () => {
  store = await openStore({ dataDir: ':memory:', ambient });
});
afterEach(() => store.close());

/** Grants as old as said, in days. */
const giveAll = async (ages: readonly number[]): Promise<void> => {
  const row = (days: number, place: number) => ({
    id: `gr_${String(place).padStart(4, '0')}`,
    owner_id: 'ada',
    client_id: null,
    name: 'planner',
    parent_grant_id: null,
    status: 'active',
    unknown_fields: 'refuse',
    via: 'dashboard',
    shown_hash: null,
    key_token_hash: null,
    key_thumbprint: null,
    is_actor_authenticated: null,
    devices: null,
    created_at: NOW - days * DAY_MS,
    revoked_at: null,
    expired_at: null,
  });
  await store.db.insertInto('grants').values(ages.map(row)).execute();
};

const told = async (): Promise<readonly (string | null)[]> => {
  const rows = await store.db
    .selectFrom('alerts')
    .select(['grant_id', 'times'])
    .orderBy('grant_id')
    .execute();
  return rows.flatMap(({ grant_id, times }) => Array.from({ length: times }, () => grant_id));
};

it('each is told once, on whatever page it stands', async () => {
  const ages = Array.from({ length: 401 }, (_, place) => ([0, 199, 200, 400].includes(place) ? 31 : 29));
  await giveAll(ages);
  await noticeIdleGrants(store.db, ambient);
  await noticeIdleGrants(store.db, ambient);
  expect(await told()).toEqual(['gr_0000', 'gr_0199', 'gr_0200', 'gr_0400']);
});

it('a house that closes waits for one page at the most', async () => {
  await giveAll(Array.from({ length: 401 }, () => 31));
  const stopping = new AbortController();
  const randomBytes = (size: number) => {
    stopping.abort();
    return systemAmbient.randomBytes(size);
  };
  await noticeIdleGrants(store.db, { now: ambient.now, randomBytes }, stopping.signal);
  expect(await told()).toHaveLength(50);
});
