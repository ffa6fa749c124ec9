// One revocation high up in a tree of agents, under load: a chain five delegations deep with fifty leaves, each with a stream of its own, and
// requests all the time. Nothing is admitted once the revocation is in the journal, every stream is cut with an error event within two
// seconds, every hold is closed. BRANCH_ROUNDS sets how often.

import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { expectMoneyIsRight, forwardedTexts } from './money.ts';
import { report } from './report.ts';
import { type Answer, chatOf, makeGrant, PRICES, post, startGate, type TestGate } from './start-gate.ts';

const ROUNDS = Number(process.env.BRANCH_ROUNDS ?? 1);
const DEPTH = 5;
const LEAVES = 50;
const REQUESTS_PER_SECOND = 200;
/** A machine that is too busy for so many gets fewer. */
const MOST_AT_ONCE = 100;
const OWNER = 'own_ada';

let gate: TestGate;

beforeEach(async () => {
  gate = await startGate();
});
afterEach(() => gate.close());

/** A child of `parentGrantId` that may be delegated `depth` levels further. */
const delegate = async (parentGrantId: string, depth: number, name: string): Promise<string> => {
  const parent = (await gate.grants.live(parentGrantId))!.parts[0]!.access;
  const asked = [{ ...parent, delegationMaxDepth: depth }];
  const identity = { clientId: null, name, isActorAuthenticated: false, keyThumbprint: null, via: 'test' };
  const made = await gate.grants.delegate({ parentGrantId, asked, ...identity });
  if (!made.ok) throw new Error(made.error.detail);
  return made.value.id;
};

const tokenOf = async (grantId: string): Promise<string> => {
  const token = await gate.grants.issueKeyToken(OWNER, grantId);
  if (!token.ok) throw new Error(token.error.detail);
  return token.value;
};

/** The grant at the root and the tokens of its leaves. */
const makeTree = async () => {
  const root = await makeGrant(gate, { total_spend: 100 });
  const access = (await gate.grants.live(root.id))!.parts[0]!.access;
  await gate.grants.edit(OWNER, root.id, { ...access, delegationMaxDepth: DEPTH });
  let branch = root.id;
  for (let level = 1; level < DEPTH; level += 1)
    branch = await delegate(branch, DEPTH - level, `level ${level}`);
  const leaves: string[] = [];
  for (let leaf = 0; leaf < LEAVES; leaf += 1) leaves.push(await delegate(branch, 0, `leaf ${leaf}`));
  return { rootId: root.id, tokens: await Promise.all(leaves.map(tokenOf)) };
};

/** Requests from one leaf after the other until told to end; those sent after `revoked` was called say so in their text. */
const startLoad = (tokens: readonly string[], round: number) => {
  const answers: Promise<Answer>[] = [];
  let when = 'before';
  let running = 0;
  const timer = setInterval(() => {
    if (running >= MOST_AT_ONCE) return;
    running += 1;
    const text = `${when} ${round} ${answers.length}`;
    const answer = post(gate.url, tokens[answers.length % tokens.length]!, chatOf(text));
    answers.push(answer.finally(() => (running -= 1)));
  }, 1000 / REQUESTS_PER_SECOND);
  return {
    revoked: () => {
      when = 'after';
    },
    end: () => {
      clearInterval(timer);
      return Promise.all(answers);
    },
  };
};

const lastAdmission = `select max(id) as id from journal where kind = 'call.admitted'`;
const revocation = `select max(id) as id from journal where kind = 'grant.revoked'`;
const idOf = (sql: string): number => Number(gate.tables.prepare(sql).get()?.id);

it(
  `a revoked root ends ${LEAVES} leaves ${DEPTH} delegations below it, ${ROUNDS} times`,
  async () => {
    const figures = { requests: 0, refused: 0, cut: 0, slowestCutMs: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      gate.simulator.reset();
      const { rootId, tokens } = await makeTree();
      gate.simulator.script({
        when: { stream: true },
        times: Number.POSITIVE_INFINITY,
        chunks: 400,
        gapMs: 50,
      });
      const streams = tokens.map(async (token, leaf) => {
        const answer = await post(gate.url, token, chatOf(`stream ${round} ${leaf}`, { stream: true }));
        return { ...answer, endedAt: performance.now() };
      });
      const load = startLoad(tokens, round);
      await expect
        .poll(() => gate.simulator.counters().requests, { timeout: 60_000 })
        .toBeGreaterThan(LEAVES + 100);
      const revoked = await gate.grants.revoke(OWNER, rootId, 'owner');
      const revokedAt = performance.now();
      load.revoked();
      expect(revoked.ok && revoked.value.grantIds.length).toBe(LEAVES + DEPTH);
      await delay(300);
      const answers = await load.end();
      const ended = await Promise.all(streams);
      await gate.running.whenIdle();
      await gate.ledger.record([]);

      expect(idOf(lastAdmission)).toBeLessThan(idOf(revocation));
      expect([...forwardedTexts(gate.simulator)].filter((text) => text.startsWith('after'))).toEqual([]);
      for (const { status, text } of ended)
        expect([status, text.includes('token_revoked')]).toEqual([200, true]);
      const slowest = Math.max(...ended.map(({ endedAt }) => endedAt - revokedAt));
      expect(slowest).toBeLessThan(2000);
      expect(new Set(answers.map(({ status }) => status)).isSubsetOf(new Set([200, 401, 403, 502]))).toBe(
        true,
      );
      expectMoneyIsRight(gate.tables, gate.simulator, PRICES);
      figures.requests += answers.length;
      figures.refused += answers.filter(({ code }) => code === 'token_revoked').length;
      figures.cut += ended.length;
      figures.slowestCutMs = Math.max(figures.slowestCutMs, Math.round(slowest));
    }
    expect([gate.ledger.overruns, gate.faults]).toEqual([0, []]);
    report('BRANCH_ROUNDS', JSON.stringify(figures));
  },
  60_000 + ROUNDS * 20_000,
);
