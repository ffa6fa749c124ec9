// F11, F12, F15: a store that another process holds, and an orderly end under load. What can not be recorded is not forwarded, and what
// runs is finished.

import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BrokerProcess } from '../house/start-process.ts';
import { BrokerHouse } from './broker-house.ts';
import { callsOf, expectMoneyIsRight } from './money.ts';
import { PRICES } from './start-gate.ts';

let house: BrokerHouse;
let broker: BrokerProcess;
beforeAll(async () => {
  house = await BrokerHouse.prepare();
});
afterAll(() => house.close());
beforeEach(async () => {
  house.simulator.reset();
  broker = await house.start();
});
afterEach(async () => {
  await broker.stop('SIGKILL');
});

const look = () => {
  const tables = house.tables();
  const calls = callsOf(tables);
  const figures = expectMoneyIsRight(tables, house.simulator, PRICES);
  tables.close();
  return { calls, figures };
};

const health = async (path = '/healthz'): Promise<number> => (await fetch(house.url + path)).status;

describe('while another process holds the database', () => {
  /** This process is the other one. */
  const lock = (): (() => void) => {
    const other = new DatabaseSync(`${house.dataDir}/valetkey.sqlite`, { timeout: 20_000 });
    other.exec('begin immediate');
    return () => {
      other.exec('rollback');
      other.close();
    };
  };

  it('requests wait for a moment, then are refused unforwarded; it recovers without a restart', async () => {
    expect((await house.ask()).status).toBe(200);
    house.simulator.hold({ events: 1 });
    const running = house.ask({ stream: true });
    await house.simulator.held();
    const before = house.simulator.requests.length;

    let unlock = lock();
    const waiting = house.ask();
    await expect.poll(() => health('/readyz')).toBe(200);
    expect(house.simulator.requests).toHaveLength(before);
    unlock();
    house.simulator.release();
    expect((await waiting).status).toBe(200);
    expect((await running).isWhole).toBe(true);

    unlock = lock();
    const startedAt = performance.now();
    const refused = await Promise.all([house.ask(), house.ask({ stream: true }), house.ask()]);
    expect(refused.map(({ status, code }) => [status, code])).toEqual(
      new Array(3).fill([503, 'unavailable']),
    );
    expect(performance.now() - startedAt).toBeLessThan(14_000);
    expect([await health(), await health('/readyz'), (await house.ask()).status]).toEqual([503, 503, 503]);
    expect(house.simulator.requests).toHaveLength(before + 1);
    unlock();
    await expect.poll(() => health(), { timeout: 60_000, interval: 50 }).toBe(200);
    expect((await house.ask()).status).toBe(200);
    expect(await broker.stop('SIGTERM')).toBe(0);
    const { calls, figures } = look();
    const settled = calls.filter(({ outcome }) => outcome === 'call.settled');
    expect([figures.forwarded, settled.length]).toEqual([4, 4]);
  }, 120_000);
});

describe('asked to end under load', () => {
  it('finishes and settles what runs, takes nothing new, and ends with 0', async () => {
    house.simulator.script({
      when: { stream: true },
      times: Number.POSITIVE_INFINITY,
      chunks: 30,
      gapMs: 15,
    });
    const streams = Array.from({ length: 20 }, () => house.ask({ stream: true, max_tokens: 100 }));
    await expect.poll(() => house.simulator.counters().requests).toBe(20);
    const quick = Array.from({ length: 20 }, () => house.ask());
    await expect.poll(() => house.simulator.counters().requests).toBe(40);
    const ended = broker.stop('SIGTERM');
    const answers = await Promise.all([...streams, ...quick]);
    expect(answers.map(({ status, isWhole }) => [status, isWhole])).toEqual(new Array(40).fill([200, true]));
    for (const { text } of answers.slice(0, 20)) expect(text).toMatch(/\[DONE\]\n\n$/);
    expect(await ended).toBe(0);
    await expect(house.ask()).rejects.toThrow('ECONNREFUSED');
    const { calls, figures } = look();
    expect(figures.forwarded).toBe(40);
    expect(calls.slice(-40).map(({ outcome }) => outcome)).toEqual(new Array(40).fill('call.settled'));
  }, 120_000);
});
