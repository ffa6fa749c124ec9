// Migrations: once, in order, all or nothing each, never backward.

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from './migrate.ts';
import { MIGRATIONS, type Migration } from './migrations/list.ts';
import { openStore, type SqliteStore } from './open-store.ts';

const now = () => 1_700_000_000_000;
let store: SqliteStore;

beforeEach(async () => {
  store = await openStore({ dataDir: ':memory:', ambient: { now } });
});

afterEach(() => store.close());

const applied = () => store.db.selectFrom('migrations').select('name').orderBy('name').execute();

const creating = (name: string, ...tables: string[]): Migration => ({
  name,
  up: async (db) => {
    for (const table of tables) await sql.raw(`create table ${table} (id text)`).execute(db);
  },
});

describe('migrate', () => {
  it('has applied every migration of this release, in the order of their names', async () => {
    const names = MIGRATIONS.map(({ name }) => ({ name }));
    expect(await applied()).toEqual(names);
    expect(names.map(({ name }) => name)).toEqual(names.map(({ name }) => name).sort());
  });

  it('applies what is missing, once', async () => {
    const more = [...MIGRATIONS, creating('9998-more', 'more')];
    await migrate(store.db, now, more);
    await migrate(store.db, now, more);
    expect((await applied()).at(-1)).toEqual({ name: '9998-more' });
  });

  it('leaves nothing of a migration that failed half-way, and resumes with it', async () => {
    const bad = [...MIGRATIONS, creating('9998-bad', 'half', 'half')];
    await expect(migrate(store.db, now, bad)).rejects.toThrow('already exists');
    expect(await applied()).toHaveLength(MIGRATIONS.length);
    await migrate(store.db, now, [...MIGRATIONS, creating('9998-bad', 'half')]);
    expect(await applied()).toHaveLength(MIGRATIONS.length + 1);
  });

  it('refuses a database that a newer release has written, naming what it does not know', async () => {
    await migrate(store.db, now, [...MIGRATIONS, creating('9999-newer', 'newer')]);
    await expect(migrate(store.db, now)).rejects.toThrow(/newer release of Valetkey .*9999-newer/);
  });
});
