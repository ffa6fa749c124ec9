// A82, F1 to F3: killed at any point of a call, of an owner's change, and of the recovery after that, the broker loses nothing that it
// acknowledged, opens no budget, sends nothing twice and charges no call less than its provider bills. CRASH_SEEDS sets how often each
// point is met, each time under another load; CRASH_FIRST is the first seed. With CRASH_POWER=ext4 or xfs each death is a
// loss of power, too.

import type { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../sim/random.ts';
import { CrashFigures } from './crash-figures.ts';
import { CrashHouse, CrashTemplate, POWER } from './crash-house.ts';
import { drawLife } from './crash-life.ts';
import { liveAndDie, type Seen } from './crash-load.ts';
import { CALL_POINTS, RECOVERY_POINTS } from './fault-point-names.ts';
import { expectBalancesAreSums, expectMoneyIsRight, forwardedTexts, openTables } from './money.ts';
import { report } from './report.ts';
import { PRICES } from './start-gate.ts';

const SEEDS = Number(process.env.CRASH_SEEDS ?? 1);
const FIRST = Number(process.env.CRASH_FIRST ?? 1);

let template: CrashTemplate;
const figures = new CrashFigures();
beforeAll(async () => {
  template = await CrashTemplate.make();
});
afterAll(async () => {
  await template.close();
  report('CRASH_SEEDS', figures.format());
});

const reading = <Value>(house: CrashHouse, read: (tables: DatabaseSync) => Value): Value => {
  const tables = openTables(house.dataDir);
  try {
    return read(tables);
  } finally {
    tables.close();
  }
};

const lastEntry = (tables: DatabaseSync): unknown =>
  tables.prepare('select max(id) as id from journal').get()?.id;

const countKind = (tables: DatabaseSync, kind: string): number =>
  Number(tables.prepare('select count(*) as count from journal where kind = ?').get(kind)?.count);

const livingBelowDead = (tables: DatabaseSync): unknown[] =>
  tables
    .prepare(`select child.id from links child join links parent on parent.id = child.parent_id
      where parent.status = 'revoked' and child.status <> 'revoked'`)
    .all();

/** Recovers three times and compares the tables with the bill and with what callers and the owner were told. */
const expectNothingLost = async (house: CrashHouse, lives: readonly Seen[]): Promise<void> => {
  const { simulator } = house.template;
  figures.recovered(await house.recover());
  house.losePower();
  const recovered = reading(house, lastEntry);
  await house.recover();
  await house.recover();
  reading(house, (tables) => {
    expect(lastEntry(tables)).toBe(recovered);
    figures.money(expectMoneyIsRight(tables, simulator, PRICES));
    figures.balances += expectBalancesAreSums(tables);
    const forwarded = forwardedTexts(simulator);
    for (const text of lives.flatMap(({ answered }) => [...answered])) expect(forwarded).toContain(text);
    for (const text of lives.flatMap(({ refused, late }) => [...refused, ...late]))
      expect(forwarded).not.toContain(text);
    expect(livingBelowDead(tables)).toEqual([]);
    const acknowledged = lives.flatMap(({ changes }) => changes);
    for (const kind of new Set(acknowledged)) {
      const times = acknowledged.filter((each) => each === kind).length;
      expect([kind, countKind(tables, kind)]).toEqual([kind, expect.toSatisfy((count) => count >= times)]);
    }
  });
};

/** Calls were open: the first two recoveries die before their commit is known. The second may have committed all the same. */
const killRecoveries = async (house: CrashHouse): Promise<void> => {
  const killed: boolean[] = [];
  for (const point of RECOVERY_POINTS) {
    killed.push(await house.killRecovery(point));
    house.losePower();
  }
  expect(killed.slice(0, 2)).toEqual([true, true]);
  figures.recoveryKills += killed.filter(Boolean).length;
};

/** Dies once at each point, and after that three times in recoveries. */
const runSeed = async (seed: number): Promise<void> => {
  const random = new Random(seed);
  const house = new CrashHouse(template);
  const lives: Seen[] = [];
  try {
    for (const point of CALL_POINTS) {
      const drawn = drawLife(random, point);
      // Whoever holds the database up has it open, and would fold its log in after the death.
      const life = { ...drawn, slow: drawn.slow && !POWER };
      try {
        const seen = await liveAndDie(house, life, random, lives.at(-1)?.unanswered ?? []);
        house.losePower();
        lives.push(seen);
        figures.life(seen);
        if (point === 'answer.streaming') await killRecoveries(house);
        await expectNothingLost(house, lives);
      } catch (error) {
        throw new Error(`seed ${seed}: ${JSON.stringify(life)}`, { cause: error });
      }
    }
  } finally {
    figures.close();
    house.close();
  }
};

describe('a broker that is killed', () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => FIRST + index))(
    `at each of ${CALL_POINTS.length} points, and in its recovery, accounts for everything (seed %i)`,
    (seed) => runSeed(seed),
    600_000,
  );
});
