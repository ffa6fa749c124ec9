// The dashboard in each of its languages: the one of the browser, and another that is chosen in Settings and stays.

import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Dashboard, startDashboard } from './browser.ts';

vi.setConfig({ testTimeout: 60_000 });

let dashboard: Dashboard;
beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

it.each([
  ['de-AT', 'de', 'Verbundene Apps'],
  ['ja-JP', 'ja', '接続中のアプリ'],
  ['fr-FR', 'en', 'Connected apps'],
])('of a browser in %s it speaks %s, on every page, and fits a phone', async (locale, language, heading) => {
  const page = await dashboard.open(`${dashboard.busy.url}/apps`, { locale });
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  await expect.poll(() => page.evaluate(() => document.documentElement.lang)).toBe(language);
  await page.setViewportSize({ width: 320, height: 700 });
  for (const path of ['/', '/apps', '/activity', '/connect', '/settings']) {
    await page.goto(`${dashboard.busy.url}${path}`);
    await page.waitForFunction(
      () => document.querySelector('h1') && !document.querySelector('main .placeholder'),
    );
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect([path, wider]).toEqual([path, 0]);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect([path, violations.map(({ id }) => id)]).toEqual([path, []]);
  }
  await page.context().close();
});

it('another language is chosen in Settings and stays', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/settings`);
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
  await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
  await page.goto(`${dashboard.busy.url}/`);
  await page.getByRole('heading', { level: 1, name: 'Start' }).waitFor();
  const [cookie] = (await page.context().cookies()).filter(({ name }) => name === 'valetkey_language');
  expect(cookie).toMatchObject({ value: 'de', path: '/', sameSite: 'Lax' });
  await page.context().close();
});

it('what the broker refuses is told in its own words, and of what kind it is in the reader’s', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/apps`, { locale: 'de-DE' });
  await page.goto(`${dashboard.busy.url}/apps/gr_nobody`);
  await page.getByText('Das gibt es nicht oder nicht mehr.').first().waitFor();
  expect(await page.locator('[role=alert] [lang=en]').first().textContent()).toContain(
    'nothing at this address',
  );
  await page.context().close();
  const told = dashboard.problems.splice(0);
  expect(told.filter((text) => !text.includes('404'))).toEqual([]);
});

it('nothing was refused or broke in any of them', () => {
  expect(dashboard.problems).toEqual([]);
});
