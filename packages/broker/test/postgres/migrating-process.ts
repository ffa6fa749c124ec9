// Test fixture: a start on the database `argv[2]` with two more migrations. With `argv[3]` it says `half` in the middle of the second and
// goes no further, until it is killed; without it goes through.

import { sql } from 'kysely';
import { systemAmbient } from '../../src/clock.ts';
import type { Migration } from '../../src/store/migrations/list.ts';
import { openPostgresStore, POSTGRES_MIGRATIONS } from '../../src/store/postgres/open-postgres-store.ts';

const [, , url = '', stops] = process.argv;

const migrations: readonly Migration[] = [
  ...POSTGRES_MIGRATIONS,
  {
    name: '9001-one',
    up: async (db) => {
      await sql`create table one (id text)`.execute(db);
    },
  },
  {
    name: '9002-two',
    up: async (db) => {
      await sql`create table two (id text)`.execute(db);
      await sql`insert into one (id) select name from migrations`.execute(db);
      if (stops === undefined) return;
      process.stdout.write('half');
      await new Promise((resolve) => setTimeout(resolve, 3_600_000));
    },
  },
];

const store = await openPostgresStore({ url, ambient: systemAmbient, migrations });
await store.close();
