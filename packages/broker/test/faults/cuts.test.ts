// Streams that are running when what allowed them ends: revoked, paused, stopped, narrowed or expired, above them or by themselves. Each is cut
// with the error of its reason in the format of the API and settled at its ceiling; what the new terms still allow runs on.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectMoneyIsRight } from './money.ts';
import { chatOf, makeGrant, PRICES, post, startGate, type TestGate } from './start-gate.ts';

const OWNER = 'own_ada';

let gate: TestGate;
beforeEach(async () => {
  gate = await startGate();
});
afterEach(() => gate.close());

const must = <Value>(
  result: { ok: true; value: Value } | { ok: false; error: { detail: string } },
): Value => {
  if (result.ok) return result.value;
  throw new Error(result.error.detail);
};

interface Planted {
  readonly rootId: string;
  readonly leafId: string;
  readonly token: string;
}

/** A grant, a child of it, and the child's token. */
const plant = async (): Promise<Planted> => {
  const { id: rootId } = await makeGrant(gate, { total_spend: 100 });
  const access = {
    ...(await gate.grants.live(rootId))!.parts[0]!.access,
    models: null,
    delegationMaxDepth: 1,
  };
  must(await gate.grants.edit(OWNER, rootId, access));
  const child = must(
    await gate.grants.delegate({
      parentGrantId: rootId,
      asked: [{ ...access, models: ['gpt-4o-mini'], delegationMaxDepth: 0 }],
      clientId: 'app_helper',
      name: 'helper',
      isActorAuthenticated: false,
      keyThumbprint: null,
      via: 'test',
    }),
  );
  return { rootId, leafId: child.id, token: must(await gate.grants.issueKeyToken(OWNER, child.id)) };
};

const accessOf = async (grantId: string) => (await gate.grants.get(OWNER, grantId))!.parts[0]!.access;
const keyOf = async (grantId: string) => (await gate.grants.get(OWNER, grantId))!.parts[0]!.providerKeyId;

/** A stream that the provider holds after its third event; ends when it is cut or the provider is let go. */
const startStream = async ({ token }: Planted) => {
  gate.simulator.script({ when: { stream: true }, chunks: 8, hold: { events: 3 } });
  const stream = post(gate.url, token, chatOf('a stream', { stream: true }));
  await gate.simulator.held();
  return { stream };
};

const outcomes = () =>
  gate.tables
    .prepare(`select kind, json_extract(body, '$.reason') as reason from journal
      where kind in ('call.settled', 'call.ceiling', 'call.released') order by id`)
    .all()
    .map(({ kind, reason }) => [kind, reason]);

type Ending = (planted: Planted) => Promise<unknown>;
const CUTS: readonly (readonly [string, Ending, string, string])[] = [
  ['it is revoked', ({ leafId }) => gate.grants.revoke(OWNER, leafId, 'owner'), 'token_revoked', 'revoked'],
  [
    'its parent is revoked',
    ({ rootId }) => gate.grants.revoke(OWNER, rootId, 'owner'),
    'token_revoked',
    'revoked',
  ],
  ['it is paused', ({ leafId }) => gate.grants.suspend(OWNER, leafId), 'grant_suspended', 'suspended'],
  [
    'its parent is paused',
    ({ rootId }) => gate.grants.suspend(OWNER, rootId),
    'grant_suspended',
    'suspended',
  ],
  [
    'everything is stopped',
    () => gate.grants.stop(OWNER, { scope: 'everything' }),
    'grant_suspended',
    'suspended',
  ],
  [
    'its app is stopped',
    () => gate.grants.stop(OWNER, { scope: 'app', clientId: 'app_helper' }),
    'grant_suspended',
    'suspended',
  ],
  [
    'its provider key is stopped',
    async ({ rootId }) =>
      gate.grants.stop(OWNER, { scope: 'provider_key', providerKeyId: await keyOf(rootId) }),
    'grant_suspended',
    'suspended',
  ],
  [
    'its parent loses the model',
    async ({ rootId }) =>
      gate.grants.edit(OWNER, rootId, { ...(await accessOf(rootId)), models: ['gpt-4o'] }),
    'operation_not_permitted',
    'narrowed',
  ],
  [
    'its parent loses the capability',
    async ({ rootId }) =>
      gate.grants.edit(OWNER, rootId, {
        ...(await accessOf(rootId)),
        capabilities: ['embeddings'],
      }),
    'operation_not_permitted',
    'narrowed',
  ],
  [
    'the end of its parent is moved to now',
    async ({ rootId }) =>
      gate.grants.edit(OWNER, rootId, { ...(await accessOf(rootId)), expiresAtMs: Date.now() }),
    'token_expired',
    'expired',
  ],
];

describe('a stream', () => {
  it.each(CUTS)('is cut when %s', async (_, end, code, reason) => {
    const planted = await plant();
    const { stream } = await startStream(planted);
    const askedAt = performance.now();
    await end(planted);
    const { status, text } = await stream;
    expect(performance.now() - askedAt).toBeLessThan(2000);
    expect([status, text.includes(`"${code}"`)]).toEqual([200, true]);
    gate.simulator.release();
    await gate.running.whenIdle();
    await gate.ledger.record([]);
    expect(outcomes()).toEqual([['call.ceiling', reason]]);
    expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
  });

  it.each<[string, Ending]>([
    [
      'a limit above it is lowered: what it holds was decided',
      async ({ rootId }) =>
        gate.grants.edit(OWNER, rootId, {
          ...(await accessOf(rootId)),
          limits: [{ unit: 'usd', amount: 1, per: 'total' }],
        }),
    ],
    [
      'another model is taken away',
      async ({ rootId }) =>
        gate.grants.edit(OWNER, rootId, { ...(await accessOf(rootId)), models: ['gpt-4o-mini'] }),
    ],
    ['another app is paused', async () => gate.grants.suspend(OWNER, (await plant()).leafId)],
    [
      'another key is stopped',
      async () => {
        const providerKeyId = await keyOf((await plant()).rootId);
        return gate.grants.stop(OWNER, { scope: 'provider_key', providerKeyId });
      },
    ],
  ])('runs on when %s', async (_, change) => {
    const planted = await plant();
    const { stream } = await startStream(planted);
    await change(planted);
    gate.simulator.release();
    const { text, isWhole } = await stream;
    expect([isWhole, text.includes('[DONE]')]).toEqual([true, true]);
  });

  it('is cut when the time of a grant above it is over, and not before', async () => {
    const planted = await plant();
    const expiresAtMs = Date.now() + 600_000;
    must(
      await gate.grants.edit(OWNER, planted.rootId, {
        ...(await accessOf(planted.rootId)),
        expiresAtMs,
      }),
    );
    const { stream } = await startStream(planted);
    gate.running.checkTime(expiresAtMs - 1);
    expect(gate.running.count).toBe(1);
    gate.running.checkTime(expiresAtMs);
    expect((await stream).text).toContain('token_expired');
    gate.simulator.release();
    await gate.running.whenIdle();
    await gate.ledger.record([]);
    expect(outcomes()).toEqual([['call.ceiling', 'expired']]);
  });

  it('runs on past the end that it began with when its owner gave it more time', async () => {
    const planted = await plant();
    const expiresAtMs = Date.now() + 600_000;
    const access = await accessOf(planted.rootId);
    must(await gate.grants.edit(OWNER, planted.rootId, { ...access, expiresAtMs }));
    const { stream } = await startStream(planted);
    must(await gate.grants.edit(OWNER, planted.rootId, { ...access, expiresAtMs: null }));
    gate.running.checkTime(expiresAtMs);
    gate.simulator.release();
    expect((await stream).isWhole).toBe(true);
  });

  it('can be had again once what was paused or stopped is resumed', async () => {
    const planted = await plant();
    must(await gate.grants.suspend(OWNER, planted.rootId));
    expect((await post(gate.url, planted.token, chatOf('paused'))).code).toBe('grant_suspended');
    must(await gate.grants.resume(OWNER, planted.rootId));
    const { stop } = must(await gate.grants.stop(OWNER, { scope: 'everything' }));
    expect((await post(gate.url, planted.token, chatOf('stopped'))).code).toBe('grant_suspended');
    must(await gate.grants.resumeStopped(OWNER, stop.id));
    expect((await post(gate.url, planted.token, chatOf('resumed'))).status).toBe(200);
  });
});
