import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, DETAILS, ISSUER, openApiHouse } from '../../../test/api-house.ts';
import { createDeviceKey, type DeviceKey } from '../../../test/device-key.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

const URL_ = `${ISSUER}/api/v1/devices`;
const newKey = () => createDeviceKey(() => house.clock.nowMs);

/** As `owner`, whose session token is the owner's id. */
const enrol = async (
  name: unknown,
  key: DeviceKey,
  { owner = 'ada', proof }: { owner?: string; proof?: string } = {},
) => {
  const answer = await house.app.inject({
    method: 'POST',
    url: '/api/v1/devices',
    headers: { authorization: `Bearer ${owner}`, dpop: proof ?? (await key.prove('POST', URL_, owner)) },
    payload: { name },
  });
  return { status: answer.statusCode, body: answer.json() };
};
const device = async (name: string, owner = 'ada') => {
  const key = await newKey();
  return { key, ...(await enrol(name, key, { owner })).body };
};

describe('a device', () => {
  it('is told with what is pinned to it, to its owner alone', async () => {
    const key = await newKey();
    const made = await enrol('laptop', key);
    expect(made).toEqual({
      status: 201,
      body: {
        id: expect.stringMatching(/^dev_/),
        name: 'laptop',
        key_thumbprint: key.thumbprint,
        status: 'active',
        created_at: '2026-11-22T12:00:00.000Z',
        last_used_at: null,
        lost_at: null,
        grants: [],
      },
    });
    const { id } = made.body;
    const grant = await house.createGrant();
    expect(grant.devices).toEqual([]);
    const pinned = await house.ask('PATCH', `/grants/${grant.id}`, { device_ids: [id, id] });
    expect(pinned.body.devices).toEqual([{ id, name: 'laptop', status: 'active' }]);
    expect((await house.ask('GET', '/devices')).body).toMatchObject({
      data: [{ id, grants: [{ id: grant.id, name: 'Notes' }] }],
      next: null,
    });
    for (const [method, path, body] of [
      ['PATCH', `/devices/${id}`, { name: 'mine' }],
      ['POST', `/devices/${id}/lost`, undefined],
    ] as const)
      expect((await house.ask(method, path, body, 'eve')).body.error.code).toBe('not_found');
    expect((await house.ask('GET', '/devices', undefined, 'eve')).body.data).toEqual([]);
  });

  it.each([
    ['for another address', { htu: `${ISSUER}/api/v1/grants` }],
    ['for another method', { htm: 'GET' }],
    ['for another login', { ath: 'x'.repeat(43) }],
    ['too old', { iat: Date.UTC(2026, 10, 22, 11) / 1000 }],
    ['of the future', { iat: Date.UTC(2026, 10, 22, 13) / 1000 }],
  ])('is not enrolled with a proof %s', async (_, claims) => {
    const key = await newKey();
    const refused = await enrol('laptop', key, { proof: await key.prove('POST', URL_, 'ada', claims) });
    expect([refused.status, refused.body.error.code]).toEqual([401, 'invalid_dpop_proof']);
    expect((await house.ask('GET', '/devices')).body.data).toEqual([]);
  });

  it.each(['', ' laptop', 'a'.repeat(61), 'lap\u202etop', 7])('is not called %j', async (name) => {
    expect((await enrol(name, await newKey())).body.error.code).toBe('invalid_request');
  });

  it('has a name and a key of its own; another owner may have the same', async () => {
    const first = await device('laptop');
    const codeOf = async (made: ReturnType<typeof enrol>) => (await made).body.error?.code ?? 'made';
    expect(await codeOf(enrol('laptop', await newKey()))).toBe('conflict');
    expect(await codeOf(enrol('phone', first.key))).toBe('conflict');
    expect(await codeOf(enrol('laptop', first.key, { owner: 'eve' }))).toBe('made');
    const phone = await device('phone');
    expect((await house.ask('PATCH', `/devices/${phone.id}`, { name: 'laptop' })).status).toBe(409);
    expect((await house.ask('PATCH', `/devices/${phone.id}`, { name: 'phone' })).status).toBe(200);
    await house.ask('POST', `/devices/${first.id}/lost`);
    expect((await house.ask('PATCH', `/devices/${phone.id}`, { name: 'laptop' })).body.name).toBe('laptop');
    expect((await house.ask('PATCH', `/devices/${first.id}`, { name: 'old' })).status).toBe(409);
    expect(await codeOf(enrol('again', first.key))).toBe('conflict');
    const [others] = (await house.ask('GET', '/devices', undefined, 'eve')).body.data;
    expect(others.status).toBe('active');
  });

  it('is one of a hundred at the most', async () => {
    for (let made = 0; made < 100; made += 1)
      await house.devices.enrol('ada', `d${made}`, String(made).padEnd(43, 'x'));
    const refused = await enrol('one more', await newKey());
    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      expect.stringContaining('100 devices'),
    ]);
  });
});

describe('a grant', () => {
  it('is made pinned to devices of its owner that are not lost, and to nothing else', async () => {
    await house.addKey();
    const [laptop, old, foreign] = [await device('laptop'), await device('old'), await device('hers', 'eve')];
    await house.ask('POST', `/devices/${old.id}/lost`);
    const make = (device_ids: unknown) =>
      house.ask('POST', '/grants', { authorization_details: [DETAILS], device_ids });
    for (const ids of [[old.id], [foreign.id], ['dev_x'], [laptop.id, old.id], 'dev', [7]])
      expect((await make(ids)).body.error.code).toBe('invalid_request');
    const made = await make([laptop.id]);
    expect(made.body.devices).toEqual([{ id: laptop.id, name: 'laptop', status: 'active' }]);
    const both = { device_ids: [], status: 'suspended' };
    expect((await house.ask('PATCH', `/grants/${made.body.id}`, both)).status).toBe(400);
    expect((await house.ask('PATCH', `/grants/${made.body.id}`, { device_ids: [foreign.id] })).status).toBe(
      400,
    );
  });

  it('stays pinned when its only device is lost', async () => {
    const laptop = await device('laptop');
    const { id } = await house.createGrant();
    await house.ask('PATCH', `/grants/${id}`, { device_ids: [laptop.id] });
    await house.ask('POST', `/devices/${laptop.id}/lost`);
    const { devices } = (await house.ask('GET', `/grants/${id}`)).body;
    expect(devices).toEqual([{ id: laptop.id, name: 'laptop', status: 'lost' }]);
    expect((await house.grants.live(id))?.pins).toEqual([new Set([laptop.id])]);
  });
});

describe('what was read of a grant', () => {
  it('is stale once a device was enrolled or lost, also for a grant that has nothing to do with it', async () => {
    const grant = await house.createGrant();
    const versionsOf = async () => (await house.grants.live(grant.id))?.parts[0]?.chain;
    const before = await versionsOf();
    const laptop = await device('laptop');
    const between = await versionsOf();
    await house.ask('POST', `/devices/${laptop.id}/lost`);
    const after = await versionsOf();
    const key = (chain: typeof before) => chain?.at(-1)?.version ?? 0;
    expect([key(between) - key(before), key(after) - key(between)]).toEqual([1, 1]);
    expect((await house.grants.live(grant.id))?.devices.get(laptop.key.thumbprint)?.isLost).toBe(true);
  });
});
