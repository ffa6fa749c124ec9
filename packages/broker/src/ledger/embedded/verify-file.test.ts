// `valetkey ledger verify`: a clean ledger passes with its counts; whatever was tampered with is named. The tampered rows get new hashes
// where the money itself is to be found wrong, because whoever can write the file can do that, too.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EntryColumns, genesisHash, hashEntry } from '../../audit/hash-entry.ts';
import { CallRemover } from '../../audit/retention/call-remover.ts';
import { openStore } from '../../store/open-store.ts';
import { ENTRY_COLUMNS } from '../../store/sqlite/messages.ts';
import { Bench, exactly, limit, NOON } from '../contract-suite/harness.ts';
import { openEmbeddedLedger } from './embedded-ledger.ts';
import { verifyFile } from './verify-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-verify-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Two owners, chains of three links, calls of every outcome over several days, a reset; `last` stays open. */
const live = async (midway: () => void = () => {}): Promise<void> => {
  const clock = { nowMs: NOON };
  const ambient = { now: () => clock.nowMs };
  const store = await openStore({ dataDir: folder, ambient });
  const ledger = await openEmbeddedLedger({ store, ambient, checkpointEntries: 7, residentLinks: 2 });
  const bench = new Bench({ ledger } as unknown as Bench['engine'], clock);
  for (const owner of ['ada', 'bob']) {
    await bench.open(`${owner}-key`, null, { ownerId: owner });
    const limits = [limit('usd', 1000)];
    await bench.open(`${owner}-app`, `${owner}-key`, { ownerId: owner, limits });
    await bench.open(`${owner}-agent`, `${owner}-app`, { ownerId: owner });
    for (const kind of ['settled', 'ceiling', 'released', 'settled'] as const) {
      const leafId = `${owner}-agent`;
      const request = bench.request(leafId, exactly(100, 10), await bench.chain(leafId), owner);
      const admission = await ledger.admit(request);
      clock.nowMs += 20 * 3_600_000;
      if (admission.ok) await bench.settle(admission.value, 60, { kind, tokens: 3 });
    }
  }
  await bench.reset('ada-app');
  const chain = await bench.chain('ada-app');
  await ledger.admit(bench.request('ada-app', exactly(5), chain, 'ada'));
  midway();
  await ledger.close();
  await store.close();
};

/** Runs SQL on the file, then chains every owner's entries anew, as a careful forger would. */
const forge = (sql: string): void => {
  const database = new DatabaseSync(join(folder, 'valetkey.sqlite'));
  database.exec(sql);
  const heads = new Map<string, { seq: number; hash: string }>();
  for (const row of database.prepare('select * from journal order by id').all()) {
    const owner = String(row.owner_id);
    const { seq, hash } = heads.get(owner) ?? { seq: 0, hash: genesisHash(owner) };
    const columns = ENTRY_COLUMNS.map((name) => row[name]) as unknown as EntryColumns;
    const head = { seq: seq + 1, hash: hashEntry(hash, seq + 1, Number(row.at), columns) };
    database
      .prepare('update journal set seq = ?, hash = ? where id = ?')
      .run(head.seq, head.hash, row.id ?? 0);
    heads.set(owner, head);
  }
  database.close();
  rmSync(join(folder, 'valetkey.anchor'));
};

const faultsOf = () => verifyFile(folder).faults.map(({ entryId, problem }) => `${entryId} ${problem}`);

describe('verifyFile', () => {
  it('passes a clean ledger and tells what it looked at, also while the broker runs', async () => {
    const expected = {
      entries: 18,
      owners: 2,
      calls: 9,
      openCalls: 1,
      removedCalls: 0,
      links: 6,
      faults: [],
    };
    let running: unknown = null;
    await live(() => {
      running = verifyFile(folder);
    });
    expect(running).toMatchObject({ ...expected, links: expect.any(Number) });
    expect(verifyFile(folder)).toEqual(expected);
  });

  it.each([
    ['update journal set body = body || 1 where id = 4', '4 was changed'],
    ['delete from journal where id = 4', '5 is not the next'],
    ['update journal set id = 1000 where id = 4', '5 is not the next'],
  ])('finds what breaks a chain: %s', async (sql, says) => {
    await live();
    const database = new DatabaseSync(join(folder, 'valetkey.sqlite'));
    database.exec(sql);
    database.close();
    expect(faultsOf().join('\n')).toContain(says);
  });

  it.each([
    ['money given back', 'update journal set settled_nanos = 1 where id = 2', 'link ada-agent'],
    ['another hold given back', 'update journal set held_nanos = -99 where id = 2', '2 gives back another'],
    ['a ceiling made cheaper', 'update journal set settled_nanos = 1 where id = 4', '4 posts call'],
    ['a negative cost', 'update journal set settled_nanos = -1 where id = 2', '2 settles a negative'],
    ['a call moved to another link', `update journal set link_id = 'bob-app' where id = 2`, '2 settles call'],
    [
      'a link that is not there',
      `update journal set link_id = 'x' where id in (1, 2)`,
      '1 is charged to link x',
    ],
    ['a whole call gone', 'delete from journal where id in (1, 2)', 'link ada-agent'],
    ['money in a note', `update journal set kind = 'grant.noted' where id = 2`, '2 moves money'],
    [
      'a balance lowered',
      `update checkpoints set balances = replace(balances, '160', '60')`,
      'link ada-agent',
    ],
    ['a balance gone', `delete from checkpoints where link_id = 'ada-key'`, 'link ada-key'],
    ['an open call forgotten', `update house set value = replace(value, 'call_', 'xx_')`, 'other open calls'],
    ['an unearned correction', `update journal set kind = 'call.corrected' where id = 2`, '2 corrects call'],
  ])('finds money that does not add up, though the chains were made anew: %s', async (_, sql, says) => {
    await live();
    forge(sql);
    expect(faultsOf().join('\n')).toContain(says);
  });

  it('finds that the newest entries are gone', async () => {
    await live();
    const database = new DatabaseSync(join(folder, 'valetkey.sqlite'));
    database.exec('delete from journal where id > 15');
    database.close();
    expect(faultsOf().join('\n')).toContain('18 was seen before and is not in the journal');
  });

  it('says so when there is no database, or it is none', () => {
    expect(() => verifyFile(folder)).toThrow('There is no database');
    writeFileSync(join(folder, 'valetkey.sqlite'), 'x'.repeat(5000));
    expect(() => verifyFile(folder)).toThrow('not a database');
  });
});

/** As `live`, then 40 days without calls and all of them removed that may be, five of them; then one more. */
const liveAndRemove = async (): Promise<void> => {
  await live();
  const clock = { nowMs: NOON + 50 * 86_400_000 };
  const ambient = { now: () => clock.nowMs };
  const store = await openStore({ dataDir: folder, ambient });
  const ledger = await openEmbeddedLedger({ store, ambient, checkpointEntries: 7 });
  const checkpoint = () => ledger.checkpoint();
  const parts = { db: store.db, ledger, checkpoint, now: ambient.now, days: 35 };
  expect(await new CallRemover({ ...parts, alone: (work) => work() }).run()).toBe(6);
  const bench = new Bench({ ledger } as unknown as Bench['engine'], clock);
  await ledger.admit(bench.request('ada-app', exactly(5), await bench.chain('ada-app'), 'ada'));
  await ledger.close();
  await store.close();
};

/** Runs SQL on the file, then chains what stands after the first removal anew; gaps stay where they are. */
const forgeLater = (sql: string): void => {
  const database = new DatabaseSync(join(folder, 'valetkey.sqlite'));
  const [first] = database.prepare(`select id from journal where kind = 'calls.removed'`).all();
  database.exec(sql);
  const hashes = new Map<string, string>();
  for (const row of database.prepare('select * from journal order by id').all()) {
    const owner = String(row.owner_id);
    const columns = ENTRY_COLUMNS.map((name) => row[name]) as unknown as EntryColumns;
    const hash = hashEntry(hashes.get(owner) ?? '', Number(row.seq), Number(row.at), columns);
    const isLater = Number(row.id) >= Number(first?.id);
    if (isLater) database.prepare('update journal set hash = ? where id = ?').run(hash, row.id ?? 0);
    hashes.set(owner, isLater ? hash : String(row.hash));
  }
  database.close();
  rmSync(join(folder, 'valetkey.anchor'));
};

describe('verifyFile, where old calls were removed', () => {
  it('passes, and counts what is left and what is gone', async () => {
    await liveAndRemove();
    expect(verifyFile(folder)).toEqual({
      ...{ entries: 10, owners: 2, calls: 4, openCalls: 1, removedCalls: 6, links: 6, faults: [] },
    });
  });

  const REMOVED = `kind = 'calls.removed' and owner_id = 'bob'`;

  it.each([
    ['one more entry gone', `delete from journal where kind = 'grant.limit_reset'`, 'is not the next'],
    ['no entry that names them', `delete from journal where ${REMOVED}`, 'is not the next'],
    [
      'another sum',
      `update journal set body = replace(body, '"settled_nanos":160', '"settled_nanos":60') where ${REMOVED}`,
      'link bob-key are not the sums',
    ],
    [
      'another link',
      `update journal set body = replace(body, 'bob-agent', 'bob-app') where ${REMOVED}`,
      'link bob-agent are not the sums',
    ],
    [
      'a link that is not there',
      `update journal set body = replace(body, 'bob-agent', 'bob-cat') where ${REMOVED}`,
      'names link bob-cat, which does not exist',
    ],
    [
      'another hash',
      `update journal set body = replace(body, '"hash":"', '"hash":"x') where ${REMOVED}`,
      'was changed',
    ],
    [
      'an entry that is there',
      `update journal set body = replace(body, '"to":6', '"to":7') where ${REMOVED}`,
      'is not the next',
    ],
    ['no words', `update journal set body = '{}' where ${REMOVED}`, 'does not say which calls were removed'],
    ['another table of gaps', 'update journal_gaps set from_seq = from_seq + 1', 'table of gaps'],
    ['no table of gaps', 'delete from journal_gaps', 'table of gaps'],
  ])('finds %s, though the chains were made anew', async (_, sql, says) => {
    await liveAndRemove();
    forgeLater(sql);
    expect(faultsOf().join('\n')).toContain(says);
  });
});
