// The contract suite on the embedded engine, and what only this engine promises.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type SqliteStore } from '../../store/open-store.ts';
import { StoreError } from '../../store/sqlite/writer.ts';
import type { Engine } from '../contract-suite/harness.ts';
import { describeLedger } from '../contract-suite.ts';
import { type EmbeddedLedgerOptions, openEmbeddedLedger } from './embedded-ledger.ts';

type Failure = 'lost' | 'in_doubt' | null;

/** The store's writer, except that its commits fail on demand. */
const failingWriter = (
  store: SqliteStore,
  failure: () => Failure,
): EmbeddedLedgerOptions['store']['writer'] => ({
  append: async (batch) => {
    if (failure() === 'lost') throw new StoreError('disk I/O error', 10);
    const id = await store.writer.append(batch);
    if (failure() === 'in_doubt') throw new StoreError('disk I/O error', 10);
    return id;
  },
  restart: () => store.writer.restart(),
});

async function openEngine(clock: { nowMs: number }): Promise<Engine> {
  const dataDir = mkdtempSync(join(tmpdir(), 'valetkey-ledger-'));
  const ambient = { now: () => clock.nowMs };
  let failure: Failure = null;
  const open = async () => {
    const store = await openStore({ dataDir, ambient });
    const writer = failingWriter(store, () => failure);
    const options = { checkpointEntries: 4, residentLinks: 1, retryMs: 1 };
    const ledger = await openEmbeddedLedger({
      store: { reader: store.reader, writer },
      ambient,
      ...options,
    });
    return { store, ledger };
  };
  let opened = await open();
  return {
    get ledger() {
      return opened.ledger;
    },
    failCommits: (how) => {
      failure = how;
    },
    crash: async () => {
      await opened.store.close();
      opened = await open();
    },
    restart: async () => {
      await opened.ledger.close();
      await opened.store.close();
      opened = await open();
    },
    query: async (sql, ...parameters) => opened.store.reader.run({ sql, parameters }).rows as never,
    end: async () => {
      failure = null;
      await opened.ledger.close();
      await opened.store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

describeLedger('SQLite', openEngine);
