// A house whose master key is in a key service: it moves there from a file, asks the service once at a start and not for calls, does not start
// without it, and takes up a new version of it.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AWS, type KeyServices, startKeyServices } from '@valetkey/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chatStatus } from './send-chat.ts';
import { type House, startHouse } from './start-house.ts';

let services: KeyServices;
let dataDir: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  services = await startKeyServices();
  dataDir = mkdtempSync(join(tmpdir(), 'valetkey-key-service-'));
  env = {
    VALETKEY_MASTER_KEY: `aws-kms:${AWS.arn}`,
    AWS_ENDPOINT_URL_KMS: services.origin,
    AWS_ACCESS_KEY_ID: AWS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: AWS.secretAccessKey,
  };
});
afterAll(async () => {
  await services.close();
  rmSync(dataDir, { recursive: true });
});

const dataKeys = (): readonly string[] => {
  const database = new DatabaseSync(join(dataDir, 'valetkey.sqlite'), { readOnly: true });
  const rows = database
    .prepare(`select value from house where key like 'vault_data_key%' order by key`)
    .all();
  database.close();
  return rows.map(({ value }) => String(value));
};

const asked = (action: string): number =>
  services.requests.filter(({ headers }) => headers['x-amz-target'] === `TrentService.${action}`).length;

const call = async (house: House): Promise<number> => {
  const { token } = await house.grant({ provider: 'openai', limits: { daily_spend: 1 } });
  return chatStatus(house.url, token);
};

it('moves there from a key file while it serves', async () => {
  await (await startHouse({ dataDir })).close();
  const former = { VALETKEY_MASTER_KEY_OLD_FILE: join(dataDir, 'master.key') };
  const house = await startHouse({ dataDir, env: { ...env, ...former }, keyLooksMs: 100 });
  await expect
    .poll(dataKeys, { timeout: 30_000 })
    .toEqual([expect.stringMatching(/^[0-9a-f]{16} aws-kms:\S+$/)]);
  expect(await call(house)).toBe(200);
  await house.close();
  // The file is the operator's: it opens backups from before.
  expect(readFileSync(join(dataDir, 'master.key'), 'utf8')).toHaveLength(45);
  const alone = await startHouse({ dataDir, env: { VALETKEY_MASTER_KEY_FILE: join(dataDir, 'master.key') } });
  expect(alone.broker.state).toBe('locked');
  await alone.close();
});

it('asks the service at a start alone, and takes up a new version of the key', async () => {
  const before = asked('Decrypt');
  services.key.rotate();
  const house = await startHouse({ dataDir, env });
  // Once to open the data key; once more to see that what was wrapped anew opens.
  await expect.poll(() => asked('Decrypt') - before, { timeout: 30_000 }).toBe(2);
  const atStart = asked('Decrypt');
  for (let calls = 0; calls < 5; calls += 1) expect(await call(house)).toBe(200);
  expect(asked('Decrypt')).toBe(atStart);
  await house.close();
  services.key.retireOld();
  const after = await startHouse({ dataDir, env });
  expect([after.broker.state, await call(after)]).toEqual(['ok', 200]);
  await after.close();
});

it('does not start while the service refuses, and says why', async () => {
  services.setFault({ status: 400, body: { __type: 'AccessDeniedException' } });
  await expect(startHouse({ dataDir, env })).rejects.toThrow(
    'The master key can not be used: AWS KMS refused: 400 AccessDeniedException',
  );
  services.setFault(null);
  const house = await startHouse({ dataDir, env });
  expect(house.broker.state).toBe('ok');
  await house.close();
});
