// What an owner sees while something is late or fails, in a real browser against the stand-in API: the rest of the page stays, nothing is
// claimed that is not known yet, and nothing shows an old state as if it were the present one.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Dashboard, startDashboard } from './browser.ts';

// A page takes about a second; the machine may be busy with other things.
vi.setConfig({ testTimeout: 60_000 });

let dashboard: Dashboard;
beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

const refuse = { status: 403, json: { error: { code: 'not_found', message: 'Not now.' } } };

/** A page on which `path` of the API is answered by the test before it opens `address`. */
const openWith = async (
  path: RegExp,
  answer: Parameters<Page['route']>[1],
  address: string,
): Promise<Page> => {
  const page = await dashboard.open(`${dashboard.busy.url}/settings`);
  await page.route((url) => path.test(url.pathname + url.search), answer);
  await page.goto(dashboard.busy.url + address);
  return page;
};

it('what waits for a decision shows although spending cannot be read', async () => {
  const page = await openWith(/\/api\/v1\/usage/, (route) => route.fulfill(refuse), '/');
  await page.getByText('Not now.').waitFor();
  await page.getByRole('heading', { name: 'Requests for more' }).waitFor();
  await page.context().close();
});

it('requests for more that cannot be read are not taken for none', async () => {
  const page = await openWith(/\/api\/v1\/requests/, (route) => route.fulfill(refuse), '/');
  const section = page.getByRole('region', { name: 'Requests for more' });
  await section.getByText('Not now.').waitFor();
  await section.getByRole('button', { name: 'Try again' }).waitFor();
  await page.context().close();
});

it('an answer that is none of the broker’s is an error, not a page that breaks', async () => {
  const page = await openWith(
    /\/api\/v1\/audit\/changes/,
    (route) => route.fulfill({ status: 200, body: '<h1>Hotel</h1>', contentType: 'text/html' }),
    '/audit',
  );
  await page.getByText('This could not be loaded').waitFor();
  await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
  await page.context().close();
});

it('values that only a newer broker knows break no page', async () => {
  const page = await openWith(
    /\/api\/v1\/(?!me|events|providers)/,
    async (route) => {
      const answer = await route.fetch();
      const novel = (await answer.text()).replaceAll(
        /"(status|kind|unit|per|what|scope|stopped_by)":"\w+"/g,
        '"$1":"novel"',
      );
      await route.fulfill({ response: answer, body: novel });
    },
    '/',
  );
  const { grants, calls } = dashboard.busy.state;
  const about = { id: 'al_1', kind: 'novel', details: {}, grant: grants[0], provider_key: null };
  const alert = {
    ...about,
    device_name: null,
    times: 1,
    raised_at: '2026-11-23T08:00:00Z',
    last_at: '2026-11-23T08:00:00Z',
    acknowledged_at: null,
  };
  await page.route(/\/api\/v1\/alerts\?/, (route) => route.fulfill({ json: { data: [alert], next: null } }));
  const pages = ['', 'apps', 'delegation', 'activity', 'alerts', 'audit', 'accounts', 'devices', 'developer'];
  for (const path of [...pages, `apps/${grants[0]?.id}`, `activity/${calls[0]?.id}`]) {
    await page.goto(`${dashboard.busy.url}/${path}`);
    await page.locator('h1').waitFor();
    await page.waitForFunction(() => !document.querySelector('main .placeholder'));
    expect(await page.locator('main').textContent(), path).not.toMatch(/Something broke|undefined|NaN/);
  }
  await page.goto(`${dashboard.busy.url}/alerts`);
  await page.getByText(`Something happened with ${grants[0]?.name}`).waitFor();
  await page.context().close();
});

it('says beforehand where the own limit leaves less than the budget that is typed', async () => {
  const month = { unit: 'usd', per: 'month', amount: '20', settled: '16.8', held: '0', remaining: '3.2' };
  const json = { house_max_usd: '1000', own: [{ ...month, window_ends_at: null, reset: null }], data: [] };
  const page = await openWith(
    /\/api\/v1\/ceilings/,
    (route) => route.fulfill({ json }),
    '/connect?app=other',
  );
  const line = page.getByText('Your own limit leaves $3.20 this month; calls stop there.');
  await line.waitFor();
  await page.getByLabel('US dollars').fill('3');
  await line.waitFor({ state: 'detached' });
  await page.context().close();
});

/** Holds answers back until `release` is called. */
const gate = () => {
  let release = (): void => {};
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { opened, release };
};

it('what a stop reaches is not told before it is known', async () => {
  const { opened, release } = gate();
  const page = await openWith(
    /\/api\/v1\/grants\?status=active/,
    (route) => opened.then(() => route.continue()),
    '/',
  );
  await page.getByRole('button', { name: 'Stop everything' }).click();
  const dialog = page.getByRole('dialog', { name: 'Stop everything?' });
  await dialog.getByText('Nothing is lost').waitFor();
  expect(await dialog.getByText('Nothing uses it now').count()).toBe(0);
  expect(await dialog.getByRole('button', { name: 'Stop now' }).count()).toBe(1);
  release();
  await dialog.getByText('Stops at once:').waitFor();
  await page.context().close();
});

it('that everything is stopped stands on every page, once, with the way back', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/`);
  await page.getByRole('button', { name: 'Stop everything' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop now' }).click();
  const said = page.getByText('Everything is stopped', { exact: true });
  for (const path of ['', 'apps', 'accounts', 'alerts', 'settings']) {
    await page.goto(`${dashboard.busy.url}/${path}`);
    await said.waitFor();
    expect(await said.count(), path).toBe(1);
  }
  await page.getByRole('button', { name: 'Resume Everything' }).click();
  await said.waitFor({ state: 'detached' });
  await page.context().close();
});

it('a button stays busy until the page shows what it did', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/apps`);
  const { opened, release } = gate();
  await page.route(/\/api\/v1\/grants\?/, (route) => opened.then(() => route.continue()));
  await page.getByRole('button', { name: 'Pause Acme Writer' }).click();
  await page.getByText('is paused. Its calls are refused').waitFor();
  const button = page.getByRole('button', { name: 'Pause Acme Writer' });
  expect(await button.getAttribute('aria-disabled')).toBe('true');
  release();
  await page.getByRole('button', { name: 'Resume Acme Writer' }).click();
  await page.getByText('can spend again').waitFor();
  await page.context().close();
});

it('a call that is running is told until it has ended', async () => {
  const call = dashboard.busy.state.calls.find(({ status }) => status === 'admitted')!;
  const page = await dashboard.open(`${dashboard.busy.url}/activity/${call.id}`);
  await page.getByText('Running', { exact: true }).waitFor();
  dashboard.busy.state.calls = dashboard.busy.state.calls.map((each) =>
    each.id === call.id ? { ...each, status: 'settled' } : each,
  );
  await page.getByText('Settled', { exact: true }).waitFor();
  await page.context().close();
});

it('that an access has ended is said where others stand in place of its tree', async () => {
  const ended = dashboard.busy.state.grants.find(({ status }) => status === 'revoked')!;
  const page = await dashboard.open(`${dashboard.busy.url}/delegation?grant_id=${ended.id}`);
  await page.getByText('This access has ended.').first().waitFor();
  await page.getByRole('link', { name: 'All', exact: true }).click();
  await page.getByRole('link', { name: ended.name, exact: true }).waitFor();
  await page.context().close();
});

it('a name of any length breaks no page and no dialog on a phone', async () => {
  const name = `Observatory_of_${'competitors'.repeat(8)}`;
  const { grants } = dashboard.busy.state;
  dashboard.busy.state.grants = grants.map((grant) => ({ ...grant, name, client: null }));
  const page = await dashboard.open(`${dashboard.busy.url}/settings`);
  await page.setViewportSize({ width: 320, height: 640 });
  const widest = () =>
    page.evaluate(() => {
      const dialog = document.querySelector('dialog[open]');
      return Math.max(document.documentElement.scrollWidth, dialog ? dialog.scrollWidth : 0);
    });
  for (const path of ['/', '/apps', '/delegation', '/alerts', `/apps/${grants[0]?.id}`, '/devices']) {
    await page.goto(dashboard.busy.url + path);
    await page.getByText(name).first().waitFor();
    expect(await widest(), path).toBeLessThanOrEqual(320);
  }
  await page.goto(`${dashboard.busy.url}/apps`);
  await page
    .getByRole('button', { name: /^Revoke/ })
    .first()
    .click();
  await page.getByRole('dialog').waitFor();
  expect(await widest(), 'dialog').toBeLessThanOrEqual(320);
  dashboard.busy.state.grants = grants;
  await page.context().close();
});

it('Escape closes the menu of a phone and gives the focus back', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/settings`);
  await page.setViewportSize({ width: 390, height: 800 });
  const menu = page.getByRole('button', { name: 'Menu' });
  await menu.click();
  await page.keyboard.press('Tab');
  await page.getByRole('link', { name: 'Delegation' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Delegation' }).waitFor({ state: 'hidden' });
  await menu.and(page.locator(':focus')).waitFor();
  await page.context().close();
});

it('a page that broke says so under a heading and can be loaded again', async () => {
  const broken = { status: 200, json: { data: [null], next_cursor: null } };
  const page = await openWith(/\/api\/v1\/clients/, (route) => route.fulfill(broken), '/developer');
  await page.getByRole('heading', { name: 'Something broke on this page' }).waitFor();
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Load again' }).click();
  await page.getByRole('heading', { name: 'Developer apps' }).waitFor();
  await page.context().close();
});

it('a value that cannot be copied is said to be so', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/developer`);
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error('denied'));
  });
  await page.getByRole('button', { name: /^Copy/ }).first().click();
  await page.getByText('Not copied: select it instead').first().waitFor();
  expect(dashboard.problems.filter((problem) => problem.includes('denied'))).toEqual([]);
  await page.context().close();
});
