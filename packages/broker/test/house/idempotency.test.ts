// I7 and A74: with the same Idempotency-Key, grant and body there is at most one forwarded request and one charge, whatever happens.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ambient } from '../../src/clock.ts';
import { HELLO, sendChat } from './send-chat.ts';
import { type House, startHouse } from './start-house.ts';

const GRANT = { provider: 'openai', models: ['gpt-4o-mini'], limits: { daily_spend: 1 } };
const DAY_MS = 86_400_000;

const clock = { aheadMs: 0 };
const ambient: Ambient = { now: () => Date.now() + clock.aheadMs, randomBytes };

let house: House;
beforeAll(async () => {
  house = await startHouse({ ambient });
});
afterAll(() => house.close());

const freshKey = (): string => randomBytes(12).toString('hex');
const send = (token: string, key: string | null, change: object = {}, at = house.url): Promise<Response> =>
  sendChat(at, token, change, key === null ? {} : { 'idempotency-key': key });
const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { error: { code: string } }).error.code;
const forwarded = () => house.simulators.openai.counters().requests;
const spent = async (id: string) => (await house.api('GET', `/grants/${id}`)).body.spent;

describe('A74 a request repeated with its Idempotency-Key', () => {
  it('is answered again with the same bytes and forwarded and charged once', async () => {
    const { id, token } = await house.grant(GRANT);
    const [key, before] = [freshKey(), forwarded()];
    const first = await send(token, key);
    const bytes = await first.text();
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([200, null]);
    // A call is settled some milliseconds after its answer.
    await expect.poll(async () => Number((await spent(id)).total_usd)).toBeGreaterThan(0);
    const after = await spent(id);
    for (let round = 0; round < 2; round += 1) {
      const again = await send(token, key);
      expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
      expect(again.headers.get('x-should-retry')).toBeNull();
      expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
      expect(await again.text()).toBe(bytes);
    }
    expect(forwarded() - before).toBe(1);
    expect(await spent(id)).toEqual(after);
    expect(after.calls).toBe(1);
  });

  it('gets a stream as the recorded bytes', async () => {
    const { token } = await house.grant(GRANT);
    const [key, before] = [freshKey(), forwarded()];
    const first = await (await send(token, key, { stream: true })).text();
    const again = await send(token, key, { stream: true });
    expect([again.headers.get('content-type'), again.headers.get('idempotency-replayed')]).toEqual([
      expect.stringContaining('text/event-stream'),
      'true',
    ]);
    expect(await again.text()).toBe(first);
    expect(first).toContain('[DONE]');
    expect(forwarded() - before).toBe(1);
  });

  it('is forwarded once when sixteen arrive together: the others are told that it runs', async () => {
    const { id, token } = await house.grant(GRANT);
    const [key, before] = [freshKey(), forwarded()];
    house.simulators.openai.hold();
    const refused: Response[] = [];
    const allRefused = Promise.withResolvers<void>();
    const all = Array.from({ length: 16 }, async () => {
      const answer = await send(token, key);
      if (answer.status === 409 && refused.push(answer) === 15) allRefused.resolve();
      return answer.status;
    });
    await allRefused.promise;
    house.simulators.openai.release();
    expect((await Promise.all(all)).toSorted()).toEqual([200, ...new Array(15).fill(409)]);
    for (const each of refused)
      expect([each.headers.get('retry-after'), await codeOf(each)]).toEqual(['1', 'idempotency_key_in_use']);
    expect((await send(token, key)).headers.get('idempotency-replayed')).toBe('true');
    expect([forwarded() - before, (await spent(id)).calls]).toEqual([1, 1]);
  });

  it('with another body is refused with 422', async () => {
    const { token } = await house.grant(GRANT);
    const [key, before] = [freshKey(), forwarded()];
    expect((await send(token, key)).status).toBe(200);
    for (const change of [{ max_tokens: 11 }, { stream: true }, { user: 'eve' }]) {
      const other = await send(token, key, change);
      expect([other.status, await codeOf(other)]).toEqual([422, 'idempotency_key_reused']);
    }
    expect(forwarded() - before).toBe(1);
  });

  it('says nothing about the key of another grant', async () => {
    const [one, other] = [await house.grant(GRANT), await house.grant(GRANT)];
    const [key, before] = [freshKey(), forwarded()];
    const answers = [await send(one.token, key), await send(other.token, key, { max_tokens: 5 })];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, null]);
    expect(forwarded() - before).toBe(2);
  });

  it('is forwarded again after 24 hours, when its answer is forgotten', async () => {
    const { token } = await house.grant(GRANT);
    const [key, before] = [freshKey(), forwarded()];
    await send(token, key);
    clock.aheadMs += DAY_MS - 10_000;
    expect((await send(token, key)).headers.get('idempotency-replayed')).toBe('true');
    clock.aheadMs += 20_000;
    expect((await send(token, key)).headers.get('idempotency-replayed')).toBeNull();
    expect(forwarded() - before).toBe(2);
  });

  it('is forwarded if the first was refused here: nothing happened under the key yet', async () => {
    const { id, token } = await house.grant({ ...GRANT, limits: { daily_spend: 0.000001 } });
    const [key, before] = [freshKey(), forwarded()];
    expect((await send(token, key)).status).toBe(402);
    const { parts } = (await house.api('GET', `/grants/${id}`)).body;
    const details = [{ type: 'ai_model_access', ...GRANT, provider: parts[0].provider }];
    expect((await house.api('PATCH', `/grants/${id}`, { authorization_details: details })).status).toBe(200);
    expect((await send(token, key)).status).toBe(200);
    expect(forwarded() - before).toBe(1);
  });

  it('gets the answer that the first caller did not wait for', async () => {
    const { id, token } = await house.grant(GRANT);
    const [key, before] = [freshKey(), forwarded()];
    house.simulators.openai.script({ when: { stream: true }, chunks: 6, hold: { events: 2 } });
    const gone = new AbortController();
    const first = await fetch(`${house.url}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ ...HELLO, stream: true }),
      signal: gone.signal,
    });
    expect(first.status).toBe(200);
    await house.simulators.openai.held();
    gone.abort();
    house.simulators.openai.release();
    let again = await send(token, key, { stream: true });
    for (; again.status === 409; again = await send(token, key, { stream: true })) await again.text();
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(await again.text()).toContain('[DONE]');
    expect([forwarded() - before, (await spent(id)).calls]).toEqual([1, 1]);
  });

  it('gets an error of the provider again, marked as final', async () => {
    const { token } = await house.grant(GRANT);
    const [key, before] = [freshKey(), forwarded()];
    house.simulators.openai.script({ fault: { kind: 'status', status: 429 } });
    expect((await send(token, key)).status).toBe(429);
    const again = await send(token, key);
    expect([again.status, again.headers.get('x-should-retry')]).toEqual([429, 'false']);
    expect(forwarded() - before).toBe(1);
  });

  it('is told when the answer was too long to keep, and never forwarded', async () => {
    const { token } = await house.grant(GRANT);
    const [key, before] = [freshKey(), forwarded()];
    house.simulators.openai.script({ text: 'long '.repeat(300_000), usage: { output: 10 } });
    expect((await (await send(token, key)).text()).length).toBeGreaterThan(1_048_576);
    expect(await codeOf(await send(token, key))).toBe('idempotency_key_in_use');
    clock.aheadMs += 31_000;
    const late = await send(token, key);
    expect([late.status, late.headers.get('x-should-retry'), await codeOf(late)]).toEqual([
      409,
      'false',
      'idempotency_answer_lost',
    ]);
    expect(forwarded() - before).toBe(1);
  });

  it.each(['', ' ', 'a b', 'ä', 'x'.repeat(256)])('is refused with the key %j', async (key) => {
    const { token } = await house.grant(GRANT);
    const before = forwarded();
    const sent = await send(token, Buffer.from(key).toString('latin1'));
    expect([sent.status, await codeOf(sent)]).toEqual([400, 'invalid_request']);
    expect(forwarded()).toBe(before);
  });

  it('leaves no word of the answer in the clear', async () => {
    const { token } = await house.grant(GRANT);
    const secret = `answer-${freshKey()}`;
    house.simulators.openai.script({ text: secret });
    const key = freshKey();
    expect(await (await send(token, key)).text()).toContain(secret);
    expect(await (await send(token, key)).text()).toContain(secret);
    const files = readdirSync(house.dataDir).map((name) => readFileSync(join(house.dataDir, name)));
    for (const needle of [secret, Buffer.from(secret).toString('base64').slice(2, -4), key])
      expect(files.some((file) => file.includes(needle))).toBe(false);
  });
});

describe('A74 after a crash', () => {
  const rows = (dataDir: string, sql: string) => {
    const database = new DatabaseSync(join(dataDir, 'valetkey.sqlite'));
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  };

  it('a key is free if its call was never admitted, and never forwarded again if it was', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'valetkey-idempotency-'));
    const first = await startHouse({ ambient, dataDir });
    const { token } = await first.grant(GRANT);
    const [admitted, unadmitted] = [freshKey(), freshKey()];
    for (const key of [admitted, unadmitted]) await (await send(token, key, {}, first.url)).text();
    await first.close();
    // What a SIGKILL leaves between the steps: one key without its answer, and one whose call has no entry either.
    rows(dataDir, 'update idempotency_keys set answer = null');
    rows(
      dataDir,
      `update idempotency_keys set call_id = 'call_never' where call_id = (select call_id from journal
       where kind = 'call.admitted' order by id desc limit 1)`,
    );
    clock.aheadMs += 31_000;
    const second = await startHouse({ ambient, dataDir });
    const before = second.simulators.openai.counters().requests;
    expect(await codeOf(await send(token, admitted, {}, second.url))).toBe('idempotency_answer_lost');
    expect(second.simulators.openai.counters().requests).toBe(before);
    expect((await send(token, unadmitted, {}, second.url)).status).toBe(200);
    expect(second.simulators.openai.counters().requests).toBe(before + 1);
    await second.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
});
