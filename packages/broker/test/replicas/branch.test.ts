// One revocation high up in a tree of agents, under load, over replicas: a chain five delegations deep with fifty leaves, each with a stream of
// its own on one of two replicas, and requests to both all the time. The owner revokes at the first. BRANCH_ROUNDS sets how often.

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectMoneyIsRight, forwardedTexts } from '../faults/money.ts';
import { report } from '../faults/report.ts';
import { type Answer, chatOf, PRICES, post } from '../faults/start-gate.ts';
import { Fleet } from './fleet.ts';

const ROUNDS = Number(process.env.BRANCH_ROUNDS ?? 1);
const REPLICAS = 2;
const DEPTH = 5;
const LEAVES = 50;
const REQUESTS_PER_SECOND = 200;
/** A machine that is too busy for so many gets fewer. */
const MOST_AT_ONCE = 100;
const DETAIL = { type: 'ai_model_access', provider: 'openai', models: ['gpt-4o-mini'] };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start({ more: { VALETKEY_MAX_DELEGATION_DEPTH: String(DEPTH) } });
});
afterAll(() => fleet.close());

const urlOf = (at: number): string => fleet.replicas[at % REPLICAS]!.url;

/** The token of a child of the grant that `parent` is the token of, which may be delegated `depth` levels further. */
const delegate = async (parent: string, depth: number, at: number): Promise<string> => {
  const details = { ...DETAIL, ...(depth > 0 && { delegation: { max_depth: depth } }) };
  const response = await fetch(`${urlOf(at)}/grants/self/children`, {
    method: 'POST',
    headers: { authorization: `Bearer ${parent}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: `agent ${at}`, authorization_details: [details] }),
  });
  const made = (await response.json()) as { readonly token: string };
  if (response.status !== 201) throw new Error(`${response.status} ${JSON.stringify(made)}`);
  return made.token;
};

/** The grant at the root and the tokens of its leaves. */
const makeTree = async () => {
  const details = { ...DETAIL, limits: { total_spend: 100 }, delegation: { max_depth: DEPTH } };
  const root = await fleet.api('POST', '/grants', { name: 'Root', authorization_details: [details] });
  let branch = root.token!;
  for (let level = 1; level < DEPTH; level += 1) branch = await delegate(branch, DEPTH - level, level);
  const tokens: string[] = [];
  for (let leaf = 0; leaf < LEAVES; leaf += 1) tokens.push(await delegate(branch, 0, leaf));
  return { rootId: root.id!, tokens };
};

/** Requests from one leaf after the other until told to end; those sent after `revoked` was called say so in their text. */
const startLoad = (tokens: readonly string[], round: number) => {
  const answers: Promise<Answer>[] = [];
  let when = 'before';
  let running = 0;
  const timer = setInterval(() => {
    if (running >= MOST_AT_ONCE) return;
    running += 1;
    const at = answers.length;
    const answer = post(urlOf(at), tokens[at % tokens.length]!, chatOf(`${when} ${round} ${at}`));
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

it(
  `a root that is revoked at one replica ends ${LEAVES} leaves ${DEPTH} delegations below it on both, ${ROUNDS} times`,
  async () => {
    const { simulator } = fleet;
    const figures = { requests: 0, refused: 0, cut: 0, returnedMs: 0, slowestCutMs: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      const { rootId, tokens } = await makeTree();
      simulator.reset();
      const slowly = { times: Number.POSITIVE_INFINITY, chunks: 400, gapMs: 50 };
      simulator.script({ when: { stream: true }, ...slowly });
      const streams = tokens.map(async (token, leaf) => {
        const answer = await post(urlOf(leaf), token, chatOf(`stream ${round} ${leaf}`, { stream: true }));
        return { ...answer, endedAt: performance.now() };
      });
      const load = startLoad(tokens, round);
      await expect
        .poll(() => simulator.counters().requests, { timeout: 60_000 })
        .toBeGreaterThan(LEAVES + 100);
      const askedAt = performance.now();
      await fleet.api('POST', `/grants/${rootId}/revoke`, {});
      const revokedAt = performance.now();
      load.revoked();
      await delay(300);
      const answers = await load.end();
      const ended = await Promise.all(streams);
      await fleet.whenClosed();

      const late = `select count(*) from journal call join journal revoked on revoked.owner_id = call.owner_id
        where call.kind = 'call.admitted' and call.seq > revoked.seq and revoked.kind = 'grant.revoked' and revoked.grant_id = $1`;
      expect((await fleet.query(late, [rootId])).rows.map(([count]) => Number(count))).toEqual([0]);
      expect([...forwardedTexts(simulator)].filter((text) => text.startsWith('after'))).toEqual([]);
      for (const { status, text } of ended)
        expect([status, text.includes('token_revoked')]).toEqual([200, true]);
      const slowest = Math.max(...ended.map(({ endedAt }) => endedAt - askedAt));
      expect(slowest).toBeLessThan(2000 + revokedAt - askedAt);
      const statuses = new Set(answers.map(({ status }) => status));
      expect(statuses.isSubsetOf(new Set([200, 401, 403, 502, 503]))).toBe(true);
      expectMoneyIsRight(await fleet.tables(), simulator, PRICES);
      figures.requests += answers.length;
      figures.refused += answers.filter(({ code }) => code === 'token_revoked').length;
      figures.cut += ended.length;
      figures.returnedMs = Math.max(figures.returnedMs, Math.round(revokedAt - askedAt));
      figures.slowestCutMs = Math.max(figures.slowestCutMs, Math.round(slowest));
    }
    report('BRANCH_ROUNDS', JSON.stringify(figures));
  },
  120_000 + ROUNDS * 60_000,
);
