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

/** Whose calls a journal is filled with: the owner, the links of grants with their grants, and the link of the provider key above them. */
export interface Parties {
  readonly ownerId: string;
  readonly keyLinkId: string;
  readonly grants: readonly { readonly id: string; readonly linkId: string }[];
}

const NANOS = 83_000;
const TOKENS = 52;

const INSERT_LINK = `insert into links
  (id, owner_id, parent_id, grant_id, provider_key_id, provider, version, status, limits)
  values (?, 'owner', ?, ?, '${KEY_LINK_ID}', 'openai', 1, 'active', '${JSON.stringify(LIMITS)}')`;

const INSERT_ENTRY = `insert into journal (${ENTRY_COLUMNS.join(', ')}, at, seq, hash)
  values (${ENTRY_COLUMNS.map(() => '?').join(', ')}, ?, ?, ?)`;

const HEAD = 'select seq, hash from journal where owner_id = ? order by seq desc limit 1';

/** Makes the database in an empty folder. */
export async function buildHistory(dataDir: string, { grants, entries }: History): Promise<void> {
  const store = await openStore({ dataDir, ambient: systemAmbient });
  await store.close();
  const ids = Array.from({ length: grants }, (_, grant) => grantLinkId(grant));
  writeAtOnce(dataDir, (database) => {
    const link = database.prepare(INSERT_LINK);
    link.run(KEY_LINK_ID, null, null);
    for (const id of ids) link.run(id, KEY_LINK_ID, id);
    const parties = {
      ownerId: 'owner',
      keyLinkId: KEY_LINK_ID,
      grants: ids.map((id) => ({ id, linkId: id })),
    };
    fillJournal(database, parties, entries);
  });
}

/** Writes into a folder's database, which nobody else has open, in one transaction that does not wait for the disk. */
export function writeAtOnce(dataDir: string, work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(join(dataDir, 'valetkey.sqlite'));
  database.exec('pragma synchronous = off; pragma cache_size = -500000; pragma temp_store = memory; begin');
  work(database);
  database.exec('commit; pragma wal_checkpoint(truncate)');
  database.close();
}

/** Adds entries to the end of the owner's chain, spread over the grants, and the balances they come to. */
export function fillJournal(database: DatabaseSync, parties: Parties, entries: number): void {
  if (entries > 0) withoutIndexes(database, () => writeEntries(database, parties, entries));
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

function writeEntries(database: DatabaseSync, parties: Parties, entries: number): void {
  const { ownerId, keyLinkId, grants } = parties;
  const insert = database.prepare(INSERT_ENTRY);
  const [intent, outcome] = [JSON.stringify({ ...INTENT, outputTokens: 4096 }), JSON.stringify(OUTCOME)];
  const startMs = Date.now() - entries;
  const balances = new Map<string, Counters>();
  const head = database.prepare(HEAD).get(ownerId);
  let [seq, hash] = [Number(head?.seq ?? 0), String(head?.hash ?? genesisHash(ownerId))];
  for (let at = 0; at < entries; at++) {
    const call = at >> 1;
    const isAdmission = at % 2 === 0;
    const { id: grantId, linkId } = grants[call % grants.length]!;
    const atMs = startMs + call;
    const callId = `call_a${call.toString(36).padStart(8, '0')}xxxxxxxxxxxx`;
    const amounts = isAdmission
      ? [NANOS, 0, TOKENS, 0, 1, 0, intent]
      : [-NANOS, NANOS, -TOKENS, TOKENS, -1, 1, outcome];
    const kind = isAdmission ? 'call.admitted' : 'call.settled';
    const columns = [ownerId, kind, callId, grantId, linkId, ...amounts] as unknown as EntryColumns;
    seq += 1;
    hash = hashEntry(hash, seq, atMs, columns);
    insert.run(...columns, atMs, seq, hash);
    if (isAdmission) continue;
    for (const id of [linkId, keyLinkId]) {
      const counters = balances.get(id) ?? new Counters(atMs);
      balances.set(id, counters);
      counters.rollTo(atMs);
      counters.post(atMs, [0, 0, 0], [NANOS, 1, TOKENS]);
    }
  }
  const journalId = Number(database.prepare('select max(id) as id from journal').get()?.id);
  const save = database.prepare('insert or replace into checkpoints values (?, ?, ?)');
  for (const [id, counters] of balances) save.run(id, journalId, counters.format(startMs + entries));
  const mark = JSON.stringify({ journalId, openAtId: journalId, openCallIds: [] });
  database.prepare(`insert or replace into house values ('ledger.checkpoint', ?)`).run(mark);
}
