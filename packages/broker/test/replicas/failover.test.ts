// F6: the database's server is lost under load and its synchronous standby takes over. What was acknowledged is there: nothing was forwarded
// without an admission that the new server knows, and every budget goes on where it was.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectMoneyIsRight } from '../faults/money.ts';
import { PRICES } from '../faults/start-gate.ts';
import { type Standby, startStandby } from '../postgres/start-standby.ts';
import { Fleet, report } from './fleet.ts';
import { expectOnly, startLoad } from './load.ts';

let fleet: Fleet;
let standby: Standby | undefined;
beforeAll(async () => {
  fleet = await Fleet.start({ isProxied: true });
  standby = await startStandby(fleet.postgres);
});
afterAll(async () => {
  await standby?.stop();
  await fleet.close();
});

const healthy = async (): Promise<number[]> => Promise.all(fleet.replicas.map((replica) => replica.health()));

it('a fail-over to a synchronous standby loses nothing that was acknowledged', async () => {
  const grant = await fleet.grant({ total_spend: 1000 });
  const load = startLoad(fleet, grant, [0, 1, 2], 8);
  await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(300);
  await fleet.postgres.crash();
  const lostAt = performance.now();
  await standby!.promote();
  fleet.failOver(standby!.port);
  await expect.poll(healthy, { timeout: 60_000 }).toEqual([200, 200, 200]);
  const unavailableMs = performance.now() - lostAt;
  const after = load.count(200);
  await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(after + 100);
  const { statuses } = await load.end();
  expectOnly({ statuses }, [200]);
  await fleet.whenClosed();
  report({ unavailableMs, statuses, ...expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES) });
}, 300_000);
