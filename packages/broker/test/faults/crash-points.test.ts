// A82, F1 to F3: killed at any point of a call, and at any point of the recovery after that, the broker loses no admission, opens no budget
// and charges no call less than its provider bills. FAULT_SEEDS sets how often each point is met, at a different call each time.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrokerProcess } from '../house/start-process.ts';
import { Random } from '../sim/random.ts';
import { BrokerHouse } from './broker-house.ts';
import { CALL_POINTS, RECOVERY_POINTS } from './fault-points.ts';
import { callsOf, expectMoneyIsRight, type Figures } from './money.ts';
import { PRICES } from './start-gate.ts';

const SEEDS = Number(process.env.FAULT_SEEDS ?? 1);
/** At the most so many rounds of load until a point must have been met. */
const MOST_ROUNDS = 40;

let house: BrokerHouse;
beforeAll(async () => {
  house = await BrokerHouse.prepare();
  house.simulator.script({ when: { stream: true }, times: Number.POSITIVE_INFINITY, chunks: 4, gapMs: 1 });
});
afterAll(() => house.close());

/** Requests of both kinds, side by side, again and again until the process is dead. Returns how many were answered whole. */
const loadUntilDead = async (broker: BrokerProcess): Promise<number> => {
  let isDead = false;
  let answered = 0;
  void broker.ended.then(() => {
    isDead = true;
  });
  for (let round = 0; round < MOST_ROUNDS && !isDead; round += 1) {
    const asked = Array.from({ length: 8 }, (_, index) => house.ask(index % 2 ? { stream: true } : {}));
    for (const each of await Promise.allSettled(asked))
      if (each.status === 'fulfilled' && each.value.status === 200 && each.value.isWhole) answered += 1;
  }
  expect(await broker.ended).toBeNull();
  return answered;
};

const look = (): Figures => {
  const tables = house.tables();
  try {
    return expectMoneyIsRight(tables, house.simulator, PRICES);
  } finally {
    tables.close();
  }
};

const openCalls = (): number => {
  const tables = house.tables();
  const open = callsOf(tables).filter(({ outcome }) => outcome === null).length;
  tables.close();
  return open;
};

describe('a broker that is killed', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = new Random(seed);
    it.each(CALL_POINTS)(
      `at %s (seed ${seed}) accounts for every call after its restart`,
      async (point) => {
        const times = 1 + random.upTo(20);
        const forwardedBefore = look().forwarded;
        const answered = await loadUntilDead(await house.start(point, times));
        await house.recover();
        const figures = look();
        expect(figures.forwarded - forwardedBefore).toBeGreaterThanOrEqual(answered);
        expect(figures.settledNanos).toBeGreaterThanOrEqual(figures.billedNanos);
      },
      60_000,
    );

    it(`three times while it recovers (seed ${seed}) recovers once`, async () => {
      await loadUntilDead(await house.start('answer.streaming', 5));
      expect(openCalls()).toBeGreaterThan(0);
      for (const point of RECOVERY_POINTS) await house.start(point).then(killed, () => {});
      const last = await house.start();
      const { ceilings } = look();
      expect([openCalls(), ceilings > 0]).toEqual([0, true]);
      await last.stop('SIGKILL');
      expect(look().ceilings).toBe(ceilings);
    }, 60_000);
  }
});

/** A kill after the commit leaves the next start nothing to recover: it lives, and is killed here. */
const killed = (broker: BrokerProcess): Promise<number | null> => broker.stop('SIGKILL');
