// Migrations: once, in order, all or nothing each, never backward.

import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from './migrate.ts';
import { MIGRATIONS, type Migration } from './migrations/list.ts';
import { openStore, type SqliteStore } from './open-store.ts';
import { POSTGRES_MIGRATIONS } from './postgres/open-postgres-store.ts';

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

  it('that no older release runs with are named where operators read of upgrades', () => {
    const page = readFileSync(new URL('../../../../docs/operating/upgrade.md', import.meta.url), 'utf8');
    const [, from = '', to = ''] = /^\| `([^`]+)` to `([^`]+)`/m.exec(page) ?? [];
    const unnamed = POSTGRES_MIGRATIONS.slice(1)
      .filter(({ name, compatibleFrom = name }) => compatibleFrom === name)
      .filter(({ name }) => !page.includes(`\`${name}\``) && !(from < name && name < to));
    expect(unnamed.map(({ name }) => name)).toEqual([]);
  });

  it('applies what is missing, once', async () => {
    const more = [...MIGRATIONS, creating('9998-more', 'more')];
    await migrate(store.db, now, { migrations: more });
    await migrate(store.db, now, { migrations: more });
    expect((await applied()).at(-1)).toEqual({ name: '9998-more' });
  });

  it('leaves nothing of a migration that failed half-way, and resumes with it', async () => {
    const bad = [...MIGRATIONS, creating('9998-bad', 'half', 'half')];
    await expect(migrate(store.db, now, { migrations: bad })).rejects.toThrow('already exists');
    expect(await applied()).toHaveLength(MIGRATIONS.length);
    await migrate(store.db, now, { migrations: [...MIGRATIONS, creating('9998-bad', 'half')] });
    expect(await applied()).toHaveLength(MIGRATIONS.length + 1);
  });

  it('refuses a database that a newer release has written, naming what it does not know', async () => {
    await migrate(store.db, now, { migrations: [...MIGRATIONS, creating('9999-newer', 'newer')] });
    await expect(migrate(store.db, now)).rejects.toThrow(/newer release of Valetkey .*9999-newer/);
  });

  it('runs on a database to which a newer release only added, until that adds what it can not run with', async () => {
    const added = { ...creating('9998-added', 'added'), compatibleFrom: '0001-initial' };
    const removed = { ...creating('9999-removed', 'removed'), compatibleFrom: '9998-added' };
    await migrate(store.db, now, { migrations: [...MIGRATIONS, added] });
    await migrate(store.db, now);
    await migrate(store.db, now, { migrations: [...MIGRATIONS, added, removed] });
    await migrate(store.db, now, { migrations: [...MIGRATIONS, added] });
    await expect(migrate(store.db, now)).rejects.toThrow(/newer release of Valetkey .*9999-removed/);
  });

  it('does nothing that older processes could not go on with while they use the database', async () => {
    const isInUse = async () => true;
    const added = { ...creating('9998-added', 'added'), compatibleFrom: '0001-initial' };
    const migrations = [...MIGRATIONS, added, creating('9999-breaking', 'breaking')];
    await expect(migrate(store.db, now, { migrations, isInUse })).rejects.toThrow(
      /9999-breaking. Stop them all/,
    );
    expect(await applied()).toHaveLength(MIGRATIONS.length);
    await migrate(store.db, now, { migrations: [...MIGRATIONS, added], isInUse });
    await migrate(store.db, now, { migrations });
    expect(await applied()).toHaveLength(MIGRATIONS.length + 2);
  });

  it.each(['0010-stops', '0017-owners'])(
    'keeps releases from before %s off this one’s database, and itself off a database that they use',
    async (name) => {
      const older = MIGRATIONS.filter((migration) => migration.name < name);
      const later = MIGRATIONS.filter((migration) => migration.name >= name).map((each) => each.name);
      await expect(migrate(store.db, now, { migrations: older })).rejects.toThrow(
        new RegExp(`newer release of Valetkey .*${name}`),
      );
      await store.db.deleteFrom('migrations').where('name', 'in', later).execute();
      await expect(migrate(store.db, now, { isInUse: async () => true })).rejects.toThrow(
        new RegExp(`Brokers of an older release use the database.* ${name}. Stop them all`),
      );
      expect(await applied()).toHaveLength(older.length);
    },
  );

  it('takes up a database of a release that did not note what can run with it', async () => {
    await sql`alter table migrations drop column compatible_from`.execute(store.db);
    await migrate(store.db, now);
    await sql`insert into migrations (name, applied_at) values ('9999-older', 0)`.execute(store.db);
    await expect(migrate(store.db, now)).rejects.toThrow('9999-older');
  });
});
