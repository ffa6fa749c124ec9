// Old calls leave the journal, end to end: calls through the gate, weeks pass, the next start removes them. The file, an export with its
// checkpoints and every list agree on what is gone, and no money has moved.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphOfExport } from '../../src/audit/graph/graph-of-export.ts';
import { verifyExport } from '../../src/audit/verify-export.ts';
import { systemAmbient } from '../../src/clock.ts';
import { verifyFile } from '../../src/ledger/embedded/verify-file.ts';
import { chatStatus } from './send-chat.ts';
import { type House, signIn, startHouse } from './start-house.ts';

const DAY_MS = 86_400_000;
const CALLS = 6;
/** The newest call stays: it says when its grant was last used. */
const GONE = CALLS - 1;
const clock = { nowMs: Date.now() - 45 * DAY_MS };
const ambient = { ...systemAmbient, now: () => clock.nowMs };
const scratch = mkdtempSync(join(tmpdir(), 'valetkey-retention-'));
const dataDir = join(scratch, 'data');
const journal = join(scratch, 'journal.jsonl');
const keys = join(scratch, 'keys.json');
const checkpoints = join(scratch, 'checkpoints.jsonl');

let house: House;
let spentBefore: string;
/** Ids of the calls, newest first. */
let calls: readonly string[];

const start = () => {
  const env = { VALETKEY_AUDIT_RETENTION_DAYS: '35', VALETKEY_CHECKPOINTS: `file:${checkpoints}` };
  return startHouse({ ambient, dataDir, env });
};

const call = async (token: string) => {
  expect(await chatStatus(house.url, token)).toBe(200);
};

const idsOf = async (): Promise<string[]> =>
  (await house.api('GET', '/calls')).body.data.map(({ id }: { id: string }) => id);

/** The entry that names what is gone; the start removes it beside everything else. */
const removal = async () => {
  for (;;) {
    const { data } = (await house.api('GET', '/audit/changes?topic=broker')).body;
    const found = data.find(({ kind }: { kind: string }) => kind === 'calls.removed');
    if (found) return found;
  }
};

beforeAll(async () => {
  house = await start();
  const grant = await house.grant({ provider: 'openai', limits: { total_spend: 1 } });
  for (let made = 0; made < CALLS; made += 1) await call(grant.token);
  // Outcomes are written some milliseconds after the answers have ended.
  while ((await house.api('GET', '/calls?status=settled')).body.data.length < CALLS);
  calls = await idsOf();
  spentBefore = (await house.api('GET', '/usage')).body.total_usd;
  await house.close();
  clock.nowMs += 40 * DAY_MS;
  house = await start();
  await removal();
  await call(grant.token);
}, 120_000);
afterAll(async () => {
  await house.close();
  rmSync(scratch, { recursive: true, force: true });
});

describe('calls that are older than they are kept', () => {
  it('are gone from the lists, which say from when on and by which entry', async () => {
    const { seq, body } = await removal();
    const removed = { before: new Date(body.until).toISOString(), seq };
    expect((await house.api('GET', '/calls')).body).toMatchObject({ removed });
    expect((await house.api('GET', '/audit/changes')).body).toMatchObject({ removed });
    const left = await idsOf();
    expect(left.slice(1)).toEqual([calls[0]]);
    for (const path of ['graph', 'receipt'])
      expect((await house.api('GET', `/calls/${calls[1]}/${path}`)).status).toBe(404);
  });

  it('still count in what was spent in total, and every sum is what the broker decides by', async () => {
    await expect
      .poll(async () => Number((await house.api('GET', '/usage')).body.total_usd))
      .toBeCloseTo((Number(spentBefore) / CALLS) * (CALLS + 1), 9);
    const compared = await house.api('POST', '/ledger/compare');
    expect(compared.body).toMatchObject({ removed_calls: GONE, calls: 2, faults: [] });
    expect(verifyFile(dataDir)).toMatchObject({ removedCalls: GONE, calls: 2, faults: [] });
  });

  it('leave a journal that verifies with its checkpoints, offline', async () => {
    const read = async (path: string) =>
      (
        await fetch(house.url + path, { headers: { authorization: `Bearer ${await signIn(house.url)}` } })
      ).text();
    writeFileSync(keys, await read('/.well-known/valetkey-checkpoint-keys'));
    writeFileSync(journal, await read('/api/v1/audit/export'));
    const verified = await verifyExport({ journal, signed: { checkpoints, keys }, isPart: false });
    const { seq, body } = await removal();
    const removed = { calls: GONE, entries: 2 * GONE, untilMs: body.until, seq };
    expect(verified).toMatchObject({ ok: true, value: { removed } });
    const [left] = await idsOf();
    expect(await graphOfExport(journal, left ?? '')).toMatchObject({ ok: true });
    const gone = await graphOfExport(journal, calls[1] ?? '');
    expect(gone.ok ? '' : gone.error).toContain('were removed');
  });
});
