// F11: every statement takes two seconds longer, on the wire or in the database itself, under load. Callers get bounded 503s, nothing is
// forwarded on an admission that is old by the time it is durable, the connections stay few, and everything goes on by itself.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectMoneyIsRight } from '../faults/money.ts';
import { PRICES } from '../faults/start-gate.ts';
import { Fleet, report } from './fleet.ts';
import { expectOnly, startLoad } from './load.ts';

/** Nobody waits for the database much longer than its connections do. */
const LONGEST_MS = 30_000;
/** Of three replicas: two pools of 8 each, and one for notices. */
const MOST_CONNECTIONS = 3 * 17;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start({ isProxied: true });
});
afterAll(() => fleet.close());

const healthy = async (): Promise<number[]> => Promise.all(fleet.replicas.map((replica) => replica.health()));

const connections = async (): Promise<number> => {
  const text = `select pid from pg_stat_activity where application_name = 'valetkey' and pid <> pg_backend_pid()`;
  return (await fleet.query(text)).rows.length;
};

const onTheWire = {
  slow: async () => fleet.proxy!.setFault({ kind: 'split', bytes: 1_048_576, gapMs: 2000 }),
  mend: async () => fleet.proxy!.setFault(undefined),
};

const inTheDatabase = {
  slow: async () => {
    await fleet.query(
      `create function be_slow() returns trigger language plpgsql as $$ begin perform pg_sleep(2); return null; end $$`,
    );
    await fleet.query('create trigger be_slow before insert on journal execute function be_slow()');
  },
  mend: async () => {
    await fleet.query('drop function be_slow cascade');
  },
};

describe.each([
  ['on the wire', onTheWire],
  ['in the database', inTheDatabase],
])('a database that is two seconds slower, %s', (_, { slow, mend }) => {
  it('is answered with 503 in bounded time, nothing is forwarded meanwhile, and no hold is left', async () => {
    const grant = await fleet.grant({ total_spend: 1000 });
    const load = startLoad(fleet, grant, [0, 1, 2], 8);
    await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(100);
    await slow();
    // By then whatever was admitted before is forwarded, or too old for it.
    const refused = load.count(503);
    await expect.poll(() => load.count(503), { timeout: 60_000 }).toBeGreaterThan(refused + 24);
    const before = fleet.simulator.counters().requests;
    await expect.poll(() => load.count(503), { timeout: 60_000 }).toBeGreaterThan(refused + 72);
    expect(fleet.simulator.counters().requests).toBe(before);
    expect(await connections()).toBeLessThanOrEqual(MOST_CONNECTIONS);
    await mend();
    await expect.poll(healthy, { timeout: 60_000 }).toEqual([200, 200, 200]);
    const after = load.count(200);
    await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(after + 100);
    const { statuses, longestMs } = await load.end();
    expectOnly({ statuses }, [200]);
    expect(longestMs).toBeLessThan(LONGEST_MS);
    await fleet.whenClosed();
    report({ statuses, longestMs, ...expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES) });
  }, 400_000);
});
