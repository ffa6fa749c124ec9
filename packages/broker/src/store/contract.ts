// Where rows live. On SQLite every write goes through one worker thread that owns the only writing connection, so that the event loop
// never waits for the disk; reads use a read-only connection of the main thread.

import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** An open database, migrated to this release's schema. */
export interface Store {
  readonly engine: 'sqlite' | 'postgres';
  readonly db: Kysely<Schema>;
  close(): Promise<void>;
}
