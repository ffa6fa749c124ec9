// Devices over HTTP: enrolled by a proof of their key, pinned to grants, named by the audit, lost with one call.

import OpenAI from 'openai';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeviceKey, type DeviceKey, enrolDevice } from '../device-key.ts';
import { authorizeApp } from './authorize-app.ts';
import { type House, signIn, startHouse } from './start-house.ts';

/** What is asked for a child. */
const CHILD = {
  type: 'ai_model_access',
  provider: 'openai',
  models: ['gpt-4o-mini'],
  capabilities: ['chat'],
};
const CHAT = {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user' as const, content: 'hello' }],
  max_tokens: 10,
};
let house: House;
let session: string;
beforeAll(async () => {
  house = await startHouse();
  session = await signIn(house.url);
});
afterAll(() => house.close());

const enrol = (name: string, key: DeviceKey, proof?: string) =>
  enrolDevice({ url: house.url, session }, name, key, proof);

const device = async (name: string) => {
  const key = await createDeviceKey();
  const { status, body } = await enrol(name, key);
  expect(status).toBe(201);
  return { id: body.id as string, key };
};

const grant = async (deviceIds: readonly string[], more: object = {}) => {
  const details = { type: 'ai_model_access', provider: 'openai', limits: { daily_spend: 1 }, ...more };
  const made = await house.api('POST', '/grants', {
    name: 'Writer',
    authorization_details: [details],
    device_ids: deviceIds,
  });
  expect(made.status).toBe(201);
  return made.body as { id: string; token: string; base_url: string };
};

/** `fetch` that proves the key at each request. */
const provingFetch =
  (key: DeviceKey, token: string): typeof fetch =>
  async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const headers = new Headers(init?.headers);
    headers.set('dpop', await key.prove(init?.method ?? 'GET', url.split('?')[0]!, token));
    return fetch(input, { ...init, headers });
  };

const sdk = ({ token, base_url: baseURL }: { token: string; base_url: string }, key?: DeviceKey) =>
  new OpenAI({ apiKey: token, baseURL, maxRetries: 0, ...(key && { fetch: provingFetch(key, token) }) });

const ask = (client: OpenAI) =>
  client.chat.completions.create(CHAT).then(
    () => 200,
    (error) => [error.status, error.code],
  );
const REFUSED = [403, 'device_not_permitted'];

describe('a device', () => {
  it('is enrolled with a proof of its key, once, and not with a proof that was used, is for another login, or has none', async () => {
    const key = await createDeviceKey();
    const url = `${house.url}/api/v1/devices`;
    expect((await enrol('first', key, await key.prove('POST', url, 'another login'))).body.error.code).toBe(
      'invalid_dpop_proof',
    );
    expect((await enrol('first', key, await key.prove('POST', `${url}/x`, session))).status).toBe(401);
    expect((await house.api('POST', '/devices', { name: 'first' })).body.error.code).toBe(
      'invalid_dpop_proof',
    );
    const proof = await key.prove('POST', url, session);
    const made = await enrol('first', key, proof);
    expect(made).toMatchObject({ status: 201, body: { name: 'first', key_thumbprint: key.thumbprint } });
    expect((await enrol('again', key, proof)).status).toBe(401);
    expect((await enrol('again', key)).body.error.code).toBe('conflict');
  });

  it('is named in the audit for each of its calls, also of a grant that is not pinned', async () => {
    const laptop = await device('audited laptop');
    const open = await grant([]);
    expect(await ask(sdk(open))).toBe(200);
    expect(await ask(sdk(open, laptop.key))).toBe(200);
    const { data } = (await house.api('GET', `/calls?grant_id=${open.id}`)).body;
    expect(data.map((call: { device: unknown }) => call.device)).toEqual([
      { id: laptop.id, name: 'audited laptop' },
      null,
    ]);
    await house.api('PATCH', `/devices/${laptop.id}`, { name: 'renamed laptop' });
    const again = (await house.api('GET', `/calls?grant_id=${open.id}&limit=1`)).body.data;
    expect(again[0].device).toEqual({ id: laptop.id, name: 'renamed laptop' });
    const lastUsed = async () => {
      const listed = (await house.api('GET', '/devices')).body.data;
      return listed.find(({ id }: { id: string }) => id === laptop.id).last_used_at;
    };
    await expect.poll(lastUsed).not.toBeNull();
  });
});

describe('a pinned grant', () => {
  it('works from its devices with an official SDK, and from nowhere else; the refusal is in the journal', async () => {
    const [laptop, phone] = [await device('laptop'), await device('phone')];
    const pinned = await grant([laptop.id]);
    expect(await ask(sdk(pinned, laptop.key))).toBe(200);
    expect(await ask(sdk(pinned))).toEqual(REFUSED);
    expect(await ask(sdk(pinned, phone.key))).toEqual(REFUSED);
    expect(await ask(sdk(pinned, await createDeviceKey()))).toEqual(REFUSED);
    const refusedFrom = async () =>
      (await house.api('GET', `/calls?grant_id=${pinned.id}&status=refused`)).body.data.map(
        (call: { device: { name: string } | null }) => call.device?.name,
      );
    await expect.poll(refusedFrom).toEqual([undefined, 'phone', undefined]);
  });

  it('is pinned anew at once, and not to what is no living device of its owner', async () => {
    const [one, two] = [await device('one'), await device('two')];
    const pinned = await grant([one.id]);
    expect(await ask(sdk(pinned, two.key))).toEqual(REFUSED);
    const changed = await house.api('PATCH', `/grants/${pinned.id}`, { device_ids: [two.id] });
    expect(changed.body.devices).toEqual([{ id: two.id, name: 'two', status: 'active' }]);
    expect(await ask(sdk(pinned, two.key))).toBe(200);
    expect(await ask(sdk(pinned, one.key))).toEqual(REFUSED);
    expect((await house.api('PATCH', `/grants/${pinned.id}`, { device_ids: ['dev_x'] })).status).toBe(400);
    await house.api('PATCH', `/grants/${pinned.id}`, { device_ids: [] });
    expect(await ask(sdk(pinned))).toBe(200);
  });

  it('pins its children: their tokens work from its devices alone, whoever holds them', async () => {
    const [laptop, phone] = [await device('parent laptop'), await device('parent phone')];
    const parent = await grant([laptop.id, phone.id], { delegation: { max_depth: 2 } });
    const made = await house.api('POST', `/grants/${parent.id}/children`, {
      name: 'worker',
      authorization_details: [{ type: 'ai_model_access', provider: 'openai' }],
    });
    const child = { token: made.body.token, base_url: made.body.base_urls.openai };
    expect(await ask(sdk(child))).toEqual(REFUSED);
    expect(await ask(sdk(child, phone.key))).toBe(200);
    await house.api('PATCH', `/grants/${parent.id}`, { device_ids: [laptop.id] });
    expect(await ask(sdk(child, phone.key))).toEqual(REFUSED);
    expect(await ask(sdk(child, laptop.key))).toBe(200);
    await house.api('PATCH', `/grants/${parent.id}`, { device_ids: [] });
    expect(await ask(sdk(child))).toBe(200);
  });

  it('needs its device for an access token, too, which is bound to nothing', async () => {
    const laptop = await device('oauth laptop');
    const app = await authorizeApp(house, [{ provider: 'openai', limits: { daily_spend: 1 } }]);
    const access = { token: app.accessToken, base_url: `${house.url}/openai/v1` };
    expect(await ask(sdk(access))).toBe(200);
    const grants = (await house.api('GET', '/grants')).body.data;
    const { id } = grants.find(
      ({ client }: { client: { id: string } | null }) => client?.id === app.clientId,
    );
    await house.api('PATCH', `/grants/${id}`, { device_ids: [laptop.id] });
    expect(await ask(sdk(access))).toEqual(REFUSED);
    expect(await ask(sdk(access, laptop.key))).toBe(200);
  });
});

/** Asks at an address of the token's own grant. */
const askGrant = async (
  token: string,
  key: DeviceKey | null,
  { scheme = 'Bearer', method = 'GET', path = '/grants/self', body }: Record<string, string> = {},
) => {
  const url = house.url + path;
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `${scheme} ${token}`,
      ...(key && { dpop: await key.prove(method, url, token) }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  });
  return [response.status, ((await response.json()) as { error?: string }).error];
};

describe('the grant’s own address', () => {
  const worker = {
    method: 'POST',
    path: '/grants/self/children',
    body: JSON.stringify({
      name: 'worker',
      authorization_details: [CHILD],
    }),
  };

  it('is for the devices of a pinned grant alone, whether the token came as Bearer or with the proof as DPoP', async () => {
    const [laptop, phone] = [await device('own laptop'), await device('own phone')];
    const { token } = await grant([laptop.id]);
    expect(await askGrant(token, null)).toEqual([403, 'device_not_permitted']);
    expect(await askGrant(token, phone.key)).toEqual([403, 'device_not_permitted']);
    expect(await askGrant(token, laptop.key)).toEqual([200, undefined]);
    expect(await askGrant(token, laptop.key, { scheme: 'DPoP' })).toEqual([200, undefined]);
  });

  it('delegates nothing for a lost device, nor does token exchange; its tokens are inactive', async () => {
    const keys = await client.randomDPoPKeyPair('ES256', { extractable: true });
    const key = await createDeviceKey(Date.now, keys);
    const { id } = (await enrol('delegating laptop', key)).body;
    const details = [{ provider: 'openai', limits: { total_spend: 1 }, delegation: { max_depth: 1 } }];
    const app = await authorizeApp(house, details, { 'p0-delegate': 'on' }, keys);
    const exchange = () =>
      client
        .genericGrantRequest(
          app.config,
          'urn:ietf:params:oauth:grant-type:token-exchange',
          {
            subject_token: app.accessToken,
            subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
            authorization_details: JSON.stringify([CHILD]),
            requested_actor: 'worker',
          },
          { DPoP: client.getDPoPHandle(app.config, keys) },
        )
        .then(
          () => 'made',
          (error: { error?: string }) => error.error ?? String(error),
        );
    const isActive = async () => (await client.tokenIntrospection(app.config, app.accessToken)).active;
    expect([await exchange(), await isActive()]).toEqual(['made', true]);
    const racing = Array.from({ length: 16 }, () =>
      askGrant(app.accessToken, key, { ...worker, scheme: 'DPoP' }),
    );
    expect((await house.api('POST', `/devices/${id}/lost`)).status).toBe(200);
    const childrenOf = async () =>
      (await house.api('GET', '/grants')).body.data.filter(
        (each: { parent_grant_id: string | null }) => each.parent_grant_id === app.grantId,
      ).length;
    const after = await childrenOf();
    for (const [status] of await Promise.all(racing)) expect([201, 401, 403]).toContain(status);
    expect(await childrenOf()).toBe(after);
    expect(await askGrant(app.accessToken, key, { ...worker, scheme: 'DPoP' })).toEqual([
      403,
      'device_not_permitted',
    ]);
    expect([await exchange(), await isActive()]).toEqual(['invalid_request', false]);
  });
});

describe('a stream', () => {
  it('is cut when its grant is pinned to other devices; from those it goes on', async () => {
    const [laptop, phone] = [await device('pinning laptop'), await device('pinning phone')];
    const open = await grant([]);
    house.simulators.openai.script({ when: { stream: true }, times: 2, chunks: 8, hold: { events: 3 } });
    const read = async (key: DeviceKey) => {
      try {
        const stream = await sdk(open, key).chat.completions.create({ ...CHAT, stream: true });
        for await (const chunk of stream) void chunk;
        return 'whole';
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    const streams = [read(laptop.key), read(phone.key)] as const;
    await house.simulators.openai.held();
    const running = async () => (await house.api('GET', '/calls?status=admitted')).body.data.length;
    await expect.poll(running).toBe(2);
    await house.api('PATCH', `/grants/${open.id}`, { device_ids: [phone.id] });
    expect(await streams[0]).toBe('operation_not_permitted');
    house.simulators.openai.release();
    expect(await streams[1]).toBe('whole');
    await expect.poll(running).toBe(0);
  });
});

describe('the consent page', () => {
  it('offers the devices of the owner, and a grant that is pinned there is made pinned', async () => {
    const laptop = await device('consented laptop');
    const app = await authorizeApp(house, [{ provider: 'openai' }], { device: laptop.id });
    const access = { token: app.accessToken, base_url: `${house.url}/openai/v1` };
    expect(await ask(sdk(access))).toEqual(REFUSED);
    expect(await ask(sdk(access, laptop.key))).toBe(200);
    const { devices } = (await house.api('GET', `/grants/${app.grantId}`)).body;
    expect(devices).toEqual([{ id: laptop.id, name: 'consented laptop', status: 'active' }]);
    const foreign = await authorizeApp(house, [{ provider: 'openai' }], { device: 'dev_of_somebody_else' });
    expect((await house.api('GET', `/grants/${foreign.grantId}`)).body.devices).toEqual([]);
  });
});

describe('a device that is lost', () => {
  it('can do nothing any more, and grants that are pinned to others as well go on from those', async () => {
    const [laptop, phone] = [await device('lost laptop'), await device('kept phone')];
    const [alone, both, open] = [
      await grant([laptop.id]),
      await grant([laptop.id, phone.id]),
      await grant([]),
    ];
    for (const each of [alone, both, open]) expect(await ask(sdk(each, laptop.key))).toBe(200);
    const lost = await house.api('POST', `/devices/${laptop.id}/lost`);
    expect(lost).toMatchObject({ status: 200, body: { device: { status: 'lost' }, streams_cut: 0 } });
    for (const each of [alone, both, open]) expect(await ask(sdk(each, laptop.key))).toEqual(REFUSED);
    expect(await ask(sdk(alone, phone.key))).toEqual(REFUSED);
    expect(await ask(sdk(both, phone.key))).toBe(200);
    expect(await ask(sdk(open))).toBe(200);
    const again = await house.api('POST', `/devices/${laptop.id}/lost`);
    expect(again.body.device.lost_at).toBe(lost.body.device.lost_at);
    expect((await enrol('new name', laptop.key)).body.error.code).toBe('conflict');
    expect((await house.api('PATCH', `/grants/${both.id}`, { device_ids: [phone.id] })).status).toBe(200);
  });

  it('loses its running stream within two seconds, with the error event of the dialect', async () => {
    const [laptop, phone] = [await device('streaming laptop'), await device('streaming phone')];
    const open = await grant([]);
    house.simulators.openai.script({ when: { stream: true }, times: 2, chunks: 8, hold: { events: 3 } });
    const read = async (key: DeviceKey) => {
      const seen: string[] = [];
      try {
        const stream = await sdk(open, key).chat.completions.create({ ...CHAT, stream: true });
        for await (const chunk of stream) seen.push(chunk.choices[0]?.delta.content ?? '');
        return [seen.length, null];
      } catch (error) {
        return [seen.length, (error as { code?: string }).code];
      }
    };
    const streams = [read(laptop.key), read(phone.key)] as const;
    await house.simulators.openai.held();
    await expect
      .poll(async () => (await house.api('GET', '/calls?status=admitted')).body.data.length)
      .toBe(2);
    const askedAt = performance.now();
    const lost = await house.api('POST', `/devices/${laptop.id}/lost`);
    expect(lost.body.streams_cut).toBe(1);
    expect((await streams[0])[1]).toBe('device_not_permitted');
    expect(performance.now() - askedAt).toBeLessThan(2000);
    house.simulators.openai.release();
    expect((await streams[1])[1]).toBeNull();
    await expect
      .poll(async () => (await house.api('GET', '/calls?status=admitted')).body.data.length)
      .toBe(0);
  });
});
