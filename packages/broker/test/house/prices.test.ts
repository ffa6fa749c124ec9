// The operator's prices, through the whole house: charged from their moment on, by the version that is recorded.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, startHouse } from './start-house.ts';

const MODEL = 'gpt-4o-mini';
const folder = mkdtempSync(join(tmpdir(), 'valetkey-prices-'));
const clock = { aheadMs: 0 };
const changesAtMs = Date.now() + 3_600_000;

const price = (fromMs: number, usd: number) => ({
  provider: 'openai',
  model: MODEL,
  effective_from: new Date(fromMs).toISOString(),
  rates: { input_tokens: usd, output_tokens: usd },
});

let house: House;
beforeAll(async () => {
  const file = join(folder, 'prices.json');
  writeFileSync(file, JSON.stringify({ prices: [price(0, 1), price(changesAtMs, 50)] }));
  const ambient = { now: () => Date.now() + clock.aheadMs, randomBytes };
  house = await startHouse({ ambient, env: { VALETKEY_PRICES_FILE: file } });
});
afterAll(async () => {
  await house.close();
  rmSync(folder, { recursive: true, force: true });
});

const chat = (token: string) =>
  fetch(`${house.url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'x' }], max_tokens: 10 }),
  });

/** What a call of 100 tokens in and 10 out costs at one price for both. */
const costAt = (usdPerMillion: number) => String((110 * usdPerMillion) / 1_000_000);
const USAGE = { input: 100, output: 10 };

describe("an operator's price", () => {
  it('is charged, and A71 a call is settled by the prices of its admission though others began meanwhile', async () => {
    const { token } = await house.grant({ provider: 'openai', limits: { daily_spend: 1 } });
    house.simulators.openai.script({ usage: USAGE, times: 2 });
    house.simulators.openai.hold();
    const running = chat(token);
    await house.simulators.openai.held();
    clock.aheadMs += 3_600_001;
    house.simulators.openai.release();
    expect((await running).status).toBe(200);
    expect((await chat(token)).status).toBe(200);
    const costs = async () =>
      (await house.api('GET', '/calls')).body.data.map((call: { cost_usd: string }) => call.cost_usd);
    // An outcome is written some milliseconds after its answer.
    await expect.poll(costs).toEqual([costAt(50), costAt(1)]);
  });

  it('leaves the version of the file with every call', () => {
    const database = new DatabaseSync(join(house.dataDir, 'valetkey.sqlite'), { readOnly: true });
    const rows = database.prepare("select body from journal where kind = 'call.admitted'").all();
    database.close();
    const versions = new Set(rows.map((row) => JSON.parse(String(row.body)).price_version));
    expect([...versions]).toEqual([expect.stringMatching(/^operator [0-9a-f]{12}$/)]);
  });
});
