// F14 over processes: a replica that is frozen for longer than it may be silent, with calls on the wire and admissions it has not heard of,
// is declared dead; its calls are posted at their ceiling, and when it goes on it doubles nothing, forwards nothing that it had admitted
// before, and serves again. The silence is 30 s and no setting: with REPLICA_ROUNDS the test waits for it, without it declares the replica
// dead itself, as the others would, and freezes it for long enough that what it had admitted is too old to be forwarded.

import { hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callsOf, expectMoneyIsRight } from '../faults/money.ts';
import { PRICES } from '../faults/start-gate.ts';
import { Fleet, report } from './fleet.ts';
import { expectOnly, startLoad } from './load.ts';

const ROUNDS = Number(process.env.REPLICA_ROUNDS ?? 1);
const FORWARD_WITHIN_MS = 2000;
const WAITS_FOR_SILENCE = process.env.REPLICA_ROUNDS !== undefined;

describe('a replica that is frozen for longer than it may be silent', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await Fleet.start();
  });
  afterAll(() => fleet.close());

  const column = async (sql: string): Promise<unknown[]> => (await fleet.query(sql)).rows.flat();
  const forwardedHashes = () => fleet.simulator.requests.map(({ body }) => hash('sha256', body, 'base64url'));

  it(`loses its calls to the others and comes back, ${ROUNDS} times`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const grant = await fleet.grant({ total_spend: 1000 });
      expect((await fleet.ask(1, grant)).status).toBe(200);
      await fleet.whenClosed();
      fleet.simulator.script({ times: 3, chunks: 8, hold: { events: 3 } });
      const streams = [1, 1, 1].map((at) => fleet.ask(at, grant, { stream: true }));
      await fleet.simulator.held(3);
      const owner = await fleet.lockOwner();
      // A connection whose request was not read yet is older than the server allows when it goes on, and is broken off.
      const asked = Array.from({ length: 24 }, () =>
        fleet.ask(1, grant).catch(() => ({ status: 'broken' as const })),
      );
      await expect.poll(() => owner.waiting()).toBeGreaterThan(0);
      fleet.replicas[1]!.signal('SIGSTOP');
      const tooOld = delay(FORWARD_WITHIN_MS);
      await owner.unlock();
      const open = () => column('select call_id from open_calls');
      await expect.poll(async () => (await open()).length).toBeGreaterThan(3);
      const left = await open();
      const load = startLoad(fleet, grant, [0, 2]);
      if (!WAITS_FOR_SILENCE) {
        await fleet.query(
          'update replicas set ended_at = clock_timestamp() where id in (select replica_id from open_calls where call_id = any ($1))',
          [left],
        );
      }
      const isDead = async () => (await open()).every((callId) => !left.includes(callId));
      await expect.poll(isDead, { timeout: 90_000 }).toBe(true);
      const told = await load.end();
      await fleet.whenClosed();
      await tooOld;
      const before = new Set(forwardedHashes());
      const admittedBefore = new Set(callsOf(await fleet.tables()).map(({ bodyHash }) => bodyHash));
      fleet.replicas[1]!.signal('SIGCONT');
      fleet.simulator.release();
      const statuses = (await Promise.all([...asked, ...streams])).map(({ status }) => status);
      await expect.poll(() => fleet.replicas[1]!.health(), { timeout: 60_000 }).toBe(200);
      await expect.poll(async () => (await fleet.ask(1, grant)).status, { timeout: 60_000 }).toBe(200);
      await fleet.whenClosed();
      const late = forwardedHashes().filter((body) => !before.has(body) && admittedBefore.has(body));
      expect(late).toEqual([]);
      const tables = await fleet.tables();
      const outcomes = callsOf(tables).filter(({ callId }) => left.includes(callId));
      expect(outcomes.map(({ outcome, settled }) => [outcome, settled])).toEqual(
        outcomes.map(({ held }) => ['call.ceiling', held]),
      );
      report({ left: left.length, told, statuses, ...expectMoneyIsRight(tables, fleet.simulator, PRICES) });
      expect(told.statuses.get(200)).toBeGreaterThan(0);
      expectOnly(told, [200]);
    }
  }, 600_000);
});
