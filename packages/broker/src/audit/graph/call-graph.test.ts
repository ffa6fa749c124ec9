// The graph of a call is worked out from entries alone, and says what the ledger decided by at that very entry: whatever happened before,
// and whatever happened since.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unrestrictedAccess, usdNanos } from '@valetkey/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../../test/api-house.ts';
import type { Balance } from '../../ledger/contract.ts';
import { formatEntry } from '../export-line.ts';
import { readJournal } from '../read-journal.ts';
import type { CallGraph, GraphNode } from './contract.ts';
import { graphOfExport } from './graph-of-export.ts';
import { readCallGraph } from './read-call-graph.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

const nodesOf = (nodes: readonly GraphNode[]): readonly GraphNode[] =>
  nodes.flatMap((node) => [node, ...nodesOf(node.children)]);
const pathOf = ({ trees }: CallGraph) => nodesOf(trees).filter((node) => node.is_on_path);
const graphOf = async (callId: string) => (await readCallGraph(house.store.db, 'ada', callId))!;

const writeExport = async (): Promise<string> => {
  const lines: string[] = [];
  for await (const page of readJournal(house.store.db, 'ada', {}))
    lines.push(...page.map((entry) => `${formatEntry(entry)}\n`));
  const path = join(mkdtempSync(join(tmpdir(), 'valetkey-graph-')), 'journal.jsonl');
  writeFileSync(path, lines.join(''));
  return path;
};

describe('the graph of a call', () => {
  it('shows the way from the provider key to the grant that called, with limits and spending as they stood', async () => {
    const { id } = await house.createGrant();
    const planner = await house.delegate(id, 'planner', { delegationMaxDepth: 0 }).catch(() => null);
    expect(planner).toBeNull();
    await house.grants.edit('ada', id, {
      ...unrestrictedAccess('openai'),
      models: ['gpt-5-mini'],
      limits: [{ unit: 'usd', amount: 5_000_000_000, per: 'month' }],
      delegationMaxDepth: 2,
    });
    const limits = [{ unit: 'requests' as const, amount: 3, per: 'total' as const }];
    const worker = await house.delegate(id, 'worker', { limits });
    const other = await house.delegate(id, 'other');
    await house.admit(worker.id, 'c1');
    await house.settle('c1');
    await house.admit(worker.id, 'c2');
    await house.grants.revoke('ada', other.id, 'test');
    await house.settle('c2', 'ceiling');
    const graph = await graphOf('c2');
    expect(graph.call).toMatchObject({ id: 'c2', status: 'ceiling', held_usd: '0.002', cost_usd: '0.002' });
    expect(graph.entries.map(({ kind }) => kind)).toEqual(['call.admitted', 'call.ceiling']);
    const [key, root, leaf] = pathOf(graph);
    expect([key?.grant_id, key?.key_version, key?.settled_usd, key?.held_usd]).toEqual([
      null,
      1,
      '0.0015',
      '0.002',
    ]);
    expect(root).toMatchObject({ grant_id: id, actor: null, below: 2, status: 'active' });
    expect(root?.limits).toEqual([
      { unit: 'usd', per: 'month', amount: '5', settled: '0.0015', held: '0.002' },
    ]);
    expect(leaf).toMatchObject({ grant_id: worker.id, actor: `agent:${id}/${worker.id}`, via: 'test' });
    expect(leaf?.limits).toEqual([{ unit: 'requests', per: 'total', amount: 3, settled: 1, held: 1 }]);
    // A sibling is told as it stood then, although it has ended since.
    const sibling = root?.children.find((node) => node.grant_id === other.id);
    expect(sibling).toMatchObject({ is_on_path: false, status: 'active', settled_usd: '0' });
  });

  it('is the same from an exported file, offline', async () => {
    const { id } = await house.createGrant();
    await house.admit(id, 'c1');
    await house.settle('c1');
    const path = await writeExport();
    const offline = await graphOfExport(path, 'c1');
    expect(offline).toEqual({ ok: true, value: await graphOf('c1') });
    rmSync(dirname(path), { recursive: true });
  });

  it('of a refused call shows the grant that it came with, and no hold', async () => {
    const { id } = await house.createGrant();
    const body = { provider: 'openai', code: 'model_not_permitted', status: 403 };
    await house.ledger.record([{ ownerId: 'ada', kind: 'call.refused', callId: 'c1', grantId: id, body }]);
    const graph = await graphOf('c1');
    expect(graph.call).toMatchObject({ status: 'refused', refusal: 'model_not_permitted', held_usd: null });
    expect(pathOf(graph).map((node) => node.grant_id)).toEqual([null, id]);
  });

  it('shows a part that cost more than it held as paused from then on', async () => {
    const { id } = await house.createGrant();
    await house.admit(id, 'c1');
    const outcome = { callId: 'c1', kind: 'settled' as const, forwarded: true, nanos: 3_000_000, tokens: 1 };
    await house.ledger.settle({ ...outcome, body: { status: 200 } });
    const body = { provider: 'openai', code: 'grant_suspended', status: 403 };
    await house.ledger.record([{ ownerId: 'ada', kind: 'call.refused', callId: 'c2', grantId: id, body }]);
    expect(pathOf(await graphOf('c1')).at(-1)?.status).toBe('active');
    expect(pathOf(await graphOf('c2')).at(-1)?.status).toBe('suspended');
  });

  it('is told to nobody but its owner', async () => {
    const { id } = await house.createGrant();
    await house.admit(id, 'c1');
    expect(await readCallGraph(house.store.db, 'eve', 'c1')).toBeNull();
    expect(await readCallGraph(house.store.db, 'ada', 'c9')).toBeNull();
  });

  it('is not told from a file that was changed, is not whole, or does not hold the call', async () => {
    const { id } = await house.createGrant();
    await house.admit(id, 'c1');
    const path = await writeExport();
    const lines: string[] = [];
    for await (const page of readJournal(house.store.db, 'ada', {})) lines.push(...page.map(formatEntry));
    const problemOf = async (text: string, callId = 'c1') => {
      writeFileSync(path, text);
      const graph = await graphOfExport(path, callId);
      return graph.ok ? null : graph.error;
    };
    const whole = `${lines.join('\n')}\n`;
    expect(await problemOf(whole)).toBeNull();
    expect(await problemOf(whole, 'c9')).toContain('There is no call c9');
    expect(await problemOf(whole.replace('2000000', '1000000'))).toContain('was changed');
    expect(await problemOf(`${lines.slice(1).join('\n')}\n`)).toContain('Entry 1 is missing');
    expect(await problemOf(whole.slice(0, -1))).toContain('not as an export writes it');
    rmSync(dirname(path), { recursive: true });
    expect((await graphOfExport(path, 'c1')).ok).toBe(false);
  });
});

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('delegate' as const),
      of: fc.nat(9),
      cap: fc.option(fc.nat(200)),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('admit' as const), of: fc.nat(9) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      of: fc.nat(9),
      kind: fc.constantFrom('settled' as const, 'ceiling' as const, 'released' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('correct' as const), nanos: fc.nat(2_000_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('narrow' as const), of: fc.nat(9), cap: fc.nat(200) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reset' as const), of: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), of: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const), of: fc.nat(9) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 60_000, 86_400_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('age' as const) }) },
);

const accessWith = (cap: number | null) => ({
  ...unrestrictedAccess('openai'),
  models: ['gpt-5-mini'],
  limits: cap === null ? [] : [{ unit: 'usd' as const, amount: cap * 1_000_000, per: 'day' as const }],
  delegationMaxDepth: 2,
});

/** What the books said of every link on the path of a call right after it was admitted. */
const bookedOf = ({ linkId, openCalls, windows }: Balance) => ({
  link_id: linkId,
  settled: windows.usd.total.settled,
  held: windows.usd.total.held,
  requests: windows.requests.total.settled,
  open_calls: openCalls,
});

const toldOf = (node: GraphNode) => ({
  link_id: node.link_id,
  settled: usdNanos(node.settled_usd ?? ''),
  held: usdNanos(node.held_usd ?? ''),
  requests: node.settled_requests,
  open_calls: node.open_calls,
});

/** Lives one life and returns what the ledger said at each admission, with what counted against each limit. */
async function live(steps: readonly (typeof step extends fc.Arbitrary<infer Value> ? Value : never)[]) {
  const { id } = await house.createGrant();
  await house.grants.edit('ada', id, accessWith(null));
  const [grants, open, unconfirmed]: [string[], string[], string[]] = [[id], [], []];
  const booked = new Map<string, { readonly books: readonly unknown[]; readonly counted: unknown }>();
  const grantAt = (at: number) => grants[at % grants.length]!;
  for (const [at, now] of steps.entries()) {
    if (now.do === 'wait') house.clock.nowMs += now.ms;
    else if (now.do === 'age') {
      house.clock.nowMs += 40 * 86_400_000;
      await house.removeOldCalls();
    } else if (now.do === 'delegate') {
      const access = { ...accessWith(now.cap), delegationMaxDepth: 1 };
      const child = await house.delegate(grantAt(now.of), 'agent', access).catch(() => null);
      if (child) grants.push(child.id);
    } else if (now.do === 'admit') {
      const grantId = grantAt(now.of);
      const chain = (await house.grants.live(grantId))?.parts[0]?.chain ?? [];
      const admitted = await house.admit(grantId, `c${at}`).then(
        () => true,
        () => false,
      );
      if (!admitted) continue;
      open.push(`c${at}`);
      const balances = await house.ledger.balances(chain.map(({ linkId }) => linkId));
      const usage = await house.grants.usage(grantId);
      const day = usage.balances[0]!.windows.usd.day;
      const reset = usage.balances[0]!.resets.find(({ per }) => per === 'day')?.amount ?? 0;
      booked.set(`c${at}`, { books: balances.map(bookedOf), counted: [day.settled - reset, day.held] });
    } else if (now.do === 'settle') {
      const [callId] = open.splice(now.of % Math.max(1, open.length), 1);
      if (callId === undefined) continue;
      await house.settle(callId, now.kind);
      if (now.kind === 'ceiling') unconfirmed.push(callId);
    } else if (now.do === 'correct') {
      const callId = unconfirmed.pop();
      if (callId)
        await house.ask('POST', `/calls/${callId}/correct`, { cost_usd: (now.nanos / 1e9).toFixed(9) });
    } else if (now.do === 'narrow') await house.grants.edit('ada', grantAt(now.of), accessWith(now.cap));
    else if (now.do === 'reset')
      await house.grants.resetLimit('ada', grantAt(now.of), { provider: 'openai', unit: 'usd', per: 'day' });
    else if (now.do === 'revoke' && now.of > 0) await house.grants.revoke('ada', grantAt(now.of), 'test');
    else if (now.do === 'pause') {
      await house.grants.suspend('ada', grantAt(now.of));
      if (at % 2 === 0) await house.grants.resume('ada', grantAt(now.of));
    }
  }
  return booked;
}

describe('for every history', () => {
  it('the spending told of each link is what the ledger had booked at that entry', {
    timeout: 120_000,
  }, async () => {
    let [seen, told] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        await house.close();
        house = await openApiHouse();
        const booked = await live(steps);
        seen += booked.size;
        for (const [callId, { books, counted }] of booked) {
          const graph = await graphOf(callId);
          // It was removed.
          if (graph === null) continue;
          told += 1;
          const path = pathOf(graph);
          for (const [index, node] of path.toReversed().entries())
            if (node.settled_usd !== null) expect(toldOf(node)).toEqual(books[index]);
          const limit = path.at(-1)!.limits.find(({ settled }) => settled !== null);
          if (limit) expect([usdNanos(String(limit.settled)), usdNanos(String(limit.held))]).toEqual(counted);
          const offline = await graphOfExport(await writeExport(), callId);
          expect(offline).toEqual({ ok: true, value: graph });
        }
      }),
      { numRuns: 24 },
    );
    // A history in which nothing was admitted shows nothing.
    expect(told).toBeGreaterThan(20);
    expect(seen).toBeGreaterThan(told);
  });
});
