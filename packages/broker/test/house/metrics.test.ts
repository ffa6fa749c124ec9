// What a monitoring system gets to see of calls: counted as they ended, on an address of its own, with nothing of owners, apps or tokens.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chatStatus } from './send-chat.ts';
import { type House, startHouse } from './start-house.ts';

let house: House;
let grant: { readonly id: string; readonly token: string };
beforeAll(async () => {
  house = await startHouse({ env: { VALETKEY_METRICS: '127.0.0.1:0' } });
  grant = await house.grant({ provider: 'openai', models: ['gpt-4o-mini'], limits: { total_spend: 1 } });
});
afterAll(() => house.close());

const scrape = async (path = '/metrics') => {
  const response = await fetch(`http://127.0.0.1:${house.broker.metricsPort}${path}`);
  return { status: response.status, text: await response.text() };
};
const ask = (model: string) => chatStatus(house.url, grant.token, { model });

it('counts calls by how they ended, what they cost and how long they took', async () => {
  expect([await ask('gpt-4o-mini'), await ask('gpt-4o-mini'), await ask('gpt-5')]).toEqual([200, 200, 403]);
  const { text } = await scrape();
  for (const line of [
    'valetkey_calls_total{provider="openai",operation="openai.chat.completions",outcome="settled"} 2',
    'valetkey_calls_total{provider="openai",operation="openai.chat.completions",outcome="refused"} 1',
    'valetkey_refusals_total{code="model_not_permitted"} 1',
    'valetkey_call_duration_seconds_count{provider="openai"} 2',
    'valetkey_running_calls 0',
    'valetkey_ledger_healthy 1',
    'valetkey_ledger_overruns 0',
  ])
    expect(text).toContain(`${line}\n`);
  const told = /^valetkey_cost_usd_total\{provider="openai"\} (\S+)$/m.exec(text)?.[1];
  expect(Number(told)).toBeGreaterThan(0);
  // The books have it some milliseconds after the answer.
  const spent = async () => Number((await house.api('GET', `/grants/${grant.id}`)).body.spent.total_usd);
  await expect.poll(spent).toBeCloseTo(Number(told), 9);
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds \S+$/m);
});

it('names no owner, grant, app, token or model that a caller can make up', async () => {
  await ask('made-up-by-a-caller');
  const { text } = await scrape();
  for (const private_ of [grant.id, grant.token, 'made-up-by-a-caller', 'ada@owner.test'])
    expect(text).not.toContain(private_);
});

const TELLING = ['docs/operating/monitoring.md', 'deploy/grafana-dashboard.json'];

it.each(TELLING)('serves every metric that %s names', async (file) => {
  const told = readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8');
  const named = new Set(told.match(/\b(?:valetkey|nodejs|process)_[a-z]\w+/g));
  const { text } = await scrape();
  expect(named.size).toBeGreaterThan(5);
  for (const name of named) expect(text).toContain(name);
});

it('answers nothing else there, and no metrics where everybody comes', async () => {
  expect((await scrape('/')).status).toBe(404);
  expect((await scrape('/api/v1/grants')).status).toBe(404);
  const outside = await fetch(`${house.url}/metrics`);
  expect(await outside.text()).not.toContain('valetkey_calls_total');
});
