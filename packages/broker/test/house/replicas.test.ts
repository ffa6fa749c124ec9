// The whole product as two replicas on one PostgreSQL, behind one public address: what one of them decides holds on the other at once.

import { randomBytes } from 'node:crypto';
import { canaryKey, freePort, type Simulator, startSimulator } from '@valetkey/testkit';
import OpenAI from 'openai';
import * as client from 'openid-client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.ts';
import { authorizeApp } from './authorize-app.ts';
import { HELLO, sendChat } from './send-chat.ts';
import { type House, startHouse } from './start-house.ts';

const GRANT = { provider: 'openai', models: ['gpt-4o-mini'] };
const key = canaryKey('openai', randomBytes);
let server: PostgresServer;
let databaseUrl: string;
let openai: Simulator;
let a: House;
let b: House;
/** Where each replica listens. */
let urls: readonly [string, string];

beforeAll(async () => {
  [server, openai] = await Promise.all([startPostgres(), startSimulator({ provider: 'openai' })]);
  databaseUrl = await server.createDatabase();
  const issuer = `http://127.0.0.1:${await freePort()}`;
  const env = {
    VALETKEY_ISSUER: issuer,
    VALETKEY_UPSTREAM_OPENAI: openai.origin,
    VALETKEY_EXACT_COUNTS: 'openai',
    OPENAI_API_KEY: key,
    VALETKEY_DATABASE_URL: databaseUrl,
    VALETKEY_MASTER_KEY: randomBytes(32).toString('base64'),
  };
  // At the same time, on an empty database: what there is once is made once.
  [a, b] = await Promise.all([
    startHouse({ env: { ...env, VALETKEY_PORT: new URL(issuer).port } }),
    startHouse({ env }),
  ]);
  urls = [a.url, `http://127.0.0.1:${b.broker.port}`];
});
afterAll(async () => {
  await b?.close();
  await a?.close();
  await Promise.all([server.stop(), openai.close()]);
});

/** Ends the connections on which the replicas hear of each other; they come back by themselves. */
const cutNotices = async (): Promise<void> => {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where pid <> pg_backend_pid() and (query like 'listen%' or query like 'select pg_notify%')`,
  );
  await client.end();
};

const chat = async (url: string, token: string): Promise<readonly [number, string | undefined]> => {
  const response = await sendChat(url, token);
  const body = (await response.json()) as { error?: { code?: string } };
  return [response.status, body.error?.code];
};

describe('two replicas', () => {
  it('serve the same grant to an unmodified client library, and agree on what was spent', async () => {
    const { id, token } = await a.grant({ ...GRANT, limits: { daily_spend: 1 } });
    for (const url of urls) {
      const sdk = new OpenAI({ apiKey: token, baseURL: `${url}/openai/v1`, maxRetries: 0 });
      const answer = await sdk.chat.completions.create(HELLO);
      expect(answer.choices[0]?.message.content).toContain('simulated');
      let text = '';
      for await (const chunk of await sdk.chat.completions.create({ ...HELLO, stream: true })) {
        text += chunk.choices[0]?.delta.content ?? '';
      }
      expect(text).toContain('simulated');
    }
    const statuses = async () => {
      const calls = await a.api('GET', `/grants/${id}/calls`);
      return calls.body.data.map((call: { status: string }) => call.status);
    };
    // A stream's end reaches the caller a moment before its settlement is durable.
    await expect.poll(statuses).toEqual(Array.from({ length: 4 }, () => 'settled'));
    const usage = await a.api('GET', '/usage');
    expect(usage.body.by_day.at(-1)).toMatchObject({ usd: usage.body.today_usd, calls: 4 });
  });

  it('let exactly as many requests through together as the grant has left', async () => {
    const { token } = await a.grant({ ...GRANT, limits: { max_requests: 10 } });
    const before = openai.counters().requests;
    const answers = await Promise.all(Array.from({ length: 60 }, (_, at) => chat(urls[at % 2]!, token)));
    expect(answers.filter(([status]) => status === 200)).toHaveLength(10);
    expect(openai.counters().requests - before).toBe(10);
  });

  it('count an input near the edge for a grant that is live everywhere, and stop when it is revoked on the other', async () => {
    const { id, token } = await a.grant({ ...GRANT, limits: { tokens_per_request: 1100 } });
    const ask = async () => {
      const answer = await fetch(`${urls[1]}/openai/v1/responses`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: HELLO.model, input: 'four'.repeat(1000), max_output_tokens: 100 }),
      });
      return answer.status;
    };
    expect(await ask()).toBe(200);
    openai.script({ when: { operation: 'input_tokens' }, hold: 'start' });
    const before = openai.counters().requests;
    const answer = ask();
    await openai.held();
    await a.api('POST', `/grants/${id}/revoke`);
    expect(await answer).toBe(403);
    openai.release();
    expect(await ask()).toBe(401);
    expect(openai.counters().requests - before).toBe(1);
  });

  it('refuse a revoked grant at once, and cut its streams within two seconds', async () => {
    const { id, token } = await a.grant({ ...GRANT, limits: { daily_spend: 1 } });
    expect(await chat(urls[1], token)).toEqual([200, undefined]);
    openai.script({ when: { stream: true }, chunks: 8, hold: { events: 3 } });
    const text = sendChat(urls[1], token, { stream: true }).then((response) => response.text());
    await openai.held();
    const revokedAt = performance.now();
    await a.api('POST', `/grants/${id}/revoke`);
    expect(await chat(urls[1], token)).toEqual([401, 'token_revoked']);
    expect(await text).toContain('token_revoked');
    expect(performance.now() - revokedAt).toBeLessThan(2000);
    openai.release();
  });

  it('refuse the children of a grant that was revoked on the other, and the child that its parent ended there', async () => {
    const parent = await a.grant({ ...GRANT, limits: { daily_spend: 1 }, delegation: { max_depth: 1 } });
    const headers = { authorization: `Bearer ${parent.token}`, 'content-type': 'application/json' };
    const make = async (url: string) => {
      const rights = [{ type: 'ai_model_access', ...GRANT }];
      const body = JSON.stringify({ name: 'worker', authorization_details: rights });
      const made = await fetch(`${url}/grants/self/children`, { method: 'POST', headers, body });
      return (await made.json()) as { grant_id: string; token: string };
    };
    const [one, two] = [await make(urls[0]), await make(urls[1])];
    for (const { token } of [one, two]) expect(await chat(urls[1], token)).toEqual([200, undefined]);
    await cutNotices();
    const end = `${urls[0]}/grants/self/children/${one.grant_id}`;
    expect((await fetch(end, { method: 'DELETE', headers })).status).toBe(204);
    expect(await chat(urls[1], one.token)).toEqual([401, 'token_revoked']);
    expect(await chat(urls[1], two.token)).toEqual([200, undefined]);
    await a.api('POST', `/grants/${parent.id}/revoke`);
    expect(await chat(urls[1], two.token)).toEqual([401, 'token_revoked']);
    expect((await fetch(`${urls[1]}/grants/self/children`, { method: 'POST', headers })).status).toBe(401);
  });

  it('refuse a child at the call after its grant’s owner took it out of those who may have it on the other, and take it again', async () => {
    const rights = { type: 'ai_model_access', ...GRANT, limits: { daily_spend: 1 } };
    const parent = await a.grant({ ...rights, delegation: { max_depth: 1 } });
    const made = await a.api('POST', `/grants/${parent.id}/children`, {
      name: 'worker',
      authorization_details: [{ type: 'ai_model_access', ...GRANT }],
    });
    const shareWith = async (delegation: object) => {
      const change = { authorization_details: [{ ...rights, delegation }] };
      expect((await a.api('PATCH', `/grants/${parent.id}`, change)).status).toBe(200);
    };
    expect(await chat(urls[1], made.body.token)).toEqual([200, undefined]);
    await cutNotices();
    await shareWith({ max_depth: 1, to: ['https://scout.example/client.json'] });
    expect(await chat(urls[1], made.body.token)).toEqual([403, 'delegation_not_permitted']);
    expect(await chat(urls[1], parent.token)).toEqual([200, undefined]);
    await cutNotices();
    await shareWith({ max_depth: 1, to: ['own_agents'] });
    expect(await chat(urls[1], made.body.token)).toEqual([200, undefined]);
    await shareWith({ max_depth: 0 });
    expect(await chat(urls[1], made.body.token)).toEqual([403, 'delegation_not_permitted']);
  });

  it('know a token that the other has just made, and not the one it replaced', async () => {
    const { id, token } = await a.grant({ ...GRANT, limits: { daily_spend: 1 } });
    expect(await chat(urls[1], token)).toEqual([200, undefined]);
    const made = await a.api('POST', `/grants/${id}/token`);
    expect(await chat(urls[1], made.body.token)).toEqual([200, undefined]);
    expect((await chat(urls[1], token))[0]).toBe(401);
  });

  it('A31 let a DPoP proof through once between them', async () => {
    const keys = await client.randomDPoPKeyPair('ES256', { extractable: true });
    const app = await authorizeApp(a, [{ provider: 'openai', limits: { daily_spend: 1 } }], {}, keys);
    const config = new client.Configuration(
      app.config.serverMetadata(),
      app.clientId,
      undefined,
      client.None(),
    );
    let proof = '';
    config[client.customFetch] = (_url, init) => {
      proof = new Headers(init.headers).get('dpop') ?? '';
      return Promise.resolve(new Response('{}'));
    };
    client.allowInsecureRequests(config);
    const target = new URL(`${a.url}/openai/v1/chat/completions`);
    await client.fetchProtectedResource(config, app.accessToken, target, 'POST', '{}', new Headers(), {
      DPoP: client.getDPoPHandle(config, keys),
    });
    const headers = { authorization: `DPoP ${app.accessToken}`, dpop: proof };
    const answers = await Promise.all(
      Array.from({ length: 8 }, async (_, at) => (await sendChat(urls[at % 2]!, '', {}, headers)).status),
    );
    expect(answers.sort()).toEqual([200, ...Array.from({ length: 7 }, () => 401)]);
  });

  it('refuse a single token that was revoked on the other (RFC 7009), as soon as that has returned', async () => {
    const { accessToken, clientId } = await authorizeApp(a, [
      { provider: 'openai', limits: { daily_spend: 1 } },
    ]);
    expect(await chat(urls[1], accessToken)).toEqual([200, undefined]);
    await cutNotices();
    const body = new URLSearchParams({ token: accessToken, client_id: clientId });
    expect((await fetch(`${a.url}/revoke`, { method: 'POST', body })).status).toBe(200);
    expect(await chat(urls[1], accessToken)).toEqual([401, 'token_revoked']);
  });

  it('refuse what the other has just taken out of a grant', async () => {
    const { id, token } = await a.grant({ ...GRANT, limits: { daily_spend: 1 } });
    expect(await chat(urls[1], token)).toEqual([200, undefined]);
    await cutNotices();
    const authorization_details = [{ type: 'ai_model_access', provider: 'openai', models: ['gpt-4o'] }];
    expect((await a.api('PATCH', `/grants/${id}`, { authorization_details })).status).toBe(200);
    expect(await chat(urls[1], token)).toEqual([403, 'model_not_permitted']);
  });

  it('use a provider key that was replaced on the other from then on, also when they are not told', async () => {
    const { token } = await a.grant({ ...GRANT, limits: { daily_spend: 1 } });
    expect(await chat(urls[1], token)).toEqual([200, undefined]);
    const keys = await a.api('GET', '/provider-keys');
    const { id } = keys.body.data.find((key: { provider: string }) => key.provider === 'openai');
    const replacement = key.slice(0, -4) + randomBytes(2).toString('hex');
    await cutNotices();
    expect((await a.api('PUT', `/provider-keys/${id}`, { key: replacement })).status).toBe(200);
    expect(await chat(urls[1], token)).toEqual([200, undefined]);
    expect(openai.requests.at(-1)?.headers.authorization).toBe(`Bearer ${replacement}`);
  });

  it('refuse with 503 while the database is gone, forward nothing, and go on without a restart', async () => {
    const { token } = await a.grant({ ...GRANT, limits: { daily_spend: 1 } });
    await Promise.all([server.restart(), ...urls.map((url) => chat(url, token))]);
    await expect
      .poll(() => Promise.all(urls.map((url) => chat(url, token))), { timeout: 20_000 })
      .toEqual([
        [200, undefined],
        [200, undefined],
      ]);
  });
});
