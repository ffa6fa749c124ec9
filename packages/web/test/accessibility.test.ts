// Every page, empty and full, with its dialogs: no axe violation in either theme, nothing wider than a 320 px screen,
// and nothing that the Content-Security-Policy had to refuse.

import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Dashboard, startDashboard } from './browser.ts';

const APP = '/apps/gr_2vQ8pNfW1acmeWriter';

interface View {
  readonly name: string;
  readonly path: string;
  readonly fresh?: boolean;
  readonly act?: (page: Page) => Promise<void>;
}

const press = (name: string) => (page: Page) =>
  page.getByRole('button', { name, exact: true }).first().click();

const VIEWS: readonly View[] = [
  { name: 'home', path: '/' },
  { name: 'home as table', path: '/?view=table' },
  { name: 'quickstart', path: '/', fresh: true },
  { name: 'connected apps', path: '/apps?show=all' },
  { name: 'no apps', path: '/apps', fresh: true },
  { name: 'revoke dialog', path: '/apps', act: press('Revoke Acme Writer') },
  { name: 'app', path: APP },
  { name: 'stop app dialog', path: APP, act: press('Stop app Acme Writer') },
  { name: 'stop everything dialog', path: '/', act: press('Stop everything') },
  { name: 'reset dialog', path: APP, act: press('Reset: US dollars a day') },
  { name: 'limits form', path: `${APP}?edit=limits` },
  { name: 'delegated app', path: '/apps/gr_c1refactor' },
  { name: 'delegation', path: '/delegation?show=all' },
  { name: 'delegation of one app', path: '/delegation?grant_id=gr_c2runTests' },
  { name: 'revoke dialog of a branch', path: '/delegation', act: press('Revoke refactor the parser') },
  { name: 'nothing delegated', path: '/delegation', fresh: true },
  { name: 'activity', path: '/activity?status=refused' },
  {
    name: 'activity of a tree and a day',
    path: '/activity?grant_id=gr_c2runTests&include=descendants&status=counted',
  },
  {
    name: 'activity without a match',
    path: '/activity?from=2020-01-01&to=2020-01-02&model=gpt-5-mini&provider=openai',
  },
  { name: 'no activity', path: '/activity', fresh: true },
  { name: 'how a call was allowed', path: '/activity/call_997' },
  { name: 'why a call was refused', path: '/activity/call_995' },
  {
    name: 'audit',
    path: '/audit',
    act: async (page) => {
      await page.getByText('Entry 1,284').click();
      await page.getByRole('button', { name: 'Verify' }).click();
      await page.getByText('everything is in place').waitFor();
    },
  },
  { name: 'audit of one topic', path: '/audit?topic=sign_in' },
  { name: 'nothing to audit', path: '/audit', fresh: true },
  { name: 'AI accounts', path: '/accounts' },
  { name: 'no AI accounts', path: '/accounts', fresh: true },
  { name: 'add a key', path: '/accounts', act: press('Add a key') },
  {
    name: 'add the key that an app waits for',
    path: '/accounts?add=openai&return_to=/consent/abc',
    fresh: true,
  },
  { name: 'an app waits', path: '/accounts?add=openai&return_to=/consent/abc' },
  { name: 'programs', path: '/connect' },
  { name: 'a program without its account', path: '/connect?app=gemini-cli' },
  { name: 'connect', path: '/connect?provider=openai', act: (page) => page.getByLabel('Only these').check() },
  {
    name: 'connected program',
    path: '/connect?app=claude-code',
    act: async (page) => {
      await page.getByRole('button', { name: /^Create a token/ }).click();
      await page.getByText('Known trap').waitFor();
    },
  },
  {
    name: 'connected',
    path: '/connect?provider=sandbox',
    act: async (page) => {
      await page.getByLabel('What is it for?').fill('Test');
      await page.getByRole('button', { name: /^Create a token/ }).click();
      await page.getByText('Waiting for the first call').waitFor();
    },
  },
  { name: 'developer apps', path: '/developer' },
  { name: 'register', path: '/developer', act: press('Register an app') },
  { name: 'no developer apps', path: '/developer', fresh: true },
  { name: 'settings', path: '/settings' },
  { name: 'not found', path: '/nowhere' },
];

// A page takes about a second; the machine may be busy with other things.
vi.setConfig({ testTimeout: 60_000 });

let dashboard: Dashboard;
beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

/** WCAG 2.2 AA has these as well; axe asks for them only when it is told to. */
const MORE = { 'target-size': { enabled: true }, 'label-content-name-mismatch': { enabled: true } };

/** All rules in light; in dark those that colours can break. */
const RULES = {
  light: (page: Page) => new AxeBuilder({ page }).options({ rules: MORE }),
  dark: (page: Page) => new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']),
};

/** What axe finds, in words. The legacy mode looks at this page alone, and none has frames. */
async function axeFindings(builder: AxeBuilder, passedMoreThan: number): Promise<string[]> {
  const { violations, passes } = await builder.setLegacyMode().analyze();
  expect(passes.length).toBeGreaterThan(passedMoreThan);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

it.each(VIEWS)('axe finds nothing in light and dark, and 320 px are enough: $name', async (view) => {
  const page = await dashboard.open((view.fresh ? dashboard.fresh : dashboard.busy).url + view.path);
  await view.act?.(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const passedMoreThan = colorScheme === 'light' ? 10 : 0;
    expect(await axeFindings(RULES[colorScheme](page), passedMoreThan), colorScheme).toEqual([]);
  }
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.context().close();
});

it('figures lead to the calls that they add up, with those of what was delegated', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/`);
  const hrefs = (figures: Locator) =>
    figures.evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  const shares = page.getByRole('row').filter({ hasText: 'delegated' }).first();
  const owner = await shares.getByRole('link').first().getAttribute('href');
  const all = `${owner?.replace('/apps/', '/activity?grant_id=')}&include=descendants&status=counted`;
  const period = /&from=\d{4}-\d\d-01&to=\d{4}-\d\d-\d\d$/;
  const [month, ...inAll] = (await hrefs(shares.getByRole('link'))).slice(-3);
  expect([month?.replace(period, ''), ...inAll]).toEqual([all, all, all]);
  expect(month).toMatch(period);
  await page.goto(`${dashboard.busy.url}${owner}`);
  const figures = page.locator('dl').first().getByRole('link');
  await expect.poll(async () => (await hrefs(figures)).slice(-2)).toEqual([all, all]);
  expect((await hrefs(figures)).slice(0, 2).map((href) => href.replace(/&from=.*$/, ''))).toEqual([all, all]);
  await page.context().close();
});

it('needs nothing that the Content-Security-Policy refuses', () => {
  expect(dashboard.problems).toEqual([]);
});
