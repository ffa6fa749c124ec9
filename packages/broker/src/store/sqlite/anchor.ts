// A witness outside the database: which journal entry was last seen in it. A database that lost its newest commits (a log that was cut off
// or left behind) is whole in itself and still MUST NOT be served: money that was spent would be there again.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StatementCache } from './statement-cache.ts';

/** The entry that was last seen, and its hash. */
export interface Anchor {
  readonly journalId: number;
  readonly hash: string;
}

const LAST = 'select id, hash from journal order by id desc limit 1';

const pathIn = (dataDir: string): string => join(dataDir, 'valetkey.anchor');

/** The anchor of a data folder; null if there is none, or it cannot be read as one. */
export const readAnchor = (dataDir: string): Anchor | null => {
  try {
    const { journalId, hash } = JSON.parse(readFileSync(pathIn(dataDir), 'utf8')) as Partial<Anchor>;
    return typeof journalId === 'number' && typeof hash === 'string' ? { journalId, hash } : null;
  } catch {
    return null;
  }
};

/** Whether the journal still holds the entry that the anchor names. */
export const holdsAnchor = (reader: StatementCache, { journalId, hash }: Anchor): boolean =>
  reader.prepare('select hash from journal where id = ?').get(journalId)?.hash === hash;

/** Writes the anchor of a folder whenever it is asked to and there is something new. */
export class AnchorKeeper {
  readonly #dataDir: string;
  readonly #reader: StatementCache;
  #journalId = -1;

  constructor(dataDir: string, reader: StatementCache) {
    this.#dataDir = dataDir;
    this.#reader = reader;
  }

  /** Replaces the anchor if the journal has grown. Without room on the disk the old one stays, which is as true. */
  keep(): void {
    try {
      const last = this.#reader.prepare(LAST).get();
      if (!last || last.id === this.#journalId) return;
      const anchor: Anchor = { journalId: Number(last.id), hash: String(last.hash) };
      const path = pathIn(this.#dataDir);
      writeFileSync(`${path}.new`, JSON.stringify(anchor), { mode: 0o600 });
      renameSync(`${path}.new`, path);
      this.#journalId = anchor.journalId;
    } catch {
      // The next time is soon.
    }
  }
}
