// F6, A82 over processes: a replica is killed, the database is ended and started again, both under load. Callers get bounded 503s, nothing
// is forwarded without a durable admission, everything recovers by itself and no hold stays open. REPLICA_ROUNDS sets how often.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callsOf, expectMoneyIsRight } from '../faults/money.ts';
import { PRICES } from '../faults/start-gate.ts';
import { Fleet, report } from './fleet.ts';
import { expectOnly, startLoad } from './load.ts';

const ROUNDS = Number(process.env.REPLICA_ROUNDS ?? 1);
/** Nobody waits for the database much longer than its connections do. */
const LONGEST_MS = 30_000;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
});
afterAll(() => fleet.close());

const healthy = async (): Promise<number[]> => Promise.all(fleet.replicas.map((replica) => replica.health()));

/** For about two seconds every few milliseconds one connection of any replica, whatever it is doing; those in a transaction first. */
const endConnections = async (): Promise<void> => {
  const text = `select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'valetkey' and pid <> pg_backend_pid()
    order by state <> 'idle in transaction', random() limit 1`;
  for (const endsAt = performance.now() + 2000; performance.now() < endsAt; ) await fleet.query(text);
};

describe('under load', () => {
  it.each([
    ['ends without a goodbye and starts again', () => fleet.postgres.restart('immediate')],
    ['is restarted in order', () => fleet.postgres.restart('fast')],
    ['ends connections at random', endConnections],
  ])(
    'the database %s',
    async (_, disturb) => {
      const grant = await fleet.grant({ total_spend: 1000 });
      const load = startLoad(fleet, grant, [0, 1, 2], 8);
      for (let round = 0; round < ROUNDS; round += 1) {
        const goal = load.count(200) + 100;
        await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(goal);
        await disturb();
        await expect.poll(healthy, { timeout: 60_000 }).toEqual([200, 200, 200]);
        const after = load.count(200);
        await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(after + 50);
      }
      const { statuses, longestMs } = await load.end();
      expectOnly({ statuses }, [200]);
      expect(longestMs).toBeLessThan(LONGEST_MS);
      await fleet.whenClosed();
      report({ statuses, longestMs, ...expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES) });
    },
    300_000,
  );

  it('a replica is killed: the others go on, and what it left open is posted once it is declared dead', async () => {
    const grant = await fleet.grant({ total_spend: 1000 });
    for (let round = 0; round < ROUNDS; round += 1) {
      fleet.simulator.script({ times: 3, chunks: 8, hold: { events: 3 } });
      const streams = [1, 1, 1].map((at) => fleet.ask(at, grant, { stream: true }));
      await fleet.simulator.held(3);
      const load = startLoad(fleet, grant, [0, 1, 2], 8);
      await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(100);
      await fleet.replicas[1]!.kill();
      expect((await Promise.all(streams)).map(({ isWhole }) => isWhole)).toEqual([false, false, false]);
      const served = load.count(200);
      await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(served + 100);
      const { statuses } = await load.end();
      expectOnly({ statuses }, [200, 'broken']);
      await expect
        .poll(async () => (await fleet.query(`select distinct replica_id from open_calls`)).rows.length)
        .toBeLessThanOrEqual(1);
      const left = (await fleet.query('select call_id from open_calls')).rows.flat();
      expect(left.length).toBeGreaterThanOrEqual(3);
      // As the others do when it has been silent for 30 s: `frozen.test.ts` waits for that.
      await fleet.query(
        'update replicas set ended_at = clock_timestamp() where id in (select replica_id from open_calls)',
      );
      await fleet.whenClosed();
      const outcomes = callsOf(await fleet.tables())
        .filter(({ callId }) => left.includes(callId))
        .map(({ outcome }) => outcome);
      expect(outcomes).toEqual(left.map(() => 'call.ceiling'));
      const figures = expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES);
      report({ statuses, left: left.length, ...figures });
      await fleet.replicas[1]!.start();
    }
  }, 300_000);
});
