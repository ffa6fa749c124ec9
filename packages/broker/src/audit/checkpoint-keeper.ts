// Signs where each owner's journal stands and has it kept outside the database. Only owners that wrote since the last time cost anything.
// MUST NOT hold up a request or an end: what can not be kept is told and tried again.

import type { Kysely } from 'kysely';
import type { Ambient } from '../clock.ts';
import type { Schema } from '../store/schema.ts';
import type { CheckpointKeys } from './checkpoint-keys.ts';
import type { CheckpointSink } from './checkpoint-sinks.ts';
import type { WrittenOwners } from './written-owners.ts';

/** What checkpoints are made from. */
export interface KeeperParts {
  readonly db: Kysely<Schema>;
  readonly written: WrittenOwners;
  readonly keys: Pick<CheckpointKeys, 'sign'>;
  readonly sink: CheckpointSink;
  readonly issuer: string;
  readonly ambient: Pick<Ambient, 'now'>;
  /** Told when checkpoints begin to fail, and when they are kept again (null). */
  readonly onChange: (error: Error | null) => void;
}

/** Among so many newest entries a start looks for owners whose last checkpoint a crash may have prevented. */
const NEWEST_ENTRIES = 10_000;

/** Checkpoints that go out together. */
const AT_ONCE = 500;

/** See the top of this file. */
export class CheckpointKeeper {
  readonly #parts: KeeperParts;
  #running: Promise<void> | null = null;
  #problem: string | null = null;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Has the owners of the newest entries signed at the next turn. */
  async start(): Promise<void> {
    const { db, written } = this.#parts;
    const owners = await db
      .selectFrom((from) =>
        from
          .selectFrom('journal')
          .select('owner_id')
          .orderBy('id', 'desc')
          .limit(NEWEST_ENTRIES)
          .as('newest'),
      )
      .select('owner_id')
      .distinct()
      .execute();
    for (const { owner_id } of owners) written.note(owner_id);
  }

  /** Keeps a checkpoint of every owner that wrote since the last time. Never rejects; one at a time. */
  keep(): Promise<void> {
    this.#running ??= this.#keep().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** As `keep`, with what was written while an earlier turn was under way. */
  async close(): Promise<void> {
    await this.#running;
    await this.keep();
  }

  async #keep(): Promise<void> {
    const owners = this.#parts.written.take();
    try {
      while (owners.length > 0) {
        await this.#parts.sink(await this.#signAll(owners.slice(0, AT_ONCE)));
        owners.splice(0, AT_ONCE);
      }
      this.#tell(null);
    } catch (error) {
      for (const owner of owners) this.#parts.written.note(owner);
      this.#tell(error as Error);
    }
  }

  /** One after the other: each is signed in another thread, and requests go on meanwhile. */
  async #signAll(owners: readonly string[]): Promise<string[]> {
    const { db, keys, issuer: broker, ambient } = this.#parts;
    const signed: string[] = [];
    for (const owner of owners) {
      const head = await db
        .selectFrom('journal')
        .select(['seq', 'hash'])
        .where('owner_id', '=', owner)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (head)
        signed.push(await keys.sign({ owner, seq: head.seq, hash: head.hash, at: ambient.now(), broker }));
    }
    return signed;
  }

  /** Once for each reason, not every minute. */
  #tell(error: Error | null): void {
    const problem = error?.message ?? null;
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#parts.onChange(error);
  }
}
