// Delegation as its owner sees it, in a real browser in front of the whole house: agents make children of what they were given, the owner
// sees who spends through whom and cuts a branch.

import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type House, startHouse } from '../house/start-house.ts';
import { startDemoApp } from './demo-app.ts';
import { ASKED, call, child, grant } from './grants.ts';
import { openPage, whenLoaded } from './open-page.ts';
import { openSignedIn } from './sign-in.ts';

// A page takes about a second; the machine may be busy with other things.
vi.setConfig({ testTimeout: 60_000 });

let browser: Browser;
let house: House;
let page: Page;
let storageState: Exclude<BrowserContextOptions['storageState'], string | undefined>;
beforeAll(async () => {
  [browser, house] = await Promise.all([launchChromium(), startHouse({ hostname: 'localhost' })]);
  const door = await openPage(browser);
  await openSignedIn(door, `${house.url}/settings`);
  storageState = await door.context().storageState();
  await door.context().close();
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

const spentOf = async (id: string): Promise<string> =>
  (await house.api('GET', `/grants/${id}`)).body.spent.total_usd;

/** A tree of the owner's: `name` above a worker, above a helper that has made a call. */
const plant = async (name: string) => {
  const top = await grant(house, name, {
    ...ASKED,
    limits: { monthly_spend: 10 },
    delegation: { max_depth: 2 },
  });
  const worker = await child(house, top.id, `${name} worker`, {
    limits: { total_spend: 1 },
    delegation: { max_depth: 1 },
  });
  const helper = await child(house, worker.grant_id, `${name} helper`, { limits: { total_spend: 0.5 } });
  await call(house, helper.token);
  // A call is settled some time after its answer.
  await expect.poll(async () => Number(await spentOf(helper.grant_id))).toBeGreaterThan(0);
  return { top, worker, helper };
};

const treeOf = (name: string) => page.getByRole('list', { name: `${name} and what was delegated from it` });

it('a call of a child is spent on every link, told with its way, and summed once', async () => {
  const { top, worker, helper } = await plant('Planner');
  const spent = await Promise.all([top.id, worker.grant_id, helper.grant_id].map(spentOf));
  expect(new Set(spent).size).toBe(1);

  await open('/delegation');
  const tree = treeOf('Planner');
  for (const amount of ['$10.00 this month', '$1.00 in total', '$0.50 in total'])
    await tree.getByRole('meter', { name: new RegExp(`^\\$0\\.0\\d+ of \\${amount}$`) }).waitFor();
  await expect.poll(() => tree.getByText('named by its parent').count()).toBe(2);

  await open('/');
  const total = page.getByRole('region', { name: 'Spend by app' }).getByRole('row', { name: /^Planner/ });
  await total.getByText('+ 2 delegated').waitFor();
  expect(await page.getByRole('row', { name: /^Planner (worker|helper)/ }).count()).toBe(0);
  await expect.poll(async () => (await house.api('GET', '/usage')).body.total_usd).toBe(spent[0]);

  await open('/activity');
  await page.getByRole('cell', { name: /^Planner › Planner worker › Planner helper/ }).waitFor();
  await page.getByRole('link', { name: 'Planner worker' }).click();
  await page.getByText('Delegated by Planner, named by its parent').waitFor();
});

it('a branch that is revoked ends with all below it, and nothing beside it', async () => {
  const { top, worker, helper } = await plant('Editor');
  const sibling = await child(house, top.id, 'Editor sibling', { limits: { total_spend: 1 } });
  await open(`/delegation?grant_id=${worker.grant_id}`);
  await page.getByRole('heading', { level: 1, name: 'Delegation of Editor' }).waitFor();
  await page.getByRole('button', { name: 'Revoke Editor worker' }).click();
  const dialog = page.getByRole('dialog', { name: 'Revoke Editor worker?' });
  await dialog.getByText('1 grant that was delegated from it stops with it.').waitFor();
  await dialog.getByRole('button', { name: 'Revoke 2 grants' }).click();
  await page.getByText('Editor worker is revoked: 2 grants stopped, 0 running calls cut.').waitFor();

  const { requests } = house.simulators.openai.counters();
  for (const { token } of [worker, helper]) expect(await call(house, token)).toContain('token_revoked');
  expect(house.simulators.openai.counters().requests).toBe(requests);
  for (const { token } of [top, sibling]) expect(await call(house, token)).toContain('simulated');

  await page.getByRole('link', { name: 'Editor helper' }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Editor sibling' }).waitFor();
  await page.getByRole('link', { name: 'All', exact: true }).click();
  await page.getByRole('link', { name: 'Editor helper' }).waitFor();
});

it('what hangs below a paused grant is shown as stopped above', async () => {
  const { top } = await plant('Mixer');
  await open(`/apps/${top.id}`);
  await page.getByRole('button', { name: 'Pause Mixer' }).click();
  await page.getByText('Mixer is paused.').waitFor();
  await expect.poll(() => page.getByText('Stopped above').count()).toBe(2);
});

it('an app that another one hands a token to stands in the tree under its own name', async () => {
  const [app, other] = [await startDemoApp(house), await startDemoApp(house, 'Fare Finder')];
  const asking = await app.ask([{ ...ASKED, delegation: { max_depth: 1 } }]);
  await page.goto(asking.url);
  await page.getByLabel('Let it share this limit').check();
  await page.getByRole('button', { name: /^Allow/ }).click();
  await page.waitForURL(`${app.origin}/callback?**`);
  const { access_token: token } = await asking.tokens();
  const { provider, models, capabilities } = ASKED;
  const details = { type: 'ai_model_access', provider, models, capabilities, limits: { total_spend: 1 } };
  const response = await fetch(`${house.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: app.clientId,
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_actor: other.clientId,
      authorization_details: JSON.stringify([details]),
    }),
  });
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('access_token')]);

  await open('/delegation');
  const tree = treeOf('Acme Writer');
  await tree.getByText('app named by its parent').waitFor();
  await tree.getByRole('link', { name: 'Fare Finder' }).click();
  await page.getByText('Delegated by Acme Writer, app named by its parent').waitFor();
  await open('/apps');
  await page.locator('main').getByRole('link', { name: 'Acme Writer' }).first().waitFor();
  expect(await page.locator('main').getByRole('link', { name: 'Fare Finder' }).count()).toBe(0);
  for (const each of [app, other]) each.close();
});
