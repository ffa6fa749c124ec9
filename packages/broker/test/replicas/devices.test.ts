// A76 for a device, over three processes: once the report of its loss has returned, a replica that was frozen meanwhile forwards nothing for
// it, though its admissions are durable; and a replica that hears of no notice refuses it all the same.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDeviceKey, type DeviceKey, enrolDevice } from '../device-key.ts';
import { expectMoneyIsRight } from '../faults/money.ts';
import { chatOf, PRICES, post } from '../faults/start-gate.ts';
import { signIn } from '../house/start-house.ts';
import { Fleet } from './fleet.ts';

let fleet: Fleet;
let issuer: string;
beforeAll(async () => {
  fleet = await Fleet.start();
  issuer = fleet.replicas[0]!.url;
});
afterAll(() => fleet.close());

const enrol = async (name: string) => {
  const key = await createDeviceKey();
  const { body } = await enrolDevice({ url: issuer, session: await signIn(issuer) }, name, key);
  return { id: body.id as string, key };
};

let sent = 0;

/** A chat unlike any other with a proof of the key, through the replica of that number. */
const ask = async (at: number, token: string, key: DeviceKey) => {
  sent += 1;
  const text = `request ${String(sent).padStart(6, '0')}`;
  const dpop = await key.prove('POST', `${issuer}/openai/v1/chat/completions`, token);
  return post(fleet.replicas[at]!.url, token, chatOf(text), undefined, undefined, { dpop });
};

const lose = (id: string) => fleet.api('POST', `/devices/${id}/lost`);

it('nothing is forwarded for it by a replica that was frozen with durable admissions', async () => {
  const laptop = await enrol('laptop');
  const { id, token } = await fleet.grant({ total_spend: 1000 });
  await fleet.api('PATCH', `/grants/${id}`, { device_ids: [laptop.id] });
  expect((await ask(1, token, laptop.key)).status).toBe(200);
  await fleet.whenClosed();
  // Its admissions wait for the owner's row, so that it is frozen before it learns that they are durable.
  const owner = await fleet.lockOwner();
  const asked = Array.from({ length: 24 }, () => ask(1, token, laptop.key));
  await expect.poll(() => owner.waiting()).toBeGreaterThan(0);
  fleet.replicas[1]!.signal('SIGSTOP');
  await owner.unlock();
  const openCalls = async () => (await fleet.query('select call_id from open_calls')).rows.length;
  await expect.poll(openCalls).toBeGreaterThan(0);
  const askedAt = performance.now();
  await lose(laptop.id);
  expect(performance.now() - askedAt).toBeLessThan(10_000);
  const before = await fleet.forwarded();
  fleet.replicas[1]!.signal('SIGCONT');
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses).not.toContain(200);
  expect(await fleet.forwarded()).toBe(before);
  await fleet.whenClosed();
  expectMoneyIsRight(await fleet.tables(), fleet.simulator, PRICES);
}, 240_000);

it('it is refused on a replica whose notices are cut off', async () => {
  const phone = await enrol('phone');
  const { token } = await fleet.grant({ total_spend: 1000 });
  expect((await ask(2, token, phone.key)).status).toBe(200);
  const cutNotices = `select pg_terminate_backend(pid) from pg_stat_activity
    where pid <> pg_backend_pid() and (query like 'listen%' or query like 'select pg_notify%')`;
  await fleet.query(cutNotices);
  const lost = lose(phone.id);
  await fleet.query(cutNotices);
  await lost;
  const before = await fleet.forwarded();
  expect((await ask(2, token, phone.key)).code).toBe('device_not_permitted');
  expect((await ask(1, token, phone.key)).code).toBe('device_not_permitted');
  expect(await fleet.forwarded()).toBe(before);
}, 240_000);
