// Loaded before the product in a test's process: makes it the release after this one. NEXT_RELEASE is `added` for one whose migration only
// adds, `removed` for one that also takes away what this release reads.

import { sql } from 'kysely';
import { MIGRATIONS, type Migration } from '../../src/store/migrations/list.ts';

const added: Migration = {
  name: '9001-added',
  compatibleFrom: '0001-initial',
  up: async (db) => {
    for (const table of ['links', 'grants', 'journal', 'ledger_owners', 'open_calls', 'provider_keys'])
      await sql.raw(`alter table ${table} add column note text`).execute(db);
    await sql`create table notes (id text primary key)`.execute(db);
  },
};

const removed: Migration = {
  name: '9002-removed',
  up: async (db) => {
    await sql`alter table grants drop column note`.execute(db);
  },
};

const list = MIGRATIONS as Migration[];
list.push(added);
if (process.env.NEXT_RELEASE === 'removed') list.push(removed);
