import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemAmbient } from '../clock.ts';
import { openStore, type SqliteStore } from '../store/open-store.ts';
import { createQuotas, type Quotas } from '../store/quotas.ts';
import { forgetTries, type SignInTry, waitForTry } from './sign-in-limits.ts';

const HOUR_MS = 60 * 60 * 1000;
const ADA = 'ada@owner.test';

let nowMs = Date.UTC(2026, 10, 23);
const now = () => nowMs;
let store: SqliteStore;
/** Two replicas over one database. */
let quotas: Quotas;
let others: Quotas;
beforeAll(async () => {
  store = await openStore({ dataDir: ':memory:', ambient: { ...systemAmbient, now } });
});
afterAll(() => store.close());
beforeEach(() => {
  nowMs += 24 * HOUR_MS;
  quotas = createQuotas(store.db, now);
  others = createQuotas(store.db, now);
});

const stranger = (network: string, account = ADA): SignInTry => ({ account, network, device: null });
const known = (device: string): SignInTry => ({ account: ADA, network: 'anywhere', device });
const guess = async (tried: SignInTry, times: number, by = quotas): Promise<number> => {
  let passed = 0;
  for (let at = 0; at < times; at += 1) if ((await waitForTry(by, tried)) === null) passed += 1;
  return passed;
};

describe('tries of a password', () => {
  it('are ten in five minutes from one network at one account, over all replicas', async () => {
    expect(await guess(stranger('a'), 6)).toBe(6);
    expect(await guess(stranger('a'), 6, others)).toBe(4);
    expect(await waitForTry(quotas, stranger('a'))).toBe(300);
    nowMs += 300_000;
    expect(await waitForTry(others, stranger('a'))).toBeNull();
  });

  it('of one network close that network out, and no other', async () => {
    await guess(stranger('a'), 100);
    expect(await waitForTry(quotas, stranger('b'))).toBeNull();
    expect(await waitForTry(others, stranger('b'))).toBeNull();
  });

  it('of one network at many accounts are thirty', async () => {
    let passed = 0;
    for (let at = 0; at < 40; at += 1) passed += await guess(stranger('a', `no${at}@owner.test`), 1);
    expect(passed).toBe(30);
  });

  it('of all networks at one account are 150 in an hour, which one network alone never reaches', async () => {
    const endsAtMs = nowMs + HOUR_MS;
    for (; nowMs < endsAtMs - 300_000; nowMs += 300_000) await guess(stranger('patient'), 20);
    expect(await waitForTry(quotas, stranger('b'))).toBeNull();

    let passed = 0;
    for (let at = 0; at < 30; at += 1) passed += await guess(stranger(`net ${at}`), 10);
    expect(passed).toBe(150 - 110 - 1);
    expect(await waitForTry(others, stranger('new'))).toBeGreaterThan(200);
  });

  it('of strangers close no known browser out, on no replica', async () => {
    for (let at = 0; at < 20; at += 1) await guess(stranger(`net ${at}`), 10);
    expect(await waitForTry(quotas, stranger('new'))).not.toBeNull();
    expect(await guess(known('phone'), 12)).toBe(10);
    expect(await waitForTry(others, known('laptop'))).toBeNull();
  });

  it('are forgotten after a right one', async () => {
    for (const tried of [known('phone'), stranger('a')]) {
      await guess(tried, 9);
      await forgetTries(quotas, tried);
      expect(await guess(tried, 12)).toBe(10);
    }
  });

  it('are kept under names that tell nothing', async () => {
    await guess(stranger('203.0.113.7'), 1);
    const rows = JSON.stringify(await store.db.selectFrom('quotas').selectAll().execute());
    for (const told of [ADA, '203.0.113.7']) expect(rows).not.toContain(told);
  });
});
