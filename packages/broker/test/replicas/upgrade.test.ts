// F18: this release and the next side by side on one PostgreSQL, under load, and back again. What only adds is done under running brokers;
// what they can not go on with is refused while they run, and refuses them afterwards.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectMoneyIsRight } from '../faults/money.ts';
import { PRICES } from '../faults/start-gate.ts';
import { Fleet, type FleetGrant, report } from './fleet.ts';
import { startLoad } from './load.ts';

const PRELOAD = fileURLToPath(new URL('./next-release.ts', import.meta.url));
const nextRelease = (name: 'added' | 'removed') => ({
  NODE_OPTIONS: `--import=${PRELOAD}`,
  NEXT_RELEASE: name,
});

let fleet: Fleet;
let grant: FleetGrant;
beforeAll(async () => {
  fleet = await Fleet.start();
  grant = await fleet.grant({ total_spend: 1000 });
  await stop(2);
});
afterAll(() => fleet.close());

const stop = async (at: number): Promise<void> => {
  await fleet.replicas[at]!.process?.stop('SIGTERM');
};

/** Serves for a while, and `meanwhile`; everyone gets an answer, and nobody an error. */
const serve = async (replicas: readonly number[], meanwhile = async () => {}): Promise<void> => {
  const load = startLoad(fleet, grant, replicas);
  await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(30);
  await meanwhile();
  const before = load.count(200);
  await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(before + 60);
  const { statuses, longestMs } = await load.end();
  report({ replicas, statuses, longestMs });
  expect([...statuses.keys()]).toEqual([200]);
};

const expectNothingLost = async (): Promise<void> => {
  await fleet.whenClosed();
  report(expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES));
};

describe('an upgrade', () => {
  it('that only adds is done under load, and both releases serve side by side', async () => {
    await serve([0, 1], () => fleet.replicas[2]!.start(nextRelease('added')));
    await serve([0, 1, 2]);
    await Promise.all([stop(0), stop(1)]);
    await serve([2]);
    await expectNothingLost();
  }, 300_000);

  it('that only added can be taken back', async () => {
    await fleet.replicas[0]!.start();
    await serve([0, 2]);
    await stop(2);
    await serve([0]);
    await expectNothingLost();
  }, 300_000);

  it('that takes away what running brokers read is refused until they are stopped, and refuses them then', async () => {
    await expect(fleet.replicas[2]!.start(nextRelease('removed'))).rejects.toThrow(/Stop them all/);
    await serve([0]);
    await stop(0);
    await fleet.replicas[2]!.start(nextRelease('removed'));
    await expect(fleet.replicas[0]!.start()).rejects.toThrow(/newer release of Valetkey .*9002-removed/);
    await serve([2]);
    await expectNothingLost();
  }, 300_000);
});
