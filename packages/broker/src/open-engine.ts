// Picks where the product keeps its data: an embedded database in the data folder, or a PostgreSQL that replicas share.

import { sql } from 'kysely';
import type { Logger } from 'pino';
import { WrittenOwners } from './audit/written-owners.ts';
import type { Ambient } from './clock.ts';
import type { Config } from './config.ts';
import type { Ledger } from './ledger/contract.ts';
import { openEmbeddedLedger } from './ledger/embedded/embedded-ledger.ts';
import { MarkFolder } from './ledger/embedded/forward-marks.ts';
import type { NoticeListener } from './ledger/postgres/notices.ts';
import { openPostgresLedger } from './ledger/postgres/postgres-ledger.ts';
import { createArtifacts } from './oauth/artifacts.ts';
import type { Store } from './store/contract.ts';
import { openStore, type SqliteStore } from './store/open-store.ts';
import { openPostgresStore } from './store/postgres/open-postgres-store.ts';
import { announcedKeys, announceKeys } from './store/postgres/replica-keys.ts';
import { ENTRY_COLUMNS } from './store/sqlite/messages.ts';
import { memoryReplayGuard, type ReplayGuard } from './tokens/replay-guard.ts';
import type { KeyPeers } from './vault/master-key-rotation.ts';

/** What other replicas do, as it reaches this one. */
export interface ReplicaNews {
  listen(listener: NoticeListener): () => void;
}

/** A ledger, and what it shares with other processes: null where there is only one. */
export interface OpenLedger {
  readonly ledger: Ledger;
  readonly news: ReplicaNews | null;
  readonly peers: KeyPeers | null;
  /** Resolves with the id of a journal entry before which no start needs those of calls that have ended. */
  readonly checkpoint: () => Promise<number>;
}

/** An open store, and what goes with its engine. */
export interface Engine {
  readonly store: Store;
  /** MUST be called once, when the vault is known to open. */
  openLedger(): Promise<OpenLedger>;
  /** Runs what makes things once per database (keys, the first owner) while no other replica does. */
  alone<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Lets each DPoP proof through once, on whatever replica it comes in. */
  readonly replayGuard: ReplayGuard;
  /** The owners whose journals this process writes in. */
  readonly written: WrittenOwners;
}

/** The store as the ledger gets it: whose entries it appends is noted, whether or not that failed. */
const noting = (store: SqliteStore, written: WrittenOwners) => ({
  ...store,
  writer: {
    append: async (batch: Parameters<SqliteStore['writer']['append']>[0]) => {
      try {
        return await store.writer.append(batch);
      } finally {
        for (let at = 0; at < batch.entries.length; at += ENTRY_COLUMNS.length)
          written.note(batch.entries[at] as string);
      }
    },
    restart: () => store.writer.restart(),
  },
});

/** Remembers proofs in the database: for every process on it, and for the next one. */
const writtenProofs = (db: Parameters<typeof createArtifacts>[0], ambient: Ambient): ReplayGuard => {
  const artifacts = createArtifacts(db, ambient);
  return { claim: (id, expiresAtMs) => artifacts.claim('GateProof', id, expiresAtMs) };
};

const openEmbedded = async (dataDir: string, ambient: Ambient): Promise<Engine> => {
  const store = await openStore({ dataDir, ambient });
  const written = new WrittenOwners();
  // Before there was an owner nobody had anything to prove, so no earlier process can have let a proof through.
  const owners = await sql`select 1 from "user" limit 1`.execute(store.db);
  const proofsSinceMs = owners.rows.length === 0 ? 0 : ambient.now();
  return {
    store,
    openLedger: async () => {
      const marks = new MarkFolder(ambient);
      const ledger = await openEmbeddedLedger({ store: noting(store, written), ambient, marks });
      return { ledger, news: null, peers: null, checkpoint: () => ledger.checkpoint() };
    },
    alone: (work) => work(),
    replayGuard: memoryReplayGuard(ambient.now, writtenProofs(store.db, ambient), proofsSinceMs),
    written,
  };
};

const openShared = async (
  url: string,
  { replicaName: name, cutOffSeconds }: Config,
  ambient: Ambient,
  log: Logger,
): Promise<Engine> => {
  const store = await openPostgresStore({ url, ambient });
  const written = new WrittenOwners();
  return {
    store,
    openLedger: async () => {
      const onTrouble = (error: Error) => log.error({ err: error }, 'the ledger can not record');
      const onWritten = (ownerId: string) => written.note(ownerId);
      const ledger = await openPostgresLedger({
        store,
        ambient,
        onTrouble,
        onWritten,
        silenceMs: cutOffSeconds * 1000,
        ...(name && { name }),
      });
      const peers = {
        announce: (text: string) => announceKeys(store.db, ledger.replicaId, text),
        announced: () => announcedKeys(store.db),
      };
      // A start reads no entries here: balances stand in the database as of its last one.
      return { ledger, news: ledger, peers, checkpoint: async () => Number.MAX_SAFE_INTEGER };
    },
    alone: (work) => store.alone(work),
    replayGuard: writtenProofs(store.db, ambient),
    written,
  };
};

/** Opens the store that the configuration names. */
export const openEngine = (config: Config, ambient: Ambient, log: Logger): Promise<Engine> =>
  config.databaseUrl === undefined
    ? openEmbedded(config.dataDir, ambient)
    : openShared(config.databaseUrl, config, ambient, log);
