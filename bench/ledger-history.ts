// Makes databases as they are after a long life: many grants, many journal entries, chained and with the balances they add up to. It does
// not wait for the disk and builds indexes last, so it is far faster than the ledger that would have written the same.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type EntryColumns, genesisHash, hashEntry } from '../packages/broker/src/audit/hash-entry.ts';
import { systemAmbient } from '../packages/broker/src/clock.ts';
import { Counters } from '../packages/broker/src/ledger/rules/counters.ts';
import { openStore } from '../packages/broker/src/store/open-store.ts';
import { ENTRY_COLUMNS } from '../packages/broker/src/store/sqlite/messages.ts';
import { grantLinkId, INTENT, KEY_LINK_ID, LIMITS, OUTCOME } from './ledger-load.ts';

/** How much has happened. */
export interface History {
  readonly grants: number;
  /** Journal entries: half of them admissions, half outcomes. */
  readonly entries: number;
}

const NANOS = 83_000;
const TOKENS = 52;

const INSERT_LINK = `insert into links
  (id, owner_id, parent_id, grant_id, provider_key_id, provider, version, status, limits)
  values (?, 'owner', ?, ?, '${KEY_LINK_ID}', 'openai', 1, 'active', '${JSON.stringify(LIMITS)}')`;

const INSERT_ENTRY = `insert into journal (${ENTRY_COLUMNS.join(', ')}, at, seq, hash)
  values (${ENTRY_COLUMNS.map(() => '?').join(', ')}, ?, ?, ?)`;

/** Makes the database in an empty folder. */
export async function buildHistory(dataDir: string, { grants, entries }: History): Promise<void> {
  const store = await openStore({ dataDir, ambient: systemAmbient });
  await store.close();
  const database = new DatabaseSync(join(dataDir, 'valetkey.sqlite'));
  database.exec('pragma synchronous = off; pragma cache_size = -500000; pragma temp_store = memory; begin');
  const link = database.prepare(INSERT_LINK);
  link.run(KEY_LINK_ID, null, null);
  for (let grant = 0; grant < grants; grant++) link.run(grantLinkId(grant), KEY_LINK_ID, grantLinkId(grant));
  if (entries > 0) withoutIndexes(database, () => writeEntries(database, grants, entries));
  database.exec('commit; pragma wal_checkpoint(truncate)');
  database.close();
}

function withoutIndexes(database: DatabaseSync, work: () => void): void {
  const indexes = database
    .prepare(
      `select name, sql from sqlite_schema where type = 'index' and tbl_name = 'journal' and sql is not null`,
    )
    .all();
  for (const { name } of indexes) database.exec(`drop index ${name}`);
  work();
  for (const { sql } of indexes) database.exec(String(sql));
}

function writeEntries(database: DatabaseSync, grants: number, entries: number): void {
  const insert = database.prepare(INSERT_ENTRY);
  const [intent, outcome] = [JSON.stringify({ ...INTENT, outputTokens: 4096 }), JSON.stringify(OUTCOME)];
  const startMs = Date.now() - entries;
  const balances = new Map<string, Counters>();
  let hash = genesisHash('owner');
  for (let seq = 1; seq <= entries; seq++) {
    const call = Math.floor((seq - 1) / 2);
    const isAdmission = seq % 2 === 1;
    const grantId = grantLinkId(call % grants);
    const atMs = startMs + call;
    const callId = `call_a${call.toString(36).padStart(8, '0')}xxxxxxxxxxxx`;
    const amounts = isAdmission
      ? [NANOS, 0, TOKENS, 0, 1, 0, intent]
      : [-NANOS, NANOS, -TOKENS, TOKENS, -1, 1, outcome];
    const kind = isAdmission ? 'call.admitted' : 'call.settled';
    const columns = ['owner', kind, callId, grantId, grantId, ...amounts] as unknown as EntryColumns;
    hash = hashEntry(hash, seq, atMs, columns);
    insert.run(...columns, atMs, seq, hash);
    if (isAdmission) continue;
    for (const linkId of [grantId, KEY_LINK_ID]) {
      const counters = balances.get(linkId) ?? new Counters(atMs);
      balances.set(linkId, counters);
      counters.rollTo(atMs);
      counters.post(atMs, [0, 0, 0], [NANOS, 1, TOKENS]);
    }
  }
  const save = database.prepare('insert into checkpoints values (?, ?, ?)');
  for (const [linkId, counters] of balances) save.run(linkId, entries, counters.format(startMs + entries));
  const mark = JSON.stringify({ journalId: entries, openAtId: entries, openCallIds: [] });
  database.prepare(`insert into house values ('ledger.checkpoint', ?)`).run(mark);
}
