// A house that moves from its data folder to PostgreSQL: tokens, keys, sign-in, balances and evidence go with it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemAmbient } from '../../src/clock.ts';
import { migrateToPostgres } from '../../src/migrate/migrate-to-postgres.ts';
import { chatStatus } from '../house/send-chat.ts';
import { type House, startHouse } from '../house/start-house.ts';
import { type PostgresServer, startPostgres } from './start-postgres.ts';

let server: PostgresServer;
const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-migrate-'));
  folders.push(folder);
  return folder;
};
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const chat = (house: House, token: string): Promise<number> => chatStatus(house.url, token);

it('moves a whole house, can be repeated, and goes on where it was', async () => {
  const [dataDir, url] = [newFolder(), await server.createDatabase()];
  const before = await startHouse({ dataDir });
  const { id, token } = await before.grant({
    provider: 'openai',
    limits: { monthly_spend: 1, max_requests: 2 },
  });
  expect([await chat(before, token), await chat(before, token)]).toEqual([200, 200]);
  // An answer does not wait for its settlement to reach the disk.
  const calls = await vi.waitFor(
    async () => {
      const { body } = await before.api('GET', '/calls');
      expect(body.data).toMatchObject([{ status: 'settled' }, { status: 'settled' }]);
      return body;
    },
    { timeout: 20_000 },
  );
  const body = { provider: 'openai', unit: 'requests', per: 'total' };
  expect((await before.api('POST', `/grants/${id}/reset-limit`, body)).status).toBe(200);
  const grant = (await before.api('GET', `/grants/${id}`)).body;
  await before.close();

  const first = await migrateToPostgres({ dataDir, url });
  expect(first).toMatchObject({
    calls: 2,
    owners: 1,
    copiedEntries: first.entries,
    rows: { user: 1, provider_keys: 4, grants: 1 },
  });
  const again = await migrateToPostgres({ dataDir, url });
  expect(again).toEqual({ ...first, copiedEntries: 0 });

  const after = await startHouse({ dataDir, env: { VALETKEY_DATABASE_URL: url } });
  expect((await after.api('GET', `/grants/${id}`)).body).toEqual(grant);
  expect((await after.api('GET', '/calls')).body).toEqual(calls);
  expect([await chat(after, token), await chat(after, token), await chat(after, token)]).toEqual([
    200, 200, 429,
  ]);
  await after.close();
});

it('takes along which old calls were removed, also since an earlier run that broke off', async () => {
  const [dataDir, url] = [newFolder(), await server.createDatabase()];
  const clock = { nowMs: Date.now() - 45 * 86_400_000 };
  const ambient = { ...systemAmbient, now: () => clock.nowMs };
  const env = { VALETKEY_AUDIT_RETENTION_DAYS: '35' };
  const young = await startHouse({ dataDir, ambient, env });
  const { token } = await young.grant({ provider: 'openai', limits: { total_spend: 1 } });
  for (let call = 0; call < 4; call += 1) expect(await chat(young, token)).toBe(200);
  await young.close();
  await migrateToPostgres({ dataDir, url });
  clock.nowMs += 40 * 86_400_000;
  const old = await startHouse({ dataDir, ambient, env });
  const removed = async (house: House) => (await house.api('GET', '/audit/changes')).body.removed;
  const known = await vi.waitFor(
    async () => {
      const found = await removed(old);
      expect(found).not.toBeNull();
      return found;
    },
    { timeout: 20_000 },
  );
  const spent = (await old.api('GET', '/usage')).body.total_usd;
  await old.close();
  expect(await migrateToPostgres({ dataDir, url })).toMatchObject({ calls: 1 });
  const after = await startHouse({ dataDir, env: { VALETKEY_DATABASE_URL: url } });
  expect([await removed(after), (await after.api('GET', '/usage')).body.total_usd]).toEqual([known, spent]);
  const compared = await after.api('POST', '/ledger/compare');
  expect(compared.body).toMatchObject({ calls: 1, removed_calls: 3, faults: [] });
  await after.close();
});

it('refuses a database that holds another house', async () => {
  const [mine, other, url] = [newFolder(), newFolder(), await server.createDatabase()];
  for (const dataDir of [mine, other]) await (await startHouse({ dataDir })).close();
  await migrateToPostgres({ dataDir: other, url });
  await expect(migrateToPostgres({ dataDir: mine, url })).rejects.toThrow('holds another house');
});
