// F10: one replica loses its way to the database, or to the provider, without a word: nothing is refused, nothing passes. It serves nothing
// that was revoked meanwhile, nobody waits for long, and the other replica goes on. REPLICA_ROUNDS prints the figures.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EnduranceHouse, startEnduranceHouse } from '../endurance/house.ts';
import { chatOf, post } from '../faults/start-gate.ts';
import { Random } from '../sim/random.ts';
import { report } from './fleet.ts';

/** How long a stream goes on at a replica that hears nothing of the database; the product takes longer unless told. */
const CUT_OFF_SECONDS = 15;

/** Nobody waits for the database much longer than its connections do. */
const LONGEST_MS = 30_000;
const STALL = { kind: 'stall', direction: 'both' } as const;

let house: EnduranceHouse;
let sent = 0;
beforeAll(async () => {
  const env = { VALETKEY_CUT_OFF_SECONDS: String(CUT_OFF_SECONDS) };
  house = await startEnduranceHouse({ engine: 'postgres', replicas: 2, random: new Random(1), env });
});
afterAll(() => house.close());
afterEach(async () => {
  for (const { toProvider, toDatabase } of house.members)
    for (const wire of [toProvider, toDatabase!]) {
      wire.setFault(undefined);
      wire.resetAll();
    }
  await expect.poll(health, { timeout: 60_000 }).toEqual([200, 200]);
});

const health = () => Promise.all(house.members.map(({ replica }) => replica.health()));

const makeGrant = async () => {
  const details = {
    type: 'ai_model_access',
    provider: 'openai',
    models: ['gpt-4o-mini'],
    limits: { total_spend: 1 },
  };
  const { body } = await house.api('POST', '/grants', { name: 'Tool', authorization_details: [details] });
  return { id: String(body.id), token: String(body.token) };
};

const ask = (at: 0 | 1, token: string, fields: object = {}) => {
  sent += 1;
  return post(house.members[at]!.replica.url, token, chatOf(`partition ${sent}`, fields));
};

const brokenOff = async (): Promise<false> => {
  house.members[1]!.toProvider.resetAll();
  return false;
};

/** Resolves with what it resolves with, and how long that took. */
const timed = async <Value>(work: Promise<Value>) => {
  const startedAt = performance.now();
  const value = await work;
  return { value, tookMs: Math.round(performance.now() - startedAt) };
};

describe('a replica that is cut off', () => {
  it('from the database forwards nothing for a grant that the other replica revokes, and cuts its stream in time though nobody can tell it', async () => {
    const { id, token } = await makeGrant();
    expect([(await ask(0, token)).status, (await ask(1, token)).status]).toEqual([200, 200]);
    house.simulator.script({ when: { stream: true }, chunks: 8, hold: { events: 3 } });
    const stream = ask(1, token, { stream: true });
    await house.simulator.held();
    const stalledAt = performance.now();
    house.members[1]!.toDatabase!.setFault(STALL);
    const before = house.simulator.counters().requests;
    const revoked = await timed(house.api('POST', `/grants/${id}/revoke`));
    expect(revoked.value.status).toBe(200);
    const refused = await timed(Promise.all([ask(1, token), ask(1, token, { stream: true }), ask(1, token)]));
    for (const { status, code } of refused.value)
      expect([
        [401, 'token_revoked'],
        [503, 'unavailable'],
      ]).toContainEqual([status, code]);
    expect(refused.tookMs).toBeLessThan(LONGEST_MS);
    expect((await ask(0, token)).code).toBe('token_revoked');
    await expect.poll(() => house.members[1]!.replica.health(), { timeout: 60_000 }).toBe(503);
    expect((await ask(0, (await makeGrant()).token)).status).toBe(200);
    expect(house.simulator.counters().requests).toBe(before + 1);
    // Still without a way to the database: it has heard nothing for so long that it takes the stream for stopped.
    expect((await stream).text).toContain('has lost its database');
    const cutAfterMs = Math.round(performance.now() - stalledAt);
    expect(cutAfterMs).toBeGreaterThan(1000 * (CUT_OFF_SECONDS - 8));
    house.members[1]!.toDatabase!.setFault(undefined);
    house.members[1]!.toDatabase!.resetAll();
    house.simulator.release();
    const kinds = async () => {
      const { body } = await house.api('GET', `/grants/${id}/calls`);
      return body.data.map(({ status }: { status: string }) => status).toSorted();
    };
    await expect.poll(kinds, { timeout: 60_000 }).toEqual(['ceiling', 'settled', 'settled']);
    report({ revokedAfterMs: revoked.tookMs, refusedAfterMs: refused.tookMs, cutAfterMs });
  }, 240_000);

  it('from the provider holds up nobody else, and posts what it sent for what it may have cost', async () => {
    const { id, token } = await makeGrant();
    house.members[1]!.toProvider.setFault(STALL);
    const lost = ask(1, token);
    const other = await timed(ask(0, token));
    expect(other.value.status).toBe(200);
    const isOver = lost.then(() => true);
    // When the request is on its way to the provider nobody tells.
    await expect.poll(() => Promise.race([isOver, brokenOff()]), { timeout: 60_000 }).toBe(true);
    expect((await lost).status).toBe(502);
    house.members[1]!.toProvider.setFault(undefined);
    expect((await ask(1, token)).status).toBe(200);
    const kinds = async () => {
      const { body } = await house.api('GET', `/grants/${id}/calls`);
      return body.data.map(({ status }: { status: string }) => status).toSorted();
    };
    await expect.poll(kinds, { timeout: 60_000 }).toEqual(['ceiling', 'settled', 'settled']);
  }, 240_000);
});
