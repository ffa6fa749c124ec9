import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../../test/api-house.ts';
import type { Noticed } from '../../alerts/contract.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

const half = (linkId: string, grantId: string | null): Noticed => ({
  kind: 'limit',
  details: { link_id: linkId, unit: 'usd', per: 'month', limit: 5e9, settled: 2_500_000_001, threshold: 50 },
  event: `limit:${linkId}`,
  grantId,
  times: 1,
  atMs: house.clock.nowMs,
});

const device = (n: number): Noticed => ({
  kind: 'device',
  details: { device_id: `dev_${n}` },
  event: `device:${n}`,
  grantId: null,
  times: 1,
  atMs: house.clock.nowMs,
});

describe('alerts', () => {
  it('stand with exact amounts and the names of now until they are acknowledged', async () => {
    const { id, parts } = await house.createGrant();
    await house.raiseAlert(half(`${id}.openai`, id));
    house.clock.nowMs += 1;
    await house.raiseAlert(half(parts[0].provider_key.id, null));
    const { data } = (await house.ask('GET', '/alerts')).body;
    expect(data).toMatchObject([
      { kind: 'limit', grant: null, provider_key: { provider: 'openai', label: 'main' } },
      {
        grant: { id, name: 'Notes' },
        provider_key: null,
        details: { limit: '5', settled: '2.500000001', threshold: 50, per: 'month' },
        acknowledged_at: null,
      },
    ]);
    expect((await house.ask('GET', '/alerts', undefined, 'eve')).body.data).toEqual([]);
    expect((await house.ask('POST', `/alerts/${data[1].id}/acknowledge`)).status).toBe(204);
    expect((await house.ask('GET', '/alerts')).body.data).toHaveLength(1);
    expect((await house.ask('POST', '/alerts/acknowledge')).status).toBe(204);
    expect((await house.ask('GET', '/alerts')).body.data).toEqual([]);
    expect((await house.ask('GET', '/alerts?status=all')).body.data).toHaveLength(2);
  });

  it('come in pages, newest first', async () => {
    for (let made = 0; made < 5; made += 1) {
      await house.raiseAlert(device(made));
      house.clock.nowMs += 1;
    }
    const seen: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const { body }: { body: { data: { details: { device_id: string } }[]; next: string | null } } =
        await house.ask('GET', `/alerts?limit=2${next && `&before=${next}`}`);
      seen.push(...body.data.map(({ details }) => details.device_id));
      next = body.next;
    }
    expect(seen).toEqual(['dev_4', 'dev_3', 'dev_2', 'dev_1', 'dev_0']);
  });

  it('are raised at the shares that the owner chose, and the change is an entry', async () => {
    const { body } = await house.ask('GET', '/alert-settings');
    expect(body).toEqual({
      thresholds: [50, 80, 100],
      email: { address: 'ada@example.com', available: true },
    });
    const changed = await house.ask('PUT', '/alert-settings', { thresholds: [100] });
    expect(changed.body.thresholds).toEqual([100]);
    expect((await house.ask('PUT', '/alert-settings', { thresholds: [70] })).status).toBe(400);
    const { data } = (await house.ask('GET', '/audit/changes?topic=alerts')).body;
    expect(data).toMatchObject([{ kind: 'alert.thresholds_changed', body: { thresholds: [100] } }]);
  });
});

describe('destinations of alerts', () => {
  const add = (body: object, owner?: string) => house.ask('POST', '/alert-destinations', body, owner);

  it('show a webhook’s secret once, are tried, and leave entries without address and secret', async () => {
    const hook = await add({ kind: 'webhook', url: 'https://hooks.example/alerts?team=a' });
    expect([hook.status, hook.body.secret]).toEqual([201, expect.stringMatching(/^whsec_[\w+/]{43}=$/)]);
    const mail = await add({ kind: 'email' });
    expect([mail.body.secret, mail.body.url]).toEqual([null, null]);
    const { data } = (await house.ask('GET', '/alert-destinations')).body;
    expect(data.map((each: object) => Object.keys(each))).toEqual([
      ['id', 'kind', 'url', 'created_at'],
      ['id', 'kind', 'url', 'created_at'],
    ]);
    const tried = await house.ask('POST', `/alert-destinations/${hook.body.id}/test`);
    expect(tried.body).toEqual({ ok: true, message: 'Taken.' });
    expect(house.sent).toMatchObject([{ to: hook.body.url, message: { type: 'alert.test' } }]);
    expect((await house.ask('DELETE', `/alert-destinations/${hook.body.id}`)).status).toBe(204);
    expect((await house.ask('GET', '/alert-destinations')).body.data).toHaveLength(1);
    const entries = JSON.stringify((await house.ask('GET', '/audit/changes?topic=alerts')).body);
    expect(entries).toContain('alert.destination_removed');
    expect(entries).not.toContain('hooks.example');
    expect(entries).not.toContain(hook.body.secret);
  });

  it.each([
    ['http', 'http://hooks.example/'],
    ['a user name', 'https://me@hooks.example/'],
    ['a password', 'https://:word@hooks.example/'],
    ['a private address', 'https://10.1.2.3/'],
    ['the address of a cloud’s metadata', 'https://169.254.169.254/latest'],
    ['a private address of IPv6', 'https://[fd00::1]/'],
    ['a loopback address by another name', 'https://127.1.2.3/'],
    ['a name that ends in localhost', 'https://a.localhost/'],
    ['a file', 'file:///etc/passwd'],
    ['no address', 'hooks'],
  ])('refuse %s', async (_what, url) => {
    const { status, body } = await add({ kind: 'webhook', url });
    expect([status, body.error.code, Object.keys(body.error.fields)]).toEqual([
      400,
      'invalid_request',
      ['url'],
    ]);
  });

  it('are no mailbox that the owner named without anybody who knows it: a stranger’s', async () => {
    const invitation = { id: 'inv_1', token_hash: 'x', limits: '[]', created_at: 1, expires_at: 2 };
    const invited = (email: string | null) =>
      house.store.db
        .insertInto('invitations')
        .values({ ...invitation, email, accepted_by: 'eve' })
        .execute();
    await invited(null);
    expect(await add({ kind: 'email' }, 'eve')).toMatchObject({ status: 409 });
    await house.store.db.deleteFrom('invitations').execute();
    await invited('eve@example.com');
    expect((await add({ kind: 'email' }, 'eve')).status).toBe(201);
  });

  it('are no more than ten, each once', async () => {
    for (let n = 0; n < 10; n += 1)
      expect((await add({ kind: 'webhook', url: `https://hooks.example/${n}` })).status).toBe(201);
    expect((await add({ kind: 'email' })).status).toBe(409);
    const once = { kind: 'webhook', url: 'https://hooks.example/x' };
    expect([(await add(once, 'eve')).status, (await add(once, 'eve')).status]).toEqual([201, 409]);
  });

  it('are flooded with no tests', async () => {
    const { id } = (await add({ kind: 'webhook', url: 'https://hooks.example/' })).body;
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1)
      statuses.push((await house.ask('POST', `/alert-destinations/${id}/test`)).status);
    expect(statuses).toEqual([...Array(10).fill(200), 429]);
    expect(house.sent).toHaveLength(10);
  });

  it('say what is on its way there, and try anew what was given up', async () => {
    const { id } = (await add({ kind: 'email' })).body;
    await house.raiseAlert(device(1));
    const read = async () => (await house.ask('GET', '/alert-deliveries')).body.data;
    const [delivery] = await read();
    expect(delivery).toMatchObject({ destination_id: id, status: 'pending', attempts: 0, problem: null });
    expect((await house.ask('POST', `/alert-deliveries/${delivery.id}/retry`)).status).toBe(404);
    await house.store.db.updateTable('alert_deliveries').set({ status: 'dead', attempts: 8 }).execute();
    expect((await house.ask('POST', `/alert-deliveries/${delivery.id}/retry`)).status).toBe(204);
    expect(await read()).toMatchObject([{ status: 'pending', attempts: 0 }]);
  });
});
