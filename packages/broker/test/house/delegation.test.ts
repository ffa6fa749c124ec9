// Delegation in the running house, with the official SDK and no OAuth client: an owner's planner makes a worker, that one a sub-worker. Every
// call draws on all of them and is recorded with the way it came; what happens to a grant above happens to all below at once.

import { spawn } from 'node:child_process';
import { generateKeyPairSync, hash, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { calculateJwkThumbprint, SignJWT } from 'jose';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HELLO, sendChat } from './send-chat.ts';
import { type House, startHouse } from './start-house.ts';

const RIGHTS = { type: 'ai_model_access', provider: 'openai', models: ['gpt-4o-mini'] };
/** Published prices in nanos per million tokens. */
const PRICES = { 'gpt-4o-mini': { input: 150_000_000, cachedInput: 75_000_000, output: 600_000_000 } };
const CLI = fileURLToPath(new URL('../../../cli/src/valetkey.js', import.meta.url));

interface Held {
  readonly id: string;
  readonly token: string;
}

let house: House;
let planner: Held;
let worker: Held;
let sub: Held;

const child = async (parent: string, name: string, rights: object, more: object = {}): Promise<Held> => {
  const response = await fetch(`${house.url}/grants/self/children`, {
    method: 'POST',
    headers: { authorization: `Bearer ${parent}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, authorization_details: [{ ...RIGHTS, ...rights }], ...more }),
  });
  const body = (await response.json()) as { grant_id: string; token: string };
  expect([response.status, body]).toEqual([201, expect.anything()]);
  return { id: body.grant_id, token: body.token };
};

const sdk = ({ token }: Held) =>
  new OpenAI({ apiKey: token, baseURL: `${house.url}/openai/v1`, maxRetries: 0 });
const chat = async (by: Held): Promise<string> => {
  const answer = await sdk(by).chat.completions.create(HELLO);
  return answer.choices[0]?.message.content ?? '';
};
/** The status and code of a refusal. */
const refusal = async (by: Held) => {
  const error = await chat(by).then(
    () => null,
    (thrown: unknown) => thrown as { status?: number; code?: string },
  );
  return [error?.status, error?.code];
};

const forwarded = () => house.simulators.openai.counters().requests;
const nanos = (usd: string): number => Math.round(Number(usd) * 1e9);
const spent = async ({ id }: Held): Promise<number> =>
  nanos((await house.api('GET', `/grants/${id}`)).body.spent.total_usd);
const heldOf = async ({ id }: Held) =>
  (await house.api('GET', `/grants/${id}`)).body.parts[0].limits.map((limit: { held: string }) => limit.held);

beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.close());
beforeEach(async () => {
  planner = await house.grant({ ...RIGHTS, limits: { total_spend: 1 }, delegation: { max_depth: 2 } });
  worker = await child(planner.token, 'worker', {
    limits: { total_spend: 0.5 },
    delegation: { max_depth: 1 },
  });
  sub = await child(worker.token, 'sub-worker', { limits: { total_spend: 0.25 } });
});

describe('a planner, its worker and the sub-worker', () => {
  it('spend one budget: the provider’s bill is what was spent of the planner, and the sum over the tree', async () => {
    for (const each of [planner, worker, sub, sub]) expect(await chat(each)).toContain('simulated');
    const bill = house.simulators.openai.billNanos(PRICES).totalNanos;
    expect(bill).toBeGreaterThan(0);
    const costs = async (): Promise<number[]> => {
      const calls: { grant_id: string; cost_usd: string }[] = (await house.api('GET', '/calls')).body.data;
      const costOf = (id: string) =>
        calls.reduce((sum, call) => sum + (call.grant_id === id ? nanos(call.cost_usd) : 0), 0);
      return [planner, worker, sub].map(({ id }) => costOf(id));
    };
    // The last outcome may still be on its way to the journal, which is behind what balances say.
    const total = async () => (await costs()).reduce((sum, cost) => sum + cost, 0);
    await expect.poll(total).toBe(bill);
    expect(nanos((await house.api('GET', '/usage')).body.total_usd)).toBe(bill);
    const [, workers = 0, subs = 0] = await costs();
    expect(await Promise.all([planner, worker, sub].map(spent))).toEqual([bill, workers + subs, subs]);
    expect((await house.api('POST', '/ledger/compare')).body.faults).toEqual([]);
  });

  it('are in the journal at every admission: which way it came, and who acts', async () => {
    await chat(sub);
    const { data } = (await house.api('GET', `/grants/${sub.id}/calls`)).body;
    expect(data[0].grant_path).toEqual([planner.id, worker.id, sub.id]);
    const graph = (await house.api('GET', `/calls/${data[0].id}/graph`)).body;
    const nodesOf = (node: {
      children: object[];
    }): { is_on_path: boolean; grant_id: string; actor: string }[] =>
      [node, ...node.children.flatMap((child) => nodesOf(child as never))] as never;
    const path = nodesOf(graph.trees[0]).filter(({ is_on_path: isOnPath }) => isOnPath);
    expect(path.map(({ grant_id: id, actor }) => [id, actor])).toEqual([
      [null, null],
      [planner.id, null],
      [worker.id, `agent:${planner.id}/${worker.id}`],
      [sub.id, `agent:${worker.id}/${sub.id}`],
    ]);
    const shown = (await house.api('GET', `/grants/${sub.id}`)).body;
    expect([shown.parent_grant_id, shown.depth, shown.actor]).toEqual([
      worker.id,
      2,
      `agent:${worker.id}/sub-worker`,
    ]);
  });

  it('are stopped together by what is left above: a planner that is used up refuses the sub-worker', async () => {
    await house.api('PATCH', `/grants/${planner.id}`, {
      authorization_details: [{ ...RIGHTS, limits: { total_spend: 0.000001 }, delegation: { max_depth: 2 } }],
    });
    const before = forwarded();
    expect((await refusal(sub))[0]).toBe(402);
    expect(forwarded()).toBe(before);
  });

  it('are narrowed together, from the next call on', async () => {
    expect(await chat(sub)).toContain('simulated');
    const narrowed = {
      ...RIGHTS,
      models: ['gpt-4o'],
      limits: { total_spend: 1 },
      delegation: { max_depth: 2 },
    };
    await house.api('PATCH', `/grants/${planner.id}`, { authorization_details: [narrowed] });
    const before = forwarded();
    expect(await refusal(sub)).toEqual([403, 'model_not_permitted']);
    expect(forwarded()).toBe(before);
  });

  it('end together: a stream of the sub-worker is cut with an error event when the planner is revoked', async () => {
    house.simulators.openai.script({ when: { stream: true }, chunks: 8, hold: { events: 3 } });
    const response = await sendChat(house.url, sub.token, { stream: true });
    const streamed = response.text();
    await house.simulators.openai.held();
    const revokedAt = performance.now();
    const revoked = await house.api('POST', `/grants/${planner.id}/revoke`);
    expect(revoked.body).toMatchObject({ grants_stopped: 3, streams_cut: 1 });
    const last = (await streamed).trim().split('\n\n').at(-1) ?? '';
    expect(JSON.parse(last.replace('data: ', ''))).toMatchObject({ error: { code: 'token_revoked' } });
    expect(performance.now() - revokedAt).toBeLessThan(2000);
    const before = forwarded();
    house.simulators.openai.release();
    for (const each of [sub, worker, planner]) expect(await refusal(each)).toEqual([401, 'token_revoked']);
    expect(forwarded()).toBe(before);
    await expect.poll(() => Promise.all([planner, worker, sub].map(heldOf))).toEqual([['0'], ['0'], ['0']]);
    await expect
      .poll(async () => (await house.api('POST', '/ledger/compare')).body)
      .toMatchObject({ open_calls: 0, faults: [] });
  });
});

describe('a child', () => {
  it('may be asked for from a page, as the gate may', async () => {
    const preflight = await fetch(`${house.url}/grants/self/children`, { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([
      204,
      'GET, POST, DELETE, OPTIONS',
    ]);
    const refused = await fetch(`${house.url}/grants/self/children`, { method: 'POST' });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
  });

  it('that goes too far is refused in the owner’s sight, and a flood of that is bounded', async () => {
    const tooMuch = JSON.stringify({
      name: 'greedy',
      authorization_details: [{ ...RIGHTS, limits: { total_spend: 2 } }],
    });
    const headers = { authorization: `Bearer ${planner.token}`, 'content-type': 'application/json' };
    const ask = () => fetch(`${house.url}/grants/self/children`, { method: 'POST', headers, body: tooMuch });
    const answers = await Promise.all(Array.from({ length: 15 }, ask));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
    const { data } = (await house.api('GET', `/audit/changes?topic=access&grant_id=${planner.id}`)).body;
    const refused = data.filter(({ kind }: { kind: string }) => kind === 'delegation.refused');
    expect(refused).toHaveLength(10);
    expect(refused[0].body).toEqual({
      code: 'not_narrower',
      members: ['limits.total_spend'],
      providers: ['openai'],
      client_id: null,
      is_actor_authenticated: false,
      via: 'api',
    });
  });

  it('that is bound to a key calls with a proof of it, once each, and with nothing less', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = key.publicKey.export({ format: 'jwk' }) as { kty: string };
    const bound = await child(worker.token, 'bound', {}, { dpop_jkt: await calculateJwkThumbprint(jwk) });
    const url = `${house.url}/openai/v1/chat/completions`;
    const dpop = await new SignJWT({
      htm: 'POST',
      htu: url,
      ath: hash('sha256', bound.token, 'base64url'),
      jti: randomUUID(),
      iat: Math.floor(Date.now() / 1000),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .sign(key.privateKey);
    const call = async (headers: Record<string, string>) => {
      const all = { 'content-type': 'application/json', ...headers };
      const response = await fetch(url, { method: 'POST', headers: all, body: JSON.stringify(HELLO) });
      const body = (await response.json()) as { error?: { code?: string } };
      return [response.status, body.error?.code];
    };
    const refused = [401, 'invalid_dpop_proof'];
    expect(await call({ authorization: `Bearer ${bound.token}` })).toEqual(refused);
    expect(await call({ 'x-api-key': bound.token })).toEqual(refused);
    expect(await call({ authorization: `DPoP ${bound.token}` })).toEqual(refused);
    expect(await call({ authorization: `DPoP ${bound.token}`, dpop })).toEqual([200, undefined]);
    expect(await call({ authorization: `DPoP ${bound.token}`, dpop })).toEqual(refused);
  });

  it('runs a program from the command line with its own token, and is over after it', async () => {
    const script = `const r = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
      method: 'POST',
      headers: { authorization: 'Bearer ' + process.env.OPENAI_API_KEY, 'content-type': 'application/json' },
      body: ${JSON.stringify(JSON.stringify(HELLO))},
    });
    console.log(r.status, Object.values(process.env).includes(${JSON.stringify(planner.token)}))`;
    const words = ['delegate', '--limit', '0.10', '--expires', '5m', '--name', 'script'];
    const run = spawn(
      process.execPath,
      [CLI, ...words, '--', process.execPath, '--input-type=module', '-e', script],
      {
        env: {
          PATH: process.env.PATH,
          XDG_CONFIG_HOME: house.dataDir,
          VALETKEY_TOKEN: planner.token,
          VALETKEY_URL: house.url,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const [out, said] = await Promise.all([text(run.stdout), text(run.stderr)]);
    expect([out, said.includes('vk_')]).toEqual(['200 false\n', false]);
    const made = async () => {
      const { data } = (await house.api('GET', '/grants?status=all')).body;
      return data.find(({ name }: { name: string }) => name === 'script');
    };
    await expect
      .poll(made)
      .toMatchObject({ status: 'revoked', parent_grant_id: planner.id, spent: { calls: 1 } });
  });
});
