// Figures of the dashboard and the calls behind them, in a real browser in front of the whole house.

import { usdNanos } from '@valetkey/core';
import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type House, startHouse } from '../house/start-house.ts';
import { ASKED, call, child, grant } from './grants.ts';
import { openPage, whenLoaded } from './open-page.ts';
import { openSignedIn } from './sign-in.ts';

// A page takes about a second; the machine may be busy with other things.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let browser: Browser;
let house: House;
let page: Page;
let storageState: Exclude<BrowserContextOptions['storageState'], string | undefined>;
let topId: string;
beforeAll(async () => {
  [browser, house] = await Promise.all([launchChromium(), startHouse({ hostname: 'localhost' })]);
  const door = await openPage(browser);
  await openSignedIn(door, `${house.url}/settings`);
  storageState = await door.context().storageState();
  await door.context().close();
  const top = await grant(house, 'Planner', {
    ...ASKED,
    limits: { daily_spend: 5 },
    delegation: { max_depth: 1 },
  });
  const worker = await child(house, top.id, 'Planner worker', { limits: { total_spend: 1 } });
  const other = await grant(house, 'Editor', { ...ASKED, limits: { monthly_spend: 9 } });
  topId = top.id;
  for (const { token } of [top, worker, worker, other]) await call(house, token);
  await call(house, other.token, 'gpt-4o-mini');
  await call(house, other.token, 'o3');
  const ended = async () => {
    const lists = ['settled', 'refused'].map((status) => house.api('GET', `/calls?status=${status}`));
    return (await Promise.all(lists)).map(({ body }) => body.data.length);
  };
  await vi.waitFor(async () => expect(await ended()).toEqual([5, 1]), { timeout: 60_000 });
});
afterAll(() => Promise.all([browser?.close(), house?.close()]));
beforeEach(async () => {
  page = await openPage(browser, [], { storageState });
  return () => page.context().close();
});

const open = async (path: string): Promise<void> => {
  await page.goto(house.url + path);
  await whenLoaded(page);
};

/** What the calls at the address of Activity cost together in US dollars, and how many they are. */
const rowsAt = async (href: string): Promise<{ usd: number; calls: number }> => {
  const { body } = await house.api('GET', `/calls?limit=200&${href.split('?')[1]}`);
  const costs: number[] = body.data.map((each: { cost_usd: string }) => usdNanos(each.cost_usd));
  return { usd: costs.reduce((sum, nanos) => sum + nanos, 0) / 1e9, calls: costs.length };
};

it.each([
  ['/', 11],
  ['/apps/PLANNER', 4],
  ['/apps', 2],
  ['/delegation', 2],
  ['/alerts', 3],
])('every figure on %s is the sum of the calls that it leads to', async (path, atLeast) => {
  await open(path.replace('PLANNER', topId));
  const links = page.locator('main a[href^="/activity?"][href*="status=counted"]');
  await expect.poll(() => links.count()).toBeGreaterThanOrEqual(atLeast);
  const figures = await links.evaluateAll((all) =>
    all.map((each) => ({ text: each.textContent, href: each.getAttribute('href') ?? '' })),
  );
  let found = 0;
  for (const { text, href } of figures) {
    const [, whole, decimals = ''] = /\$(\d+)(?:\.(\d+))?/.exec(text) ?? [];
    const { usd, calls } = await rowsAt(href);
    found += calls;
    if (whole === undefined) expect([href, Number.parseInt(text, 10)]).toEqual([href, calls]);
    else
      expect(Math.abs(Number(`${whole}.${decimals}`) - usd), `${text} ${href}`).toBeLessThan(
        10 ** -decimals.length,
      );
  }
  expect(found).toBeGreaterThan(0);
});

it('a figure opens its calls, which filters narrow in the URL, in the list and in the file alike', async () => {
  await open('/');
  await page.getByRole('link', { name: '5 calls today' }).click();
  const rows = page.getByRole('table', { name: 'Calls, newest first' }).getByRole('row');
  await expect.poll(() => rows.count()).toBe(1 + 5);
  await page.getByLabel('Model').selectOption({ label: 'gpt-4o-mini' });
  await expect.poll(() => rows.count()).toBe(1 + 1);
  await page.getByLabel('Model').selectOption({ label: 'Every model' });
  await page.getByLabel('App').selectOption({ label: 'Planner' });
  await expect.poll(() => rows.count()).toBe(1 + 1);
  await page.getByLabel('With what it delegated').check();
  await expect.poll(() => rows.count()).toBe(1 + 3);
  const file = await page.getByRole('link', { name: 'Export as CSV' }).getAttribute('href');
  const csv = await page.evaluate(async (href) => (await fetch(href)).text(), file ?? '');
  expect(csv.trimEnd().split('\r\n')).toHaveLength(1 + 3);
  await page.reload();
  await expect.poll(() => rows.count()).toBe(1 + 3);
  await page.getByLabel('From (UTC)').fill('2020-02-01');
  await page.getByLabel('To (UTC)').fill('2020-02-02');
  await page.getByText('No call matches these filters.').waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Clear filters' }).last().click();
  await expect.poll(() => rows.count()).toBe(1 + 6);
});

it('a new call joins the list of its filter by itself, and no other', async () => {
  const { id, token } = await grant(house, 'Latecomer', ASKED);
  await open(`/activity?grant_id=${id}&model=gpt-4o-mini&provider=openai`);
  await page.getByText('No call matches these filters.').waitFor();
  await call(house, token, 'gpt-4o');
  await call(house, token, 'gpt-4o-mini');
  const cells = page.getByRole('table', { name: 'Calls, newest first' }).getByRole('row');
  await expect.poll(() => cells.count(), { timeout: 60_000 }).toBe(1 + 1);
  expect(await cells.last().textContent()).toContain('gpt-4o-mini');
});
