// Marks are believed only when they are whole and no older than the journal; everything else counts as sent.

import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemAmbient } from '../../clock.ts';
import { openStore } from '../../store/open-store.ts';
import { exactly } from '../contract-suite/harness.ts';
import { openEmbeddedLedger } from './embedded-ledger.ts';
import { MarkFolder } from './forward-marks.ts';

let folder: string;
let marks: MarkFolder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-marks-'));
  marks = new MarkFolder(systemAmbient, folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pathOf = (name: string) => join(folder, name);

describe('marks', () => {
  it('are read back while they stand, each place used again when its call is closed', () => {
    const made = marks.create()!;
    for (const callId of ['call_a', 'call_b', 'call_c']) expect(made.mark(callId, 7)).toBe(true);
    made.clear('call_b');
    expect(made.mark('call_d', 9)).toBe(true);
    expect(marks.read(made.name)).toEqual({ callIds: new Set(['call_a', 'call_d', 'call_c']), journalId: 9 });
  });

  it('keep one place each, also of a call that is marked again', () => {
    const made = marks.create()!;
    for (const callId of ['call_a', 'call_a', 'call_b']) made.mark(callId, 1);
    made.clear('call_a');
    for (const callId of ['call_c', 'call_d']) made.mark(callId, 1);
    expect(marks.read(made.name)!.callIds).toEqual(new Set(['call_c', 'call_b', 'call_d']));
  });

  it.each([
    ['cut short', (path: string) => truncateSync(path, 100)],
    ['longer than it was', (path: string) => appendFileSync(path, 'x')],
    ['a mark of something else', (path: string) => appendFileSync(path, '\0'.repeat(64))],
    ['gone', (path: string) => rmSync(path)],
  ])('are not believed when the file is %s', (_name, damage) => {
    const made = marks.create()!;
    made.mark('call_a', 1);
    made.mark('call_b', 1);
    damage(pathOf(made.name));
    expect(marks.read(made.name)).toBeNull();
  });

  it('are taken away for good when one can not be written, and the call may go out all the same', () => {
    const made = marks.create()!;
    expect(made.mark('call_a', 1)).toBe(true);
    expect(made.mark('c'.repeat(64), 1)).toBe(true);
    expect(made.mark('call_b', 1)).toBe(true);
    expect(existsSync(pathOf(made.name))).toBe(false);
  });

  it('are only looked for under names of their own', () => {
    expect(marks.read('../../etc/passwd')).toBeNull();
    expect(() => marks.remove('../x')).not.toThrow();
    expect(new MarkFolder(systemAmbient, join(folder, 'missing')).create()).toBeNull();
  });
});

describe('a start after a crash', () => {
  let dataDir: string;
  let clock = 1_700_000_000_000;
  const ambient = { now: () => clock };
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'valetkey-marked-'));
  });
  const stores: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const open = async (from = dataDir) => {
    const store = await openStore({ dataDir: from, ambient });
    stores.push(store);
    const ledger = await openEmbeddedLedger({ store, ambient, marks });
    return { store, ledger };
  };
  type Opened = Awaited<ReturnType<typeof open>>;
  const addKey = ({ ledger }: Opened) => {
    const terms = {
      status: 'active' as const,
      expiresAtMs: null,
      access: null,
      limits: [],
      maxConcurrent: null,
    };
    const link = { id: 'key', ownerId: 'owner', parentId: null, grantId: null, ...terms };
    return ledger.change({ links: [{ kind: 'open', link }], rows: [], entries: [] });
  };
  const admit = async ({ ledger }: Opened, callId: string) => {
    const chain = [{ linkId: 'key', version: 1 }];
    const hold = exactly(100, 5);
    const request = { callId, ownerId: 'owner', grantId: 'grant', chain, hold, intent: {} };
    expect(await ledger.admit(request)).toMatchObject({ ok: true });
  };
  /** Ends the process as far as anybody can tell: the store is let go, the ledger never closed. */
  const crash = ({ store }: Opened) => store.close();
  const outcomes = async ({ store }: Opened) => {
    const rows = await store.db.selectFrom('journal').select(['kind', 'call_id', 'settled_nanos']).execute();
    return Object.fromEntries(
      rows
        .filter(({ kind, call_id }) => call_id && kind !== 'call.admitted')
        .map((row) => [row.call_id, [row.kind, row.settled_nanos]]),
    );
  };

  it('takes nothing for calls that never went out, and the ceiling for those that did', async () => {
    const first = await open();
    await addKey(first);
    for (const callId of ['call_sent', 'call_kept']) await admit(first, callId);
    expect(first.ledger.mayForward('call_sent')).toBe(true);
    await crash(first);
    const second = await open();
    expect(await outcomes(second)).toEqual({
      call_sent: ['call.ceiling', 100],
      call_kept: ['call.released', 0],
    });
    const [balance] = await second.ledger.balances(['key']);
    expect(balance?.windows.requests.total).toEqual({ settled: 1, held: 0 });
    await second.ledger.close();
    await second.store.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes the ceiling for all when the marks are gone, as after a loss of power', async () => {
    const first = await open();
    await addKey(first);
    for (const callId of ['call_sent', 'call_kept']) await admit(first, callId);
    first.ledger.mayForward('call_sent');
    await crash(first);
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    expect(await outcomes(await open())).toEqual({
      call_sent: ['call.ceiling', 100],
      call_kept: ['call.ceiling', 100],
    });
  });

  it('takes the ceiling for all when the database is an older copy than the marks', async () => {
    const first = await open();
    await addKey(first);
    await admit(first, 'call_sent');
    first.ledger.mayForward('call_sent');
    const copy = mkdtempSync(join(tmpdir(), 'valetkey-copy-'));
    await first.store.writer.run({ sql: `vacuum into '${join(copy, 'valetkey.sqlite')}'`, parameters: [] });
    await first.ledger.settle({
      callId: 'call_sent',
      kind: 'settled',
      forwarded: true,
      nanos: 60,
      tokens: 5,
      body: {},
    });
    await admit(first, 'call_later');
    // Takes the place of the first one's mark.
    first.ledger.mayForward('call_later');
    await crash(first);
    const restored = await open(copy);
    expect(await outcomes(restored)).toEqual({ call_sent: ['call.ceiling', 100] });
    await restored.ledger.close();
    await restored.store.close();
    rmSync(copy, { recursive: true });
  });

  it('says the same when it is killed before all calls are closed, and when the next process is', async () => {
    const first = await open();
    await addKey(first);
    for (const callId of ['call_sent', 'call_kept', 'call_more']) await admit(first, callId);
    first.ledger.mayForward('call_sent');
    await crash(first);
    const store = await openStore({ dataDir, ambient });
    const ledger = await openEmbeddedLedger({ store, ambient, marks, closedAtStart: 0 });
    await crash({ store, ledger });
    clock += 1000;
    const third = await outcomes(await open());
    expect(third.call_sent).toEqual(['call.ceiling', 100]);
    expect([third.call_kept?.[0], third.call_more?.[0]]).toEqual(['call.released', 'call.released']);
  });
});
