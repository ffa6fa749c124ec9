// What belongs to one owner is to every other as if it were not there: each call that names something by its id answers in the same words
// as for an id that nobody has. The calls are those that the API itself describes, so that a new one can not be left out.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiHouse, DETAILS, openApiHouse } from '../../test/api-house.ts';

type Method = Parameters<ApiHouse['ask']>[0];

/** Bodies of calls that take one. */
const BODIES: Readonly<Record<string, object>> = {
  'PATCH /grants/{id}': { status: 'suspended' },
  'POST /grants/{id}/children': { name: 'x', authorization_details: [DETAILS] },
  'POST /grants/{id}/reset-limit': { provider: 'openai', unit: 'usd', per: 'month' },
  'PUT /provider-keys/{id}': { key: 'sk-other-0123456789012' },
  'PATCH /clients/{id}': { name: 'x' },
  'PATCH /devices/{id}': { name: 'x' },
  'PUT /owners/{id}/maxima': { maxima: [] },
  'POST /owners/{id}/remove': { email: 'ada@example.com' },
  'PUT /ceilings/{id}': { limits: {} },
  'POST /calls/{id}/correct': { cost_usd: '0.0001' },
};

/** An alert of Ada's that could not be sent. */
const furnishAlerts = async ({ ask, raiseAlert, store: { db } }: ApiHouse) => {
  const destination = (await ask('POST', '/alert-destinations', { kind: 'email' })).body.id;
  const about = { event: 'device:dev_1', grantId: null, times: 1, atMs: 0 };
  await raiseAlert({ ...about, kind: 'device', details: { device_id: 'dev_1' } });
  await db.updateTable('alert_deliveries').set({ status: 'dead' }).execute();
  const { id, alert_id } = await db.selectFrom('alert_deliveries').selectAll().executeTakeFirstOrThrow();
  return { alerts: alert_id, 'alert-destinations': destination, 'alert-deliveries': id };
};

let house: ApiHouse;
/** What Ada has, by the first word of its address. */
let owned: Readonly<Record<string, string>>;
let routes: readonly (readonly [Method, string])[];
beforeAll(async () => {
  house = await openApiHouse();
  const { id: grantId } = await house.createGrant();
  await house.admit(grantId, 'call_a');
  await house.settle('call_a', 'ceiling');
  const app = { name: 'App', redirect_uris: ['https://app.example/cb'], type: 'public' };
  const client = await house.ask('POST', '/clients', app);
  const device = await house.devices.enrol('ada', 'laptop', 'T'.repeat(43));
  const [part] = (await house.grants.get('ada', grantId))!.parts;
  const asked = [{ ...part!.access, models: ['gpt-5-nano'] }];
  const request = await house.accessRequests.make({ grantId, asked, message: null, via: 'api' });
  const [key] = await house.vault.list('ada');
  const stop = await house.grants.stop('ada', { scope: 'provider_key', providerKeyId: key!.id });
  const invitation = await house.owners.invite('ada', { email: null, limits: [] });
  if (!invitation.ok) throw new Error('nobody is invited');
  if (!device.ok || !request.ok || !stop.ok) throw new Error('the house is not furnished');
  owned = {
    grants: grantId,
    calls: 'call_a',
    clients: client.body.id,
    devices: device.value.id,
    requests: request.value.id,
    'provider-keys': key!.id,
    stops: stop.value.stop.id,
    ceilings: key!.id,
    ...(await furnishAlerts(house)),
    owners: 'ada',
    sessions: 'se_ada',
    invitations: invitation.value.invitation.id,
  };
  const { paths } = (await house.app.inject({ url: '/openapi.json' })).json() as { paths: object };
  routes = Object.entries(paths)
    .filter(([path]) => path.includes('{id}'))
    .flatMap(([path, methods]) =>
      Object.keys(methods).map(
        (method) => [method.toUpperCase() as Method, path.replace('/api/v1', '')] as const,
      ),
    );
});
afterAll(() => house.close());

/** The answer without what differs from request to request. */
const answer = async (method: Method, path: string, id: string, body: object | undefined) => {
  const { status, body: said } = await house.ask(method, path.replace('{id}', id), body, 'eve');
  return JSON.stringify([status, said]).replaceAll(id, 'ID').replace(said?.error?.request_id, 'REQUEST');
};

it('answers another owner as if there were nothing, whatever is called', async () => {
  expect(routes.length).toBeGreaterThan(20);
  for (const [method, path] of routes) {
    const id = owned[path.split('/')[1] ?? ''];
    const body = BODIES[`${method} ${path}`];
    expect([path, id]).toEqual([path, expect.any(String)]);
    const [foreign, unknown] = [
      await answer(method, path, id!, body),
      await answer(method, path, 'none', body),
    ];
    expect([method, path, foreign]).toEqual([method, path, unknown]);
    expect([method, path, unknown.slice(0, 5)]).toEqual([method, path, '[404,']);
  }
  expect(await house.grants.get('ada', owned.grants!)).toMatchObject({ status: 'active' });
  expect(await house.devices.living('ada')).toHaveLength(1);
  expect(await house.grants.stops('ada')).toHaveLength(1);
});

it('takes no id of another owner in a body either', async () => {
  await house.ask(
    'POST',
    '/provider-keys',
    { provider: 'openai', key: 'sk-eve-0123456789012', label: 'e' },
    'eve',
  );
  const grant = { name: 'x', authorization_details: [DETAILS] };
  const bodies: readonly (readonly [string, string, (id: string) => object])[] = [
    ['/stops', 'provider-keys', (id) => ({ scope: 'provider_key', provider_key_id: id })],
    ['/stops', 'clients', (id) => ({ scope: 'app', client_id: id })],
    ['/audit/erase', 'grants', (id) => ({ grant_id: id })],
    ['/audit/erase', 'clients', (id) => ({ client_id: id })],
    ['/grants', 'devices', (id) => ({ ...grant, device_ids: [id] })],
    ['/grants', 'provider-keys', (id) => ({ ...grant, provider_key_ids: { openai: id } })],
  ];
  for (const [path, kind, toBody] of bodies) {
    const id = owned[kind]!;
    const said = await Promise.all([id, 'none'].map((each) => answer('POST', path, each, toBody(each))));
    expect([path, said[0]]).toEqual([path, said[1]]);
    expect(said[0]).toMatch(/^\[40[04],/);
  }
});
