// To whom an app may delegate, decided in a real browser: on the consent page, also without any script and on the smallest phone, and
// later on the app's page. What was shown is what is stored, and a child outside it is refused at its next call.

import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type House, startHouse } from '../house/start-house.ts';
import { type DemoApp, startDemoApp } from './demo-app.ts';
import { ASKED, call, child, grant } from './grants.ts';
import { openPage, whenLoaded } from './open-page.ts';
import { openSignedIn } from './sign-in.ts';

// A page takes about a second; the machine may be busy with other things.
vi.setConfig({ testTimeout: 60_000 });

let browser: Browser;
let house: House;
let app: DemoApp;
let other: DemoApp;
beforeAll(async () => {
  [browser, house] = await Promise.all([launchChromium(), startHouse({ hostname: 'localhost' })]);
  [app, other] = [await startDemoApp(house), await startDemoApp(house, 'Fare Finder')];
});
afterAll(async () => {
  for (const each of [app, other]) each?.close();
  await Promise.all([browser?.close(), house?.close()]);
});

const withPage = async (options: object, look: (page: Page) => Promise<void>): Promise<void> => {
  const page = await openPage(browser, [], options);
  await openSignedIn(page, `${house.url}/settings/passkeys`);
  await look(page);
  await page.context().close();
};

const isWithin = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth');

const grantedTo = async (clientId: string) => {
  const { body } = await house.api('GET', '/grants');
  return body.data.find((each: { client: { id: string } | null }) => each.client?.id === clientId);
};

it('the owner narrows how deep and to whom without any script, at 320 px, and that is what is stored', async () => {
  const to = ['own_agents', other.clientId, 'https://fares.example/client.json'];
  const asking = await app.ask([{ ...ASKED, delegation: { max_depth: 3, to } }]);
  const smallPhone = { javaScriptEnabled: false, viewport: { width: 320, height: 700 } };
  await withPage(smallPhone, async (page) => {
    await page.goto(asking.url);
    const names = `its own agents, Fare Finder (${other.clientId}) and unknown app (https://fares.example/client.json)`;
    await page.getByText(`It asks to let ${names} spend from this limit, 3 levels deep.`).waitFor();
    const box = page.getByLabel('Let it share this limit');
    expect([await box.isChecked(), await page.getByLabel('How deep').isVisible()]).toEqual([false, false]);
    await box.check();
    await page.getByLabel('How deep').selectOption('2 levels');
    for (const each of ['Fare Finder', 'https://fares.example']) await page.getByLabel(each).uncheck();
    expect(await isWithin(page)).toBe(true);
    await page.getByRole('button', { name: /^Allow/ }).click();
    await page.waitForURL(`${app.origin}/callback?**`);
  });
  const { authorization_details: given } = (await asking.tokens()) as { authorization_details: unknown };
  const narrowed = { max_depth: 2, to: ['own_agents'] };
  expect(given).toMatchObject([{ delegation: narrowed }]);
  expect(await grantedTo(app.clientId)).toMatchObject({
    authorization_details: [{ delegation: narrowed }],
    parts: [
      { lines: expect.arrayContaining(['It may let its own agents spend from this limit, 2 levels deep']) },
    ],
  });
});

it('an owner who chooses nobody is asked again, and one who leaves the box alone shares nothing', async () => {
  const asking = await other.ask([
    { ...ASKED, delegation: { max_depth: 1, to: ['own_agents', app.clientId] } },
  ]);
  await withPage({}, async (page) => {
    await page.goto(asking.url);
    await page.getByLabel('Let it share this limit').check();
    for (const each of ['Its own agents', 'Acme Writer']) await page.getByLabel(each).uncheck();
    await page.getByRole('button', { name: /^Allow/ }).click();
    await page.getByRole('alert').getByText('Choose with whom.').waitFor();
    await page.getByLabel('Let it share this limit').uncheck();
    await page.getByRole('button', { name: /^Allow/ }).click();
    await page.waitForURL(`${other.origin}/callback?**`);
  });
  expect((await grantedTo(other.clientId)).authorization_details[0].delegation).toBeUndefined();
});

it('taken back on the app’s page, sharing ends for those who had it at their next call', async () => {
  const top = await grant(house, 'Planner', { ...ASKED, delegation: { max_depth: 1 } });
  const worker = await child(house, top.id, 'Planner worker', {});
  expect(await call(house, worker.token)).toContain('simulated');
  await withPage({}, async (page) => {
    const change = async (choose: (dialog: ReturnType<Page['getByRole']>) => Promise<unknown>) => {
      await page.goto(`${house.url}/apps/${top.id}?edit=limits`);
      await whenLoaded(page);
      const dialog = page.getByRole('dialog');
      await choose(dialog);
      await dialog.getByRole('button', { name: 'Save limits' }).click();
      await page.getByText('The limits of Planner are changed.').waitFor();
    };
    await change((dialog) => dialog.getByLabel('Its own agents').check());
    await page.getByText('It may let its own agents spend from this limit, 1 level deep').waitFor();
    expect(await call(house, worker.token)).toContain('simulated');
    await change((dialog) => dialog.getByLabel('How deep').selectOption('It may not share its limit'));
    await page.getByText('It may not let other agents spend from this limit').waitFor();
    await page.goto(`${house.url}/delegation`);
    await page
      .getByRole('list', { name: /^Planner and/ })
      .getByText('Stopped above')
      .waitFor();
  });
  expect(await call(house, worker.token)).toContain('delegation_not_permitted');
  expect(await call(house, top.token)).toContain('simulated');
});
