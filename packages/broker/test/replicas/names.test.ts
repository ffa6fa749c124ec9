// VALETKEY_REPLICA_NAME over processes: who is started again under its name goes on where it was killed, and of two with the same name
// one serves and the other says what is wrong.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callsOf, expectMoneyIsRight } from '../faults/money.ts';
import { PRICES } from '../faults/start-gate.ts';
import { Fleet } from './fleet.ts';

const NAME = { VALETKEY_REPLICA_NAME: 'broker-1' };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
  await fleet.replicas[1]!.kill();
  await fleet.replicas[1]!.start(NAME);
});
afterAll(() => fleet.close());

describe('a replica with a name', () => {
  it('that was killed and is started again has posted what it left open when it serves', async () => {
    const grant = await fleet.grant({ total_spend: 1000 });
    fleet.simulator.script({ times: 3, chunks: 8, hold: { events: 3 } });
    const broken = Promise.allSettled([1, 1, 1].map((at) => fleet.ask(at, grant, { stream: true })));
    await fleet.simulator.held(3);
    await fleet.replicas[1]!.kill();
    await broken;
    await fleet.replicas[1]!.start(NAME);
    expect((await fleet.query('select call_id from open_calls')).rows).toEqual([]);
    expect(callsOf(await fleet.tables()).map(({ outcome }) => outcome)).toEqual([
      'call.ceiling',
      'call.ceiling',
      'call.ceiling',
    ]);
    expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES);
  }, 180_000);

  it('gives way to one that is started under the same name, says so, and comes back when that has ended', async () => {
    const grant = await fleet.grant({ total_spend: 1000 });
    const [, first, second] = fleet.replicas;
    await second!.kill();
    await second!.start(NAME);
    await expect.poll(() => first!.health(), { timeout: 60_000 }).toBe(503);
    expect((await fleet.ask(1, grant)).status).toBe(503);
    expect((await fleet.ask(2, grant)).status).toBe(200);
    const log = () => first!.process?.output();
    await expect.poll(log, { timeout: 60_000 }).toContain('another process runs as the replica broker-1');
    await second!.process?.stop('SIGTERM');
    await expect.poll(() => first!.health(), { timeout: 60_000 }).toBe(200);
    expect((await fleet.ask(1, grant)).status).toBe(200);
    await fleet.whenClosed();
    expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES);
  }, 180_000);
});
