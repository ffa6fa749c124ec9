// F19: the place where checkpoints are kept is slow, full or down under load. No call waits for it or is refused because of it, and once it is
// well again everything that was written meanwhile is vouched for.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyExport } from '../../src/audit/verify-export.ts';
import { type CheckpointReceiver, SLOW_MS, startReceiver } from '../endurance/checkpoint-receiver.ts';
import { type House, signIn, startHouse } from '../house/start-house.ts';
import { chatOf, post } from './start-gate.ts';

const CALLS = 40;
const scratch = mkdtempSync(join(tmpdir(), 'valetkey-checkpoints-'));

let receiver: CheckpointReceiver;
let house: House;
let token: string;
let session: string;
beforeAll(async () => {
  receiver = await startReceiver();
  const env = { VALETKEY_CHECKPOINTS: receiver.url, VALETKEY_CHECKPOINT_SECONDS: '1' };
  house = await startHouse({ env });
  session = await signIn(house.url);
  ({ token } = await house.grant({ provider: 'openai', limits: { monthly_spend: 5 } }));
});
afterAll(async () => {
  await house.close();
  await receiver.close();
  rmSync(scratch, { recursive: true });
});

const read = async (path: string): Promise<string> =>
  (await fetch(house.url + path, { headers: { authorization: `Bearer ${session}` } })).text();

/** Up to which entry the journal, as it is now, is signed; the sentence of the verifier if it does not hold. */
const signedSeq = async (): Promise<number | string | null> => {
  const [journal, keys, checkpoints] = ['journal', 'keys', 'checkpoints'].map((name) => join(scratch, name));
  writeFileSync(checkpoints!, receiver.lines.map((line) => `${line}\n`).join(''));
  writeFileSync(journal!, await read('/api/v1/audit/export'));
  writeFileSync(keys!, await read('/.well-known/valetkey-checkpoint-keys'));
  const signed = { checkpoints: checkpoints!, keys: keys! };
  const verified = await verifyExport({ journal: journal!, signed, isPart: false });
  return verified.ok ? verified.value.signedSeq : verified.error.problem;
};

const ask = async (text: string) => {
  const startedAt = performance.now();
  const { status } = await post(house.url, token, chatOf(text));
  return { status, tookMs: performance.now() - startedAt };
};

it.each(['slow', 'full', 'down'] as const)(
  'no call waits while it is %s, and nothing stays unsigned',
  async (state) => {
    receiver.set(state);
    const attempts = receiver.attempts;
    const answers = [await ask(`${state} first`)];
    await expect.poll(() => receiver.attempts, { timeout: 60_000 }).toBeGreaterThan(attempts);
    for (let call = 0; call < CALLS; call += 1) answers.push(await ask(`${state} ${call}`));
    const { entries } = (await house.api('POST', '/ledger/compare')).body;
    receiver.set('well');
    expect(answers.map(({ status }) => status)).toEqual(new Array(CALLS + 1).fill(200));
    // Had each waited for its checkpoint, all would have taken four times as long.
    const tookMs = answers.reduce((sum, answer) => sum + answer.tookMs, 0);
    expect(tookMs).toBeLessThan((CALLS * SLOW_MS) / 4);
    await expect.poll(signedSeq, { timeout: 60_000, interval: 300 }).toBeGreaterThanOrEqual(entries);
  },
  180_000,
);
