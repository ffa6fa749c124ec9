// A76 over three processes: once a call that revokes or narrows a grant has returned, no replica forwards what it forbids, however late it hears
// of it, and streams are cut within two seconds. REPLICA_ROUNDS sets how often.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectMoneyIsRight } from '../faults/money.ts';
import { PRICES } from '../faults/start-gate.ts';
import { Fleet, type FleetGrant, report } from './fleet.ts';
import { expectOnly, startLoad } from './load.ts';

const ROUNDS = Number(process.env.REPLICA_ROUNDS ?? 3);

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
});
afterAll(() => fleet.close());

const openCalls = async (): Promise<number> =>
  (await fleet.query('select call_id from open_calls')).rows.length;

const revoke = ({ id }: FleetGrant) => fleet.api('POST', `/grants/${id}/revoke`, {});

/** Takes away the model that everyone asks for. */
const narrow = ({ id }: FleetGrant) => {
  const access = { type: 'ai_model_access', provider: 'openai', models: ['gpt-4o'] };
  return fleet.api('PATCH', `/grants/${id}`, { authorization_details: [access] });
};

const stopEverything = () => fleet.api('POST', '/stops', { scope: 'everything' });

/** Ends every stop that is in force. */
const resume = async () => {
  const { rows } = await fleet.query('select id from stops');
  for (const [id] of rows) await fleet.api('DELETE', `/stops/${id}`);
};

const STOPS = [
  ['revoked', revoke],
  ['narrowed', narrow],
  ['stopped with everything', stopEverything],
] as const;

describe('a grant under load', () => {
  it.each([
    { how: 'revoked', stop: revoke, code: 'token_revoked', status: 401, undo: null },
    {
      how: 'stopped with everything',
      stop: stopEverything,
      code: 'grant_suspended',
      status: 403,
      undo: resume,
    },
  ])(
    'that is $how is forwarded nowhere after the call has returned, and its stream is cut within two seconds',
    async (row) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const grant = await fleet.grant({ total_spend: 1000 });
        fleet.simulator.script({ when: { stream: true }, chunks: 8, hold: { events: 3 } });
        const stream = fleet.ask(2, grant, { stream: true });
        await fleet.simulator.held();
        const load = startLoad(fleet, grant, [0, 1, 2], 8);
        await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(50);
        const askedAt = performance.now();
        await row.stop(grant);
        const returnedAfterMs = performance.now() - askedAt;
        const before = await fleet.forwarded();
        expect((await stream).text).toContain(row.code);
        const cutAfterMs = performance.now() - askedAt;
        expect(cutAfterMs).toBeLessThan(2000 + returnedAfterMs);
        await expect.poll(() => load.count(row.status), { timeout: 60_000 }).toBeGreaterThan(100);
        expect(await fleet.forwarded()).toBe(before);
        report({ returnedAfterMs, cutAfterMs, before });
        if (row.undo) {
          await row.undo();
          const resumed = load.count(200);
          await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(resumed + 50);
        }
        const { statuses } = await load.end();
        expectOnly({ statuses }, [200, row.status]);
        fleet.simulator.release();
        await fleet.whenClosed();
        expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES);
      }
    },
    300_000,
  );

  it('that is narrowed is forwarded nowhere for what was taken away, after the call has returned', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const grant = await fleet.grant({ total_spend: 1000 });
      const load = startLoad(fleet, grant, [0, 1, 2], 8);
      await expect.poll(() => load.count(200), { timeout: 60_000 }).toBeGreaterThan(50);
      const askedAt = performance.now();
      await narrow(grant);
      const returnedAfterMs = performance.now() - askedAt;
      const before = await fleet.forwarded();
      await expect.poll(() => load.count(403), { timeout: 60_000 }).toBeGreaterThan(100);
      expect(await fleet.forwarded()).toBe(before);
      const { statuses } = await load.end();
      expectOnly({ statuses }, [200, 403]);
      report({ returnedAfterMs, before, statuses });
      await fleet.whenClosed();
      expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES);
    }
  }, 300_000);

  it.each(STOPS)(
    'that is %s is not forwarded by a replica that was frozen meanwhile with durable admissions',
    async (_, stop) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const grant = await fleet.grant({ total_spend: 1000 });
        expect((await fleet.ask(1, grant)).status).toBe(200);
        await fleet.whenClosed();
        // Its admissions wait for the owner's row, so that it is frozen before it learns that they are durable.
        const owner = await fleet.lockOwner();
        const asked = Array.from({ length: 24 }, () => fleet.ask(1, grant));
        await expect.poll(() => owner.waiting()).toBeGreaterThan(0);
        fleet.replicas[1]!.signal('SIGSTOP');
        await owner.unlock();
        await expect.poll(openCalls).toBeGreaterThan(0);
        const askedAt = performance.now();
        await stop(grant);
        const tookMs = performance.now() - askedAt;
        const before = await fleet.forwarded();
        fleet.replicas[1]!.signal('SIGCONT');
        const statuses = (await Promise.all(asked)).map(({ status }) => status);
        expect(await fleet.forwarded()).toBe(before);
        expect(statuses).not.toContain(200);
        expect(tookMs).toBeLessThan(10_000);
        await fleet.whenClosed();
        expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES);
        await resume();
      }
    },
    300_000,
  );
});
