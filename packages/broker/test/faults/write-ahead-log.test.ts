// F12: somebody reads the database for long, so that the log can not be folded into the file and grows. Calls go on meanwhile, and the
// log's room is used again once the reader is gone. LOG_MEGABYTES sets how far it grows.

import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { expectMoneyIsRight } from './money.ts';
import { report } from './report.ts';
import { chatOf, makeGrant, PRICES, post, startGate } from './start-gate.ts';

const MEGABYTE = 1_000_000;
const GROWS_TO = Number(process.env.LOG_MEGABYTES ?? 8) * MEGABYTE;

it('a long reader lets the log grow and delays nothing; after it the log is folded in and grows no more', async () => {
  const gate = await startGate();
  const { file } = gate;
  // Folded in at one megabyte, not at 64: nothing else is different.
  await gate.store.writer.run({ sql: 'pragma wal_autocheckpoint = 250', parameters: [] });
  const { token } = await makeGrant(gate, { monthly_spend: 5 });
  const logBytes = () => statSync(`${file}-wal`).size;
  const body = { text: 'x'.repeat(MEGABYTE / 4) };
  const grow = () => gate.ledger.record([{ ownerId: 'own_ada', kind: 'test.written', body }]);
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return (await post(gate.url, token, chatOf(`log ${asked}`))).status;
  };

  for (let times = 0; times < 8; times += 1) await grow();
  expect(await ask()).toBe(200);
  expect(logBytes()).toBeLessThan(3 * MEGABYTE);

  const reader = new DatabaseSync(file, { readOnly: true });
  reader.exec('begin');
  reader.prepare('select count(*) from journal').get();
  let slowestMs = 0;
  while (logBytes() < GROWS_TO) {
    await grow();
    const startedAt = performance.now();
    expect(await ask()).toBe(200);
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
  }
  reader.exec('commit');
  reader.close();

  const grown = logBytes();
  for (let times = 0; times < 12; times += 1) await grow();
  expect(await ask()).toBe(200);
  expect(logBytes()).toBeLessThanOrEqual(grown + MEGABYTE);
  const folded = gate.store.writer.run({ sql: 'pragma wal_checkpoint(truncate)', parameters: [] });
  expect((await folded).rows).toMatchObject([{ busy: 0 }]);
  expect(logBytes()).toBe(0);

  expect(gate.ledger.healthy).toBe(true);
  await gate.running.whenIdle();
  await gate.ledger.record([]);
  const tables = new DatabaseSync(file, { readOnly: true });
  expect(expectMoneyIsRight(tables, gate.simulator, PRICES).forwarded).toBe(asked);
  tables.close();
  await gate.close();
  report(
    'LOG_MEGABYTES',
    `log: grown to ${Math.round(grown / MEGABYTE)} MB under a reader, ${asked} calls, the slowest ${Math.round(slowestMs)} ms`,
  );
}, 600_000);
