// F16: a backup made while calls run is one moment of the database, whole in itself; restored elsewhere it goes on from that moment. The
// accounts are taken by plain SQL.

import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackupReport, backUp } from '../../src/backup/back-up.ts';
import { restore } from '../../src/backup/restore.ts';
import { verifyFile } from '../../src/ledger/embedded/verify-file.ts';
import { brokenChain, callFaults, exceededBySql } from '../sim/sql-checks.ts';
import { chatStatus } from './send-chat.ts';
import { type House, startHouse } from './start-house.ts';

const scratch = mkdtempSync(join(tmpdir(), 'valetkey-backup-'));
const file = join(scratch, 'backup.sqlite');
const elsewhere = join(scratch, 'elsewhere');
const SLOW = 'gpt-4o';

let house: House;
let grant: Awaited<ReturnType<House['grant']>>;
let report: BackupReport;
beforeAll(async () => {
  house = await startHouse();
  grant = await house.grant({ provider: 'openai', limits: { monthly_spend: 1, max_requests: 100_000 } });
  house.simulators.openai.script({ when: { model: SLOW }, hold: 'start', times: 2 });
  report = await backUpUnderLoad();
});
afterAll(async () => {
  await house.close();
  rmSync(scratch, { recursive: true, force: true });
});

const chat = (model: string): Promise<number> => chatStatus(house.url, grant.token, { model });

/** Eight callers one call after the other, two more whose calls last; the backup begins and ends among them. */
async function backUpUnderLoad(): Promise<BackupReport> {
  const slow = [chat(SLOW), chat(SLOW)];
  let [done, isOver] = [0, false];
  const statuses = new Set<number>();
  const caller = async () => {
    while (!isOver) {
      statuses.add(await chat('gpt-4o-mini'));
      done += 1;
    }
  };
  const callers = Array.from({ length: 8 }, caller);
  const whenDone = async (calls: number) => {
    while (done < calls) await new Promise((resolve) => setImmediate(resolve));
  };
  await whenDone(40);
  await house.simulators.openai.held(2);
  const made = await backUp(house.dataDir, file);
  await whenDone(done + 80);
  isOver = true;
  await Promise.all(callers);
  house.simulators.openai.release();
  expect([...statuses, ...(await Promise.all(slow))]).toEqual([200, 200, 200]);
  return made;
}

const query = (path: string, sql: string): Record<string, unknown>[] => {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
};
const databaseIn = (dataDir: string): string => join(dataDir, 'valetkey.sqlite');
const ENTRIES = 'select id, seq, hash, kind, call_id, held_nanos, body from journal order by id';
/** Admissions without an outcome. */
const OPEN = `select call_id, held_nanos, body from journal admission where kind = 'call.admitted'
  and not exists (select 1 from journal where call_id = admission.call_id and kind in ('call.settled', 'call.released', 'call.ceiling'))`;

describe('a backup', () => {
  it('is the journal up to one entry, and nothing of what came after', () => {
    const [saved, all] = [query(file, ENTRIES), query(databaseIn(house.dataDir), ENTRIES)];
    expect(saved.length).toBeGreaterThan(80);
    expect(all.length).toBeGreaterThan(saved.length + 80);
    expect(saved).toEqual(all.slice(0, saved.length));
    expect(report.lastEntry).toMatchObject({ id: saved.at(-1)?.id, hash: saved.at(-1)?.hash });
  });

  it('can be read by this user alone, replaces no file, and holds no key', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file);
    await expect(backUp(house.dataDir, file)).rejects.toThrow('exists already');
    expect(readFileSync(file).equals(before)).toBe(true);
    for (const key of Object.values(house.keys)) expect(before.includes(key)).toBe(false);
    expect(report.masterKeyFile).toBe(join(house.dataDir, 'master.key'));
  });

  it('that can not be made leaves no file', async () => {
    const other = join(scratch, 'other.sqlite');
    await expect(backUp(scratch, other)).rejects.toThrow('There is no database');
    expect(existsSync(other)).toBe(false);
  });
});

describe('a restored backup', () => {
  it('adds up to its last entry, by the verification and by plain SQL', () => {
    expect(restore(file, elsewhere)).toMatchObject({ faults: [], openCalls: query(file, OPEN).length });
    expect(statSync(databaseIn(elsewhere)).mode & 0o777).toBe(0o600);
    const database = new DatabaseSync(databaseIn(elsewhere), { readOnly: true });
    expect([brokenChain(database), callFaults(database), exceededBySql(database, Date.now())]).toEqual([
      null,
      [],
      [],
    ]);
    database.close();
  });

  it('goes on from there: later calls are absent, and those that were running are posted at their ceiling', async () => {
    const open = query(file, OPEN);
    expect(open.filter(({ body }) => String(body).includes(`"${SLOW}"`))).toHaveLength(2);
    copyFileSync(join(house.dataDir, 'master.key'), join(elsewhere, 'master.key'));
    const restored = await startHouse({ dataDir: elsewhere });
    const { spent } = (await restored.api('GET', `/grants/${grant.id}`)).body;
    await restored.close();
    const path = databaseIn(elsewhere);
    const ceilings = query(
      path,
      `select call_id, settled_nanos, body from journal where kind = 'call.ceiling'`,
    );
    expect(ceilings).toHaveLength(open.length);
    for (const { call_id, held_nanos } of open) {
      const ceiling = ceilings.find((each) => each.call_id === call_id);
      expect(ceiling).toMatchObject({ settled_nanos: held_nanos });
      expect(JSON.parse(String(ceiling?.body))).toMatchObject({ unconfirmed: true, reason: 'crash' });
    }
    const [sum] = query(
      path,
      `select sum(settled_nanos) as nanos, sum(held_nanos) as held from journal where link_id is not null`,
    );
    const [admitted] = query(file, `select count(*) as calls from journal where kind = 'call.admitted'`);
    expect([Number(spent.total_usd) * 1e9, spent.calls, sum?.held]).toEqual([sum?.nanos, admitted?.calls, 0]);
    expect(verifyFile(elsewhere).faults).toEqual([]);
  });

  it('is not served where newer entries were seen before', async () => {
    const folder = join(scratch, 'seen-before');
    restore(file, folder);
    copyFileSync(join(house.dataDir, 'master.key'), join(folder, 'master.key'));
    const last = query(databaseIn(house.dataDir), ENTRIES).at(-1);
    writeFileSync(join(folder, 'valetkey.anchor'), JSON.stringify({ journalId: last?.id, hash: last?.hash }));
    await expect(startHouse({ dataDir: folder })).rejects.toThrow('was in it before and is not now');
  });
});

describe('a restore', () => {
  it('touches no folder that holds anything', () => {
    expect(() => restore(file, scratch)).toThrow('is not empty');
    expect(() => restore(join(scratch, 'none'), join(scratch, 'new'))).toThrow('There is no backup');
    expect(existsSync(join(scratch, 'new'))).toBe(false);
  });

  it.each([
    [
      'an entry was changed',
      `update journal set settled_nanos = settled_nanos - 1 where kind = 'call.settled'`,
    ],
    ['a balance was lowered', `update checkpoints set balances = replace(balances, '1', '0')`],
    ['the newest entries are gone', 'delete from journal where id > (select max(id) - 20 from journal)'],
  ])('leaves nothing behind when %s', async (_, sql) => {
    const [forged, folder] = [join(scratch, 'forged.sqlite'), join(scratch, 'forged')];
    rmSync(forged, { force: true });
    const source = mkdtempSync(join(tmpdir(), 'valetkey-forged-'));
    copyFileSync(databaseIn(elsewhere), databaseIn(source));
    const database = new DatabaseSync(databaseIn(source));
    database.exec(sql);
    database.close();
    await backUp(source, forged);
    rmSync(source, { recursive: true });
    expect(restore(forged, folder).faults).not.toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it('leaves nothing behind when the file was cut off or overwritten', () => {
    const bytes = readFileSync(file);
    const [broken, folder] = [join(scratch, 'broken.sqlite'), join(scratch, 'broken')];
    writeFileSync(broken, bytes.subarray(0, bytes.length / 2));
    expect(() => restore(broken, folder)).toThrow('is not a whole backup');
    writeFileSync(broken, 'this is no database, '.repeat(1000));
    expect(() => restore(broken, folder)).toThrow('is not a whole backup');
    expect(existsSync(folder)).toBe(false);
  });
});
