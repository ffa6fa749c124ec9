// F4: a database that was damaged, cut off or put back from an older time is not served, and nothing in it is changed.

import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exactly } from '../../ledger/contract-suite/harness.ts';
import { openEmbeddedLedger } from '../../ledger/embedded/embedded-ledger.ts';
import { openStore } from '../open-store.ts';

const ambient = { now: () => 1_700_000_000_000 };
const SPARE = 'spare.sqlite';
let folder = '';
const file = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-damaged-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Opens the folder, makes `calls` calls, and closes it; `midway` runs while it is open. */
const live = async (calls: number, midway = () => {}): Promise<void> => {
  const store = await openStore({ dataDir: folder, ambient });
  const ledger = await openEmbeddedLedger({ store, ambient });
  const link = { id: 'key', ownerId: 'owner', parentId: null, grantId: null, status: 'active' } as const;
  const rest = { expiresAtMs: null, access: null, limits: [], maxConcurrent: null };
  if (!(await ledger.link('key')))
    await ledger.change({ links: [{ kind: 'open', link: { ...link, ...rest } }], rows: [], entries: [] });
  for (let call = 0; call < calls; call += 1) {
    const callId = `call_${Math.random()}`;
    const chain = [{ linkId: 'key', version: 1 }];
    const intent = { padding: 'x'.repeat(500) };
    await ledger.admit({ callId, ownerId: 'owner', grantId: 'g', chain, hold: exactly(10), intent });
    await ledger.settle({ callId, kind: 'settled', forwarded: true, nanos: 7, tokens: 0, body: {} });
  }
  midway();
  await ledger.close();
  await store.close();
};

const sql = (statement: string): void => {
  const database = new DatabaseSync(file('valetkey.sqlite'));
  database.exec(statement);
  database.close();
};

const problem = async (): Promise<string> => {
  const before = readFileSync(file('valetkey.sqlite'));
  const message = await openStore({ dataDir: folder, ambient }).then(
    async (store) => {
      await store.close();
      return '';
    },
    (error: Error) => error.message,
  );
  if (message) expect(readFileSync(file('valetkey.sqlite')).equals(before)).toBe(true);
  return message;
};

describe('a database at start', () => {
  it('is served when it is whole, also after a crash, whose log is all there', async () => {
    await live(20);
    expect(await problem()).toBe('');
    await live(20);
    expect(await problem()).toBe('');
  });

  it('is refused with a page overwritten', async () => {
    await live(200);
    const bytes = readFileSync(file('valetkey.sqlite'));
    bytes.fill(0xa5, 4096 * 30, 4096 * 31);
    writeFileSync(file('valetkey.sqlite'), bytes);
    expect(await problem()).toMatch(/damaged: .*valetkey ledger verify/);
  });

  it.each([
    ['an entry changed', 'update journal set settled_nanos = 1 where id = 6', 'entry 6'],
    ['an entry gone', 'delete from journal where id = 6', 'entry 7'],
    [
      'an entry added',
      `insert into journal select 1000, owner_id, 1000, at, kind || 'x', call_id, grant_id, link_id,
       0, 0, 0, 0, 0, 0, body, hash from journal where id = 6`,
      'entry 1000',
    ],
    ['the newest entries gone', 'delete from journal where id > 36', 'entry 40 was in it before'],
  ])('is refused with %s', async (_, tamper, says) => {
    await live(20);
    sql(tamper);
    expect(await problem()).toContain(says);
  });

  it('is refused when its log was cut off or left behind', async () => {
    for (const cut of ['cut off', 'left behind', 'damaged']) {
      rmSync(folder, { recursive: true });
      // What a crash leaves: the file, its log and the anchor, copied while the broker runs.
      const crashed = mkdtempSync(join(tmpdir(), 'valetkey-crashed-'));
      await live(20);
      await live(20, () => {
        for (const name of ['valetkey.sqlite', 'valetkey.sqlite-wal'])
          copyFileSync(file(name), join(crashed, name));
      });
      copyFileSync(file('valetkey.anchor'), join(crashed, 'valetkey.anchor'));
      rmSync(folder, { recursive: true });
      folder = crashed;
      const log = file('valetkey.sqlite-wal');
      if (cut === 'cut off') truncateSync(log, 4096 * 4);
      if (cut === 'left behind') rmSync(log);
      if (cut === 'damaged') writeFileSync(log, readFileSync(log).fill(0x11, 4096 * 2, 4096 * 3));
      expect([cut, await problem()]).toEqual([cut, expect.stringContaining('entry 80 was in it before')]);
    }
  });

  it('is refused when an older copy was put in its place, and served once the operator wants that one', async () => {
    await live(10);
    copyFileSync(file('valetkey.sqlite'), file(SPARE));
    await live(10);
    copyFileSync(file(SPARE), file('valetkey.sqlite'));
    expect(await problem()).toContain('delete valetkey.anchor');
    rmSync(file('valetkey.anchor'));
    expect(await problem()).toBe('');
  });
});
