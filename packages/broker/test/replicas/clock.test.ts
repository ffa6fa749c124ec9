// A75, F13 over processes: a replica whose clock is more than a minute off admits nothing, neither at its start nor when its clock jumps
// under load; the others go on by the true time, and it comes back when its clock does.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectMoneyIsRight } from '../faults/money.ts';
import { PRICES } from '../faults/start-gate.ts';
import { Fleet } from './fleet.ts';
import { expectOnly, startLoad } from './load.ts';

const MOST_SKEW_MS = 60_000;

let fleet: Fleet;
const beganAtMs = Date.now();
beforeAll(async () => {
  fleet = await Fleet.start();
});
afterAll(() => fleet.close());

/** Between which times the journal's entries of calls were written. */
const journalTimes = async (): Promise<readonly [number, number]> => {
  const { rows } = await fleet.query(`select min(at), max(at) from journal where kind like 'call.%'`);
  return rows[0] as [number, number];
};

describe('a replica', () => {
  it.each([
    [1, 'back'],
    [2, 'ahead'],
  ])(
    'number %i refuses under load while its clock is an hour %s',
    async (at) => {
      const grant = await fleet.grant({ total_spend: 1000 });
      const moved = fleet.replicas[at]!;
      const load = startLoad(fleet, grant, [0, 1, 2]);
      await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(30);
      moved.signal('SIGUSR2');
      await expect.poll(() => moved.health(), { timeout: 60_000 }).toBe(503);
      expect(await fleet.ask(at, grant)).toMatchObject({ status: 503, code: 'unavailable' });
      const before = load.count(200);
      await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(before + 30);
      const [earliest, latest] = await journalTimes();
      expect(latest).toBeLessThan(Date.now() + MOST_SKEW_MS);
      expect(earliest).toBeGreaterThan(beganAtMs - MOST_SKEW_MS);
      moved.signal('SIGUSR2');
      await expect.poll(() => moved.health(), { timeout: 60_000 }).toBe(200);
      expect((await fleet.ask(at, grant)).status).toBe(200);
      const { statuses } = await load.end();
      expectOnly({ statuses }, [200]);
      await fleet.whenClosed();
      expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES);
    },
    300_000,
  );

  it.each([-90_000, 90_000])(
    'does not start with a clock that is %i ms off',
    async (offsetMs) => {
      await fleet.replicas[2]!.kill();
      const started = fleet.replicas[2]!.start({ CLOCK_OFFSET_MS: String(offsetMs) });
      await expect(started).rejects.toThrow(/clock of this machine is (89|9\d) s away/);
    },
    120_000,
  );
});
