// A receipt is signed with a key of its own purpose, whatever became of the key later; made again from the journal it says what the journal
// says, and what an ended broker or an owner changed about it is told apart from a forgery.

import { type Receipt, verifyChain, verifyReceipt } from '@valetkey/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, ISSUER, openApiHouse } from '../../test/api-house.ts';
import { EVIDENCE_KEY_LIFETIME_MS } from '../audit/evidence-keys.ts';
import type { ReceiptClaims, SettledCall } from './claims.ts';
import { makeReceiptAgain } from './make-receipt-again.ts';
import { ReceiptKeys } from './receipt-keys.ts';

let house: ApiHouse;
let grantId: string;
beforeEach(async () => {
  house = await openApiHouse();
  grantId = (await house.createGrant()).id;
});
afterEach(() => house.close());

const verified = async (jws: string): Promise<Receipt> => {
  const read = await verifyReceipt(jws, await house.receiptKeys.published(), { issuer: ISSUER });
  if (!read.ok) throw new Error(read.problem);
  return read.receipt;
};
const again = async (callId: string, ownerId = 'ada') => {
  const { store, grants, receiptKeys: keys } = house;
  return makeReceiptAgain({ db: store.db, grants, keys }, { ownerId, callId });
};
/** A call as the gate decided it: settled for $0.0015. */
const decided = async (callId: string): Promise<SettledCall> => ({
  callId,
  path: (await house.grants.live(grantId))!.path,
  admittedAtMs: house.clock.nowMs,
  intent: {
    provider: 'openai',
    operation: 'openai.chat.completions',
    model: 'gpt-5-mini',
    client_id: null,
    request_sha256: `sent-${callId}`,
  },
  outcome: { usage: { input_tokens: 7, cache_read_tokens: 3, output_tokens: 2 } },
  status: 'settled',
  settledAtMs: house.clock.nowMs,
  costNanos: 1_500_000,
});

describe('a receipt', () => {
  it('holds what those who verify it know', async () => {
    const claims: ReceiptClaims = await verified(house.receiptKeys.sign(await decided('c1')));
    expect(claims).toEqual({
      iss: ISSUER,
      iat: house.clock.nowMs / 1000,
      jti: 'c1',
      admitted_at: house.clock.nowMs,
      settled_at: house.clock.nowMs,
      grant_path: [grantId],
      provider: 'openai',
      operation: 'openai.chat.completions',
      model: 'gpt-5-mini',
      request_sha256: 'sent-c1',
      status: 'settled',
      cost_nanos: 1_500_000,
      usage: { input_tokens: 7, cache_read_tokens: 3, output_tokens: 2 },
    });
  });

  it('is believed after the keys were replaced, and new ones are signed with the new key', async () => {
    const old = house.receiptKeys.sign(await decided('c1'));
    house.clock.nowMs += EVIDENCE_KEY_LIFETIME_MS;
    await house.receiptKeys.maintain();
    const young = house.receiptKeys.sign(await decided('c2'));
    const kidOf = (jws: string) => JSON.parse(Buffer.from(jws.split('.')[0]!, 'base64url').toString()).kid;
    expect(kidOf(old)).not.toBe(kidOf(young));
    expect((await Promise.all([old, young].map(verified))).map(({ jti }) => jti)).toEqual(['c1', 'c2']);
  });

  it('is signed with the key that another replica made', async () => {
    const { store, vault } = house;
    const ambient = { now: () => house.clock.nowMs, randomBytes: () => expect.unreachable() };
    const other = new ReceiptKeys({ db: store.db, vault, ambient, issuer: ISSUER });
    await other.maintain();
    expect(await verified(other.sign(await decided('c1')))).toMatchObject({ jti: 'c1' });
  });

  it('is not signed with a key of checkpoints, nor without any', async () => {
    const { store, vault } = house;
    const ambient = { now: () => house.clock.nowMs, randomBytes: () => expect.unreachable() };
    const keys = new ReceiptKeys({ db: store.db, vault, ambient, issuer: ISSUER });
    const call = await decided('c1');
    expect(() => keys.sign(call)).toThrow('no key was opened for receipts');
    const rows = await store.db
      .selectFrom('secrets')
      .select('id')
      .where('purpose', '=', 'receipts')
      .execute();
    const { keys: published } = await house.receiptKeys.published();
    expect(published.map(({ kid }) => kid)).toEqual(rows.map(({ id }) => id));
    expect(JSON.stringify(published)).not.toContain('"d"');
  });
});

describe('a receipt made again', () => {
  it.each([
    ['settled', 'settled', 1_500_000],
    ['ceiling', 'unconfirmed', 2_000_000],
    ['released', 'unknown', 0],
  ] as const)('of a call posted as %s says %s, or that there is none', async (kind, status, nanos) => {
    await house.admit(grantId, 'c1');
    await house.settle('c1', kind);
    const made = await again('c1');
    if (!made.ok) return expect(made.error).toBe(status);
    expect(await verified(made.value)).toMatchObject({
      status,
      cost_nanos: nanos,
      request_sha256: 'sent-c1',
    });
  });

  it('of a call that runs waits a little, and is not there', async () => {
    await house.admit(grantId, 'c1');
    expect(await again('c1')).toEqual({ ok: false, error: 'running' });
    expect((await house.ask('GET', '/calls/c1/receipt')).status).toBe(409);
  });

  it('is made for the owner of the call alone', async () => {
    await house.admit(grantId, 'c1');
    await house.settle('c1');
    expect(await again('c1', 'eve')).toEqual({ ok: false, error: 'unknown' });
    expect((await house.ask('GET', '/calls/c1/receipt', undefined, 'eve')).status).toBe(404);
    const { status, body } = await house.ask('GET', '/calls/c1/receipt');
    expect([status, (await verified(body.receipt)).jti]).toEqual([200, 'c1']);
  });

  it('after a crash that came before the outcome was durable shows the ceiling, and both receipts together say why', async () => {
    await house.admit(grantId, 'c1');
    const first = house.receiptKeys.sign(await decided('c1'));
    await house.settle('c1', 'ceiling');
    const second = await again('c1');
    const chain = await verifyChain(
      [first, second.ok ? second.value : ''],
      await house.receiptKeys.published(),
    );
    expect(chain).toMatchObject({
      isWhole: true,
      grants: [{ grantId, totalNanos: 2_000_000 }],
      notes: [expect.stringContaining('the broker ended before this was durable')],
    });
  });

  it('after a correction shows what the owner said', async () => {
    await house.admit(grantId, 'c1');
    await house.settle('c1', 'ceiling');
    await house.ask('POST', '/calls/c1/correct', { cost_usd: 0.0005 });
    const made = await again('c1');
    expect(await verified(made.ok ? made.value : '')).toMatchObject({
      status: 'corrected',
      cost_nanos: 500_000,
    });
  });
});
