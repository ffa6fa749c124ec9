// What an owner does, in a real browser against the stand-in API: revoking by keyboard alone, connecting and seeing the
// first call, losing the session. Also the weight of the first load.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Dashboard, startDashboard } from './browser.ts';

const MAX_FIRST_LOAD_BYTES = 200_000;

// A page takes about a second; the machine may be busy with other things.
vi.setConfig({ testTimeout: 60_000 });

let dashboard: Dashboard;
beforeAll(async () => {
  dashboard = await startDashboard();
});
afterAll(() => dashboard?.close());

const focusedName = (page: Page): Promise<string> =>
  page.evaluate(
    () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
  );

/** Waits until the focus is on the control of this name. */
const whenFocused = (page: Page, name: string): Promise<void> =>
  expect.poll(() => focusedName(page)).toBe(name);

/** Presses Tab until the focus is on the control of this name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    if ((await focusedName(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reached ${name}`);
}

it('revokes an app by keyboard alone: asked first, nothing on Enter by itself, confirmed with the server’s figures', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/apps`);
  const grant = () => dashboard.busy.state.grants.find(({ name }) => name === 'Shelf Scan');
  await tabTo(page, 'Revoke Shelf Scan');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Revoke Shelf Scan?' }).waitFor();
  await whenFocused(page, 'Cancel');

  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await whenFocused(page, 'Revoke Shelf Scan');
  expect(grant()?.status).toBe('active');

  await page.keyboard.press('Enter');
  await tabTo(page, 'Revoke access');
  await page.keyboard.press('Enter');
  await page.getByText('Shelf Scan is revoked: 1 grant stopped, 1 running call cut.').waitFor();
  await page.getByRole('link', { name: 'Shelf Scan' }).waitFor({ state: 'detached' });
  expect(grant()?.status).toBe('revoked');
  await page.waitForFunction(() => document.activeElement?.textContent === 'Connected apps');
  await page.context().close();
});

it('resets a limit once it was asked: what was spent stays, and counts against the others', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/apps/gr_2vQ8pNfW1acmeWriter`);
  const limits = () =>
    dashboard.busy.state.grants.find(({ name }) => name === 'Acme Writer')?.parts[0]?.limits;
  await page.getByRole('meter', { name: '$4.13 of $5.00 today' }).waitFor();
  await page.getByRole('button', { name: 'Reset: US dollars a day' }).click();
  const dialog = page.getByRole('dialog', { name: 'Reset “US dollars a day”?' });
  await dialog.getByText('stops counting against this limit; the record of it stays').waitFor();
  await whenFocused(page, 'Cancel');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(limits()?.[0]?.settled).toBe('4.1275');

  await page.getByRole('button', { name: 'Reset: US dollars a day' }).click();
  await dialog.getByRole('button', { name: 'Reset limit' }).click();
  await page.getByText('“US dollars a day” is reset.').waitFor();
  await page.getByRole('meter', { name: '$0.00 of $5.00 today' }).waitFor();
  await page.getByText('reset: $4.13 before does not count').waitFor();
  expect(limits()?.map(({ settled }) => settled)).toEqual(['0', '17.2841', 4]);
  expect(await page.getByRole('button', { name: 'Reset: US dollars a day' }).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Reset: US dollars a month' }).count()).toBe(1);
  await page.context().close();
});

it('pauses at once and resumes', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/apps`);
  await page.getByRole('button', { name: 'Pause First try' }).click();
  await page.getByRole('button', { name: 'Resume First try' }).click();
  await page.getByText('First try can spend again.').waitFor();
  expect(dashboard.busy.state.grants.find(({ name }) => name === 'First try')?.status).toBe('active');
  await page.context().close();
});

it('connects a program from the list: its account, its name, the values in its own files, the tick, and no token in the URL', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/connect`);
  await tabTo(page, 'Codex');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Connect Codex' }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  await expect.poll(() => page.getByLabel('What is it for?').inputValue()).toBe('Codex');
  await expect.poll(() => page.getByLabel('OpenAI').isChecked()).toBe(true);
  expect(await page.getByLabel('Anthropic').count()).toBe(0);
  await page.getByLabel('Sandbox').check();
  await page.waitForURL('**/connect?app=codex&provider=sandbox');
  await page.reload();
  await page.getByRole('button', { name: /^Create a token/ }).click();

  await page.getByText('the Responses API').waitFor();
  await page.getByText('Tried once with these values').waitFor();
  const more = page.getByRole('link', { name: 'More about Codex' });
  expect(await more.getAttribute('href')).toBe('/docs/connect/codex');
  const file = page.getByRole('region', { name: 'Paste into ~/.codex/config.toml' });
  await file.getByText(`base_url = "${dashboard.busy.url}/sandbox/v1"`).waitFor();
  const token = await page.getByText(/^vk_/).first().textContent();
  await page.getByText(`export VALETKEY_TOKEN='${token}'`).waitFor();
  const headers = { authorization: `Bearer ${token}` };
  await fetch(`${dashboard.busy.url}/sandbox/v1/chat/completions`, { method: 'POST', headers });
  await page.getByText('The first call arrived.').waitFor();
  expect(page.url()).toBe(`${dashboard.busy.url}/connect?app=codex&provider=sandbox`);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Connect Codex' }).waitFor();
  expect(await page.getByText('vk_').count()).toBe(0);
  await page.context().close();
});

it('says which account a program needs, and leads to adding its key', async () => {
  const page = await dashboard.open(`${dashboard.fresh.url}/connect?app=claude-code`);
  await page.getByText('Claude Code needs an AI account of Anthropic.').waitFor();
  await page.getByRole('link', { name: 'Add a key' }).click();
  await page.waitForURL('**/accounts?add=anthropic');
  await page.goto(`${dashboard.fresh.url}/connect?app=constructor`);
  await page.getByRole('link', { name: 'Claude Code' }).waitFor();
  await page.context().close();
});

it('connects a tool, shows its token once and ticks when the first call arrives', async () => {
  const page = await dashboard.open(`${dashboard.fresh.url}/connect?app=other`);
  await page.getByLabel('What is it for?').fill('Notebook');
  await page.getByLabel('US dollars').fill('0.25');
  await page.getByLabel('Counted').selectOption('day');
  await page.getByRole('button', { name: 'Create a token for up to $0.25 each day' }).click();
  const token = await page.getByText(/^vk_/).first().textContent();
  expect(dashboard.fresh.state.grants[0]?.authorization_details[0]?.limits).toEqual({ daily_spend: '0.25' });

  const headers = { authorization: `Bearer ${token}` };
  await fetch(`${dashboard.fresh.url}/sandbox/v1/chat/completions`, { method: 'POST', headers });
  await page.getByText('The first call arrived.').waitFor();
  expect(page.url()).not.toContain('vk_');
  await page.getByRole('link', { name: 'Open its page' }).click();
  await page.getByRole('heading', { name: 'Notebook', exact: true }).waitFor();
  expect(await page.getByText('vk_').count()).toBe(0);
  await page.context().close();
});

it('tries a new grant with a model that can chat, and offers no chat where none can', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/connect?provider=sandbox`);
  const connectTo = async (...models: string[]) => {
    await page.getByLabel('What is it for?').fill('Search');
    await page.getByLabel('Only these').check();
    for (const model of models) await page.getByLabel(model).check();
    await page.getByRole('button', { name: /^Create a token/ }).click();
    await page.getByRole('heading', { name: 'Search is ready to connect' }).waitFor();
  };
  await connectTo('Sandbox embed', 'Sandbox small');
  await page.getByRole('heading', { name: 'Or start from code' }).waitFor();
  await page.getByText('"model":"sandbox-small"').waitFor();
  await page.getByRole('button', { name: 'Connect another' }).click();
  const priced = page.waitForResponse(/prices\/model\?.*sandbox-embed/);
  await connectTo('Sandbox embed');
  await (await priced).finished();
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
  expect(await page.getByRole('heading', { name: 'Or start from code' }).count()).toBe(0);
  await page.context().close();
});

it('shows what was done elsewhere without being asked, and leaves alone what is being typed', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/accounts`);
  await page.getByRole('button', { name: 'Add a key' }).click();
  const typed = page.getByRole('dialog', { name: 'Add a provider key' }).getByLabel('API key');
  await typed.fill('a-key-half-ty');
  // This page never looks by itself.
  const added = await fetch(`${dashboard.busy.url}/api/v1/provider-keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ provider: 'mistral', label: 'From a terminal', key: 'a-key-of-mistral-8642' }),
  });
  expect(added.status).toBe(201);
  await page.getByText('…8642').waitFor({ state: 'attached' });
  expect(await typed.inputValue()).toBe('a-key-half-ty');
  await page.context().close();
});

it('adds the key that a consent page asked for and leads back to it', async () => {
  const start = `${dashboard.busy.url}/accounts?add=google&return_to=/consent/abc`;
  const page = await dashboard.open(start);
  const dialog = page.getByRole('dialog', { name: 'Add a provider key' });
  await expect.poll(() => dialog.getByLabel('Provider').inputValue()).toBe('google');
  await dialog.getByLabel('API key').fill('a-key-of-google-1234');
  await dialog.getByRole('button', { name: 'Add a key' }).click();
  await dialog.waitFor({ state: 'detached' });
  const back = page.getByRole('link', { name: 'Back to its request' });
  expect(await back.getAttribute('href')).toBe('/consent/abc');

  await page.goto(start);
  await page.getByText('…1234').waitFor();
  await back.waitFor();
  expect(await dialog.count()).toBe(0);
  await page.goto(`${dashboard.busy.url}/accounts?return_to=//evil.example/consent/abc`);
  await page.getByText('…1234').waitFor();
  expect(await back.count()).toBe(0);
  await page.context().close();
});

it('keeps the form that a link opened although its key arrives another way meanwhile', async () => {
  const page = await dashboard.open(`${dashboard.fresh.url}/accounts?add=openai`);
  const typed = page.getByRole('dialog', { name: 'Add a provider key' }).getByLabel('API key');
  await typed.fill('a-key-half-ty');
  const readAgain = page.waitForResponse((response) => response.url().endsWith('/api/v1/providers'));
  const added = await fetch(`${dashboard.fresh.url}/api/v1/provider-keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ provider: 'openai', label: 'From a terminal', key: 'a-key-of-openai-9753' }),
  });
  expect(added.status).toBe(201);
  await Promise.all([readAgain, page.getByText('…9753').waitFor({ state: 'attached' })]);
  expect(await typed.inputValue()).toBe('a-key-half-ty');
  await page.keyboard.press('Escape');
  await typed.waitFor({ state: 'detached' });
  await page.waitForURL(({ search }) => search === '');
  await page.context().close();
});

it('edits a limit and refuses what is not an amount', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/apps/gr_2vQ8pNfW1acmeWriter?edit=limits`);
  const daily = page.getByLabel('US dollars a day', { exact: true });
  await daily.fill('lots');
  await page.getByText('Write an amount such as 5 or 0.25.').waitFor();
  await page.getByRole('button', { name: 'Save limits' }).click();
  await daily.fill('7.5');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await page.getByText('The limits of Acme Writer are changed.').waitFor();
  const grant = dashboard.busy.state.grants.find(({ name }) => name === 'Acme Writer');
  expect(grant?.authorization_details[0]?.limits).toMatchObject({
    daily_spend: '7.5',
    max_output_tokens: 4096,
  });
  await page.waitForURL(({ search }) => search === '');
  await page.context().close();
});

it('saves no limits over what was changed meanwhile: it says so, and begins again with how it is now', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/apps/gr_2vQ8pNfW1acmeWriter?edit=limits`);
  const dialog = page.getByRole('dialog', { name: 'Limits of Acme Writer' });
  await dialog.getByRole('button', { name: 'Save limits' }).waitFor();
  const { grants } = dashboard.busy.state;
  const at = grants.findIndex(({ name }) => name === 'Acme Writer');
  const [detail] = grants[at]!.authorization_details;
  const raised = { ...detail!, limits: { monthly_spend: 77 } };
  grants[at] = { ...grants[at]!, version: 'raised', authorization_details: [raised] };
  await dialog.getByRole('button', { name: 'Save limits' }).click();
  await dialog.getByText('It was changed since you read it').waitFor();
  await dialog.getByRole('button', { name: 'Begin again with how it is now' }).click();
  await expect.poll(() => dialog.getByRole('textbox').first().inputValue()).toBe('77');
  expect(grants[at]?.authorization_details).toEqual([raised]);
  await dialog.getByRole('button', { name: 'Save limits' }).click();
  await page.getByText('The limits of Acme Writer are changed.').waitFor();
  await page.context().close();
});

it('shows who spends through whom, and folds a branch by keyboard', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/delegation`);
  const tree = page.getByRole('list', { name: 'Claude Code on the laptop and what was delegated from it' });
  await tree.getByRole('link', { name: 'run-tests' }).waitFor();
  expect(await tree.getByText('named by its parent').count()).toBe(3);
  expect(await tree.getByText('app that proved itself').count()).toBe(1);
  expect(await tree.getByRole('link', { name: 'lint' }).count()).toBe(0);
  await tabTo(page, '2 below refactor the parser');
  await page.keyboard.press('Enter');
  await tree.getByRole('link', { name: 'run-tests' }).waitFor({ state: 'hidden' });
  await page.keyboard.press('Enter');
  await tree.getByRole('link', { name: 'run-tests' }).click();
  await page.getByText('Delegated by refactor the parser').waitFor();
  await page.context().close();
});

it('lists as apps only what the owner gave, and how much each delegated', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/apps`);
  const counts = page.getByRole('link', { name: /delegated$/ });
  await expect.poll(() => counts.allTextContents()).toEqual(['+ 4 delegated']);
  expect(await page.getByRole('link', { name: 'refactor the parser' }).count()).toBe(0);
  await page.goto(dashboard.busy.url);
  const spend = page.getByRole('region', { name: 'Spend by app' });
  await spend.getByRole('row', { name: /Claude Code on the laptop \+ 4 delegated/ }).waitFor();
  expect(await spend.getByRole('row', { name: /refactor|run-tests/ }).count()).toBe(0);
  await counts.first().click();
  await page.getByRole('heading', { level: 1, name: 'Delegation' }).waitFor();
  await page.context().close();
});

it('names the way each call came, from the app down', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/activity`);
  const way = 'Claude Code on the laptop › refactor the parser › run-tests';
  await page.getByRole('cell').filter({ hasText: way }).first().waitFor();
  await page.getByLabel('App').selectOption(way);
  await page.waitForURL('**/activity?grant_id=gr_c2runTests');
  await page.context().close();
});

it('revokes a branch with all below it, told before and confirmed after', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/delegation`);
  await page.getByRole('button', { name: 'Revoke refactor the parser' }).click();
  const dialog = page.getByRole('dialog', { name: 'Revoke refactor the parser?' });
  await dialog.getByText('2 grants that were delegated from it stop with it.').waitFor();
  await dialog.getByRole('button', { name: 'Revoke 3 grants' }).click();
  await page.getByText('refactor the parser is revoked: 3 grants stopped, 1 running call cut.').waitFor();
  await page.getByRole('link', { name: 'run-tests' }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Doc Reviewer' }).waitFor();
  await page.context().close();
});

it('draws this month alone, reads out each day by keyboard, and has the same figures as a table', async () => {
  const { usage } = dashboard.busy.state;
  const days = ['2026-01-31 9', '2026-02-01 1.5', '2026-02-02 0', '2026-02-03 0.0042'];
  const by_day = days.map((text) => ({ day: text.slice(0, 10), usd: text.slice(11), calls: 3 }));
  dashboard.busy.state.usage = { ...usage, by_day };
  const page = await dashboard.open(dashboard.busy.url);
  const summary = 'Spend by day: $1.50 this month, most on 1 Feb with $1.50.';
  const chart = page.getByRole('slider', { name: summary });
  const valueText = () => chart.getAttribute('aria-valuetext');
  await expect.poll(valueText).toBe('3 Feb: $0.0042, 3 calls');
  await tabTo(page, summary);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(valueText).toBe('2 Feb: $0.00, 3 calls');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('link', { name: '1 Feb: $1.50, 3 calls' }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\?status=counted&from=2026-02-01&to=2026-02-01$/);
  await page.goBack();
  await page.getByRole('link', { name: 'Table', exact: true }).click();
  const rows = page.getByRole('table', { name: 'Spend by day' }).getByRole('row');
  await expect
    .poll(() => rows.allTextContents())
    .toEqual(['Day (UTC)CallsSpend', '3 Feb3$0.0042', '2 Feb3$0.00', '1 Feb3$1.50']);
  dashboard.busy.state.usage = { ...usage, by_day: by_day.map((each) => ({ ...each, usd: '0' })) };
  await page.goto(dashboard.busy.url);
  await page.getByText('No spend this month.').waitFor();
  dashboard.busy.state.usage = usage;
  await page.context().close();
});

it('keeps filters in the URL', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/activity`);
  await page.getByLabel('Status').selectOption('refused');
  await page.waitForURL('**/activity?status=refused');
  await page.reload();
  await page.getByText('insufficient_budget').locator('visible=true').first().waitFor();
  expect(await page.getByText('Settled', { exact: true }).locator('visible=true').count()).toBe(0);
  await page.context().close();
});

it('narrows calls by model and day, and from nothing back to all', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/activity`);
  const option = page.getByLabel('Model').locator('option', { hasText: 'gpt-5-mini' }).first();
  await page.getByLabel('Model').selectOption(await option.getAttribute('value'));
  await page.waitForURL(/\/activity\?.*model=gpt-5-mini/);
  await page.getByRole('link', { name: 'Today', exact: true }).click();
  await page.waitForURL(/from=(\d{4}-\d\d-\d\d)&to=\1/);
  const current = page.getByRole('navigation', { name: 'Period' }).locator('[aria-current]');
  await expect.poll(() => current.allTextContents()).toEqual(['Today']);
  const csv = page.getByRole('link', { name: 'Export as CSV' });
  const query = new URL(page.url()).search.slice(1);
  for (const each of query.split('&')) await expect.poll(() => csv.getAttribute('href')).toContain(each);
  await page.getByLabel('From (UTC)').fill('2020-01-01');
  await page.getByLabel('To (UTC)').fill('2020-01-02');
  await page.getByText('No call matches these filters.').waitFor();
  await page.getByLabel('To (UTC)').fill('2019-12-31');
  await page.getByText('The last day lies before the first one: no call can match.').waitFor();
  await csv.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Clear filters' }).last().click();
  await page.waitForURL(/\/activity$/);
  await page.getByRole('cell').first().waitFor();
  await page.context().close();
});

it('leads from a call to how it was allowed, and from there to the grants on its way', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/activity?grant_id=gr_c2runTests`);
  await page
    .getByRole('link', { name: /^How it was allowed: request/ })
    .first()
    .click();
  await page.getByRole('heading', { level: 1, name: 'How this call was allowed' }).waitFor();
  const tree = page.getByRole('list', { name: 'Links of the chain as they stood' });
  await expect.poll(() => tree.getByText('drawn on').count()).toBeGreaterThan(2);
  await tree.getByRole('link', { name: 'run-tests' }).click();
  await page.getByRole('heading', { level: 1, name: 'run-tests' }).waitFor();
  await page.context().close();
});

it('says why a call was refused, and leads to what that means', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/activity?status=refused`);
  await page
    .getByRole('link', { name: /^Why it was refused: request/ })
    .first()
    .click();
  await page.getByRole('heading', { level: 1, name: 'Why this call was refused' }).waitFor();
  const meaning = page.getByRole('link', { name: 'What it means' });
  expect(await meaning.getAttribute('href')).toMatch(
    /^\/docs\/errors\/(insufficient_budget|model_not_permitted)$/,
  );
  await page.getByText('would have been drawn on').first().waitFor();
  await page.context().close();
});

it('stops all access of an app and resumes it; what it says names both apart from pausing', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/apps/gr_2vQ8pNfW1acmeWriter`);
  await page.getByRole('button', { name: 'Stop app Acme Writer' }).click();
  const dialog = page.getByRole('dialog', { name: 'Stop all access of Acme Writer?' });
  await dialog.getByText('To stop this one access only, pause it instead.').waitFor();
  await dialog.getByRole('button', { name: 'Stop now' }).click();
  await page.getByText('Acme Writer is stopped: 1 grant held').waitFor();
  await page.getByText('Stopped with its app').waitFor();
  await page.getByRole('link', { name: 'Connected apps' }).first().click();
  await page.getByText('Acme Writer is stopped', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Resume app Acme Writer' }).click();
  await page.getByText('Acme Writer goes on.').waitFor();
  expect(dashboard.busy.state.stops).toEqual([]);
  await page.context().close();
});

it('shows who changed what, filtered in the URL, page after page, with each entry a key away', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/audit`);
  const rows = page.getByRole('table').getByRole('row');
  await rows.nth(50).waitFor();
  await page.getByRole('button', { name: 'Older changes' }).click();
  await rows.nth(60).waitFor();
  await page.getByLabel('About').selectOption('sign_in');
  await page.waitForURL('**/audit?topic=sign_in');
  await page.reload();
  await page.getByText('Wrong password').first().waitFor();
  expect(await page.getByText('Access changed').count()).toBe(0);
  const entry = page.locator('summary').first();
  await entry.focus();
  await page.keyboard.press('Enter');
  await page.getByText('"kind": "owner.sign_in_failed"').first().waitFor();
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('everything is in place and unchanged').waitFor();
  expect(await page.getByRole('link', { name: 'Export', exact: true }).getAttribute('href')).toBe(
    '/api/v1/audit/export',
  );
  await page.context().close();
});

it('leaves for the sign-in page when the session is gone, and comes back to the same view', async () => {
  dashboard.fresh.isSignedIn = false;
  const page = await dashboard.open(`${dashboard.fresh.url}/activity?status=refused`);
  await page.waitForURL('**/sign-in?return_to=%2Factivity%3Fstatus%3Drefused');
  dashboard.fresh.isSignedIn = true;
  await page.context().close();
});

it('gives the heading the focus after navigation', async () => {
  const page = await dashboard.open(`${dashboard.busy.url}/`);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  await expect.poll(() => page.title()).toBe('Settings · Valetkey');
  await page.context().close();
});

it.each(['en', 'de'])('loads for the first time in under 200 KB gzipped, in %s', async (locale) => {
  const page = await dashboard.open(`${dashboard.busy.url}/`, { locale });
  const loaded = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
  );
  const files = [...new Set(loaded)].filter((path) => path.startsWith('/assets/'));
  const sizes = await Promise.all(
    files.map(async (path) => gzipSync(await readFile(join(dashboard.dist, path))).length),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(MAX_FIRST_LOAD_BYTES);
  await page.context().close();
});

it('has no script or style inline', async () => {
  const index = await readFile(join(dashboard.dist, 'index.html'), 'utf8');
  expect(index).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)/);
});
