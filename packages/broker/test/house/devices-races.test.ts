// Losing a device while sixteen others use it: with one process, and with two replicas on one PostgreSQL where the loss is reported to one and
// the calls go to both. Once the report has returned nothing is forwarded for it anywhere.

import { randomBytes } from 'node:crypto';
import { canaryKey, freePort, type Simulator, startSimulator } from '@valetkey/testkit';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeviceKey, type DeviceKey, enrolDevice } from '../device-key.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { authorizeApp } from './authorize-app.ts';
import { type House, signIn, startHouse } from './start-house.ts';

const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }], max_tokens: 10 };
/** By which a request is known that was sent once the report had returned. */
const LATE = { max_tokens: 11 };
const ROUNDS = 3;

/** Brokers with one address and one simulated provider. */
interface Brokers {
  readonly house: House;
  /** Where each listens; the first is the address they are known by. */
  readonly urls: readonly [string, string];
  forwarded(): number;
  /** How many of them were sent as late. */
  late(): number;
  script: House['simulators']['openai']['script'];
  held: House['simulators']['openai']['held'];
  release: House['simulators']['openai']['release'];
  close(): Promise<void>;
}

const countLate = ({ requests }: Simulator): number =>
  requests.filter(({ body }) => body.includes(JSON.stringify(LATE).slice(1, -1))).length;

const openAlone = async (): Promise<Brokers> => {
  const house = await startHouse();
  const { openai } = house.simulators;
  return {
    house,
    urls: [house.url, house.url],
    forwarded: () => openai.counters().requests,
    late: () => countLate(openai),
    script: openai.script.bind(openai),
    held: openai.held.bind(openai),
    release: openai.release.bind(openai),
    close: () => house.close(),
  };
};

const openReplicas = async (): Promise<Brokers> => {
  const [server, openai] = await Promise.all([startPostgres(), startSimulator({ provider: 'openai' })]);
  const issuer = `http://127.0.0.1:${await freePort()}`;
  const env = {
    VALETKEY_ISSUER: issuer,
    VALETKEY_UPSTREAM_OPENAI: openai.origin,
    OPENAI_API_KEY: canaryKey('openai', randomBytes),
    VALETKEY_DATABASE_URL: await server.createDatabase(),
    VALETKEY_MASTER_KEY: randomBytes(32).toString('base64'),
  };
  const [a, b] = await Promise.all([
    startHouse({ env: { ...env, VALETKEY_PORT: new URL(issuer).port } }),
    startHouse({ env }),
  ]);
  return {
    house: a,
    urls: [a.url, `http://127.0.0.1:${b.broker.port}`],
    forwarded: () => openai.counters().requests,
    late: () => countLate(openai),
    script: openai.script.bind(openai),
    held: openai.held.bind(openai),
    release: openai.release.bind(openai),
    async close() {
      await b.close();
      await a.close();
      await Promise.all([server.stop(), openai.close()]);
    },
  };
};

describe.each([
  ['with one process', openAlone],
  ['with two replicas', openReplicas],
] as const)('a device that is lost %s', (_, open) => {
  let brokers: Brokers;
  let session: string;
  let named = 0;
  beforeAll(async () => {
    brokers = await open();
    session = await signIn(brokers.urls[0]);
  });
  afterAll(() => brokers?.close());

  const enrol = (key: DeviceKey, at = 0) => {
    named += 1;
    const [issuer, url] = [brokers.urls[0], brokers.urls[at % 2]!];
    return enrolDevice({ url, issuer, session }, `device ${named}`, key);
  };
  const device = async () => {
    const key = await createDeviceKey();
    const { status, body } = await enrol(key);
    expect(status).toBe(201);
    return { id: body.id as string, key };
  };
  const grant = async (deviceIds: readonly string[]): Promise<string> => {
    const details = { type: 'ai_model_access', provider: 'openai', limits: { total_spend: 100 } };
    const body = { name: 'Writer', authorization_details: [details], device_ids: deviceIds };
    return (await brokers.house.api('POST', '/grants', body)).body.token;
  };
  const post = async (at: number, token: string, key: DeviceKey, fields: object = {}, scheme = 'Bearer') => {
    const path = '/openai/v1/chat/completions';
    return fetch(brokers.urls[at % 2]! + path, {
      method: 'POST',
      headers: {
        authorization: `${scheme} ${token}`,
        'content-type': 'application/json',
        dpop: await key.prove('POST', brokers.urls[0] + path, token),
      },
      body: JSON.stringify({ ...CHAT, ...fields }),
    });
  };
  const ask = async (...args: Parameters<typeof post>): Promise<string> => {
    const response = await post(...args);
    const body = (await response.json()) as { error?: { code: string } };
    return body.error?.code ?? String(response.status);
  };
  const lose = (id: string) => brokers.house.api('POST', `/devices/${id}/lost`);
  /** Journal entries that tell of its loss. */
  const lossesOf = async (id: string): Promise<number> => {
    const journal = await fetch(`${brokers.urls[0]}/api/v1/audit/export`, {
      headers: { authorization: `Bearer ${session}` },
    });
    const lines = (await journal.text()).split('\n');
    return lines.filter((line) => line.includes('device.lost') && line.includes(id)).length;
  };

  it('is refused on every replica once the report has returned, however many calls are on their way', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [laptop, phone] = [await device(), await device()];
      const tokens = [await grant([laptop.id]), await grant([laptop.id, phone.id]), await grant([])];
      for (const at of [0, 1]) expect(await ask(at, tokens[at]!, laptop.key)).toBe('200');
      const racing = Array.from({ length: 16 }, (_each, at) => ask(at, tokens[at % 3]!, laptop.key));
      expect((await lose(laptop.id)).status).toBe(200);
      const late = await Promise.all(
        Array.from({ length: 16 }, (_each, at) => ask(at, tokens[at % 3]!, laptop.key, LATE)),
      );
      expect(new Set(late)).toEqual(new Set(['device_not_permitted']));
      for (const code of await Promise.all(racing)) expect(['200', 'device_not_permitted']).toContain(code);
      expect(brokers.late()).toBe(0);
      expect(await ask(1, tokens[1]!, phone.key)).toBe('200');
      expect(await ask(1, tokens[0]!, phone.key)).toBe('device_not_permitted');
    }
  });

  it('is lost once, whoever else reports it, and every report holds when it returns', async () => {
    const laptop = await device();
    const token = await grant([]);
    const answers = await Promise.all(
      Array.from({ length: 16 }, async (_each, at) => {
        const { status } = await lose(laptop.id);
        return [status, await ask(at, token, laptop.key)];
      }),
    );
    expect(new Set(answers.map(String))).toEqual(new Set(['200,device_not_permitted']));
    expect(await lossesOf(laptop.id)).toBe(1);
  });

  it('stays lost while sixteen enrol its key again, and one of sixteen enrols a new key', async () => {
    const laptop = await device();
    const fresh = await createDeviceKey();
    const [again, once] = [
      Promise.all(Array.from({ length: 16 }, (_each, at) => enrol(laptop.key, at))),
      Promise.all(Array.from({ length: 16 }, (_each, at) => enrol(fresh, at))),
    ];
    expect((await lose(laptop.id)).status).toBe(200);
    expect(new Set((await again).map(({ body }) => body.error.code))).toEqual(new Set(['conflict']));
    expect((await once).filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set((await once).map(({ status }) => status))).toEqual(new Set([201, 409]));
    expect(await ask(1, await grant([]), laptop.key)).toBe('device_not_permitted');
  });

  it('gets nothing by refreshing at the same time, and refreshes no more', async () => {
    const keys = await client.randomDPoPKeyPair('ES256', { extractable: true });
    const key = await createDeviceKey(Date.now, keys);
    const enrolled = await enrol(key);
    expect(enrolled.status).toBe(201);
    const { house } = brokers;
    const app = await authorizeApp(house, [{ provider: 'openai', limits: { total_spend: 1 } }], {}, keys);
    expect(await ask(1, app.accessToken, key, {}, 'DPoP')).toBe('200');
    const refresh = (token: string) =>
      client
        .refreshTokenGrant(app.config, token, undefined, { DPoP: client.getDPoPHandle(app.config, keys) })
        .catch((error: { error?: string }) => error.error ?? String(error));
    const racing = Array.from({ length: 16 }, () => refresh(app.refreshToken));
    expect((await lose(enrolled.body.id)).status).toBe(200);
    const before = brokers.forwarded();
    const won = (await Promise.all(racing)).filter((each) => typeof each !== 'string');
    expect(won.length).toBeLessThanOrEqual(1);
    for (const tokens of won) {
      expect(await ask(1, tokens.access_token, key, {}, 'DPoP')).toBe('device_not_permitted');
      expect(await refresh(tokens.refresh_token ?? '')).toBe('invalid_grant');
    }
    expect(await refresh(app.refreshToken)).toBe('invalid_grant');
    expect(await ask(0, app.accessToken, key, {}, 'DPoP')).toBe('device_not_permitted');
    expect(brokers.forwarded()).toBe(before);
  });

  it('has its streams cut within two seconds wherever they run, and settled; those of others go on', async () => {
    const [laptop, phone] = [await device(), await device()];
    const token = await grant([laptop.id, phone.id]);
    brokers.script({ when: { stream: true }, times: 3, chunks: 8, hold: { events: 3 } });
    const read = async (at: number, { key }: { readonly key: DeviceKey }) =>
      (await post(at, token, key, { stream: true })).text();
    const streams = [read(1, laptop), read(0, laptop), read(1, phone)] as const;
    await brokers.held();
    const running = async () => (await brokers.house.api('GET', '/calls?status=admitted')).body.data.length;
    await expect.poll(running).toBe(3);
    const askedAt = performance.now();
    expect((await lose(laptop.id)).status).toBe(200);
    for (const cut of await Promise.all(streams.slice(0, 2))) expect(cut).toContain('device_not_permitted');
    expect(performance.now() - askedAt).toBeLessThan(2000);
    await expect.poll(running).toBe(1);
    brokers.release();
    expect(await streams[2]).toContain('[DONE]');
    await expect.poll(running).toBe(0);
  });
});
