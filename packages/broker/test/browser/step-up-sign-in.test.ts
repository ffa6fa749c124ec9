// What matters most asks for the person again, in a real browser: in the dashboard over what was being done, on the pages of consent, by
// password and by passkey. The clock of the house is moved past the time for which a proof counts.

import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemAmbient } from '../../src/clock.ts';
import { type House, OWNER, startHouse } from '../house/start-house.ts';
import { type DemoApp, startDemoApp } from './demo-app.ts';
import { ASKED } from './grants.ts';
import { openPage } from './open-page.ts';
import { addAuthenticator, openSignedIn } from './sign-in.ts';

const LARGE = { ...ASKED, limits: { daily_spend: 50 } };
let aheadMs = 0;
const ambient = { ...systemAmbient, now: () => Date.now() + aheadMs };
const goStale = () => {
  aheadMs += 11 * 60_000;
};

let browser: Browser;
let house: House;
let app: DemoApp;
let page: Page;
beforeAll(async () => {
  [browser, house] = await Promise.all([launchChromium(), startHouse({ hostname: 'localhost', ambient })]);
  app = await startDemoApp(house);
});
afterAll(async () => {
  app?.close();
  await Promise.all([browser?.close(), house?.close()]);
});
beforeEach(async () => {
  page = await openPage(browser);
  return () => page.context().close();
});

const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
const dialog = () => page.getByRole('dialog', { name: 'Confirm that it is you' });
const sessionCookie = async () =>
  (await page.context().cookies()).find(({ name }) => name.endsWith('session_token'))?.value;

const addKey = async (label: string) => {
  await page.goto(`${house.url}/accounts`);
  await press('Add a key');
  const form = page.getByRole('dialog', { name: 'Add a provider key' });
  await form.getByLabel('Provider').selectOption('OpenAI');
  await form.getByLabel('API key').fill('sk-a-key-of-the-office-9f2c');
  await form.getByLabel('Name').fill(label);
  await form.getByRole('button', { name: 'Add a key' }).click();
};

describe('an owner with a password', () => {
  it('is asked in the middle of adding a key, and the key is added once it was right', async () => {
    await openSignedIn(page, `${house.url}/settings`);
    goStale();
    const before = await sessionCookie();
    await addKey('Asked');
    await dialog().getByLabel('Your password').fill('not the password');
    await dialog().getByRole('button', { name: 'Confirm' }).click();
    await dialog().getByText('The password is wrong.').waitFor();
    await dialog().getByLabel('Your password').fill(OWNER.password);
    await dialog().getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('heading', { level: 2, name: 'OpenAI Asked' }).waitFor();
    await expect.poll(sessionCookie).not.toBe(before);
    await page.goto(`${house.url}/audit?topic=sign_in`);
    await page.getByText('Confirmed in person').first().waitFor();
  });

  it('can leave it, and then nothing was done', async () => {
    await openSignedIn(page, `${house.url}/settings`);
    goStale();
    await addKey('Left alone');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Confirm first that it is you').waitFor();
    await page.goto(`${house.url}/accounts`);
    await page
      .getByRole('heading', { level: 2, name: /^OpenAI / })
      .first()
      .waitFor();
    expect(await page.getByText('Left alone').count()).toBe(0);
  });

  it('is asked before the journal is downloaded', async () => {
    await openSignedIn(page, `${house.url}/audit`);
    goStale();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export', exact: true }).click();
    await dialog().getByLabel('Your password').fill(OWNER.password);
    await dialog().getByRole('button', { name: 'Confirm' }).click();
    expect((await download).suggestedFilename()).toBe('valetkey-journal.jsonl');
  });

  it('allows an app a large budget only with the password, and less or nothing without', async () => {
    await openSignedIn(page, `${house.url}/settings`);
    goStale();
    const asking = await app.ask([LARGE]);
    await page.goto(asking.url);
    await press('Allow up to $50/day');
    await page.getByText('Confirm that it is you, or allow less.').first().waitFor();
    await page.getByLabel('Budget per day').fill('20');
    await page.getByLabel('Your password').fill(OWNER.password);
    await press(/^Allow/);
    await page.waitForURL(`${app.origin}/callback?**`);
    expect((await asking.tokens()).authorization_details).toMatchObject([{ limits: { daily_spend: 20 } }]);

    goStale();
    const less = await app.ask([LARGE]);
    await page.goto(less.url);
    await page.getByLabel('Budget per day').fill('1');
    await press(/^Allow/);
    await page.waitForURL(`${app.origin}/callback?**`);
    expect((await less.tokens()).authorization_details).toMatchObject([{ limits: { daily_spend: 1 } }]);

    await page.goto((await app.ask([LARGE])).url);
    await press('Cancel');
    await page.waitForURL(`${app.origin}/callback?**error=access_denied**`);
  });
});

describe('an owner with a passkey', () => {
  it('is asked for it, in the dashboard and at consent, and the password alone no longer does', async () => {
    await addAuthenticator(page);
    await openSignedIn(page, `${house.url}/settings/passkeys`);
    goStale();
    await press('Add a passkey');
    await page.getByLabel('Your password').fill(OWNER.password);
    await press('Confirm');
    await press('Add a passkey');
    await page.getByText(/^Passkey of /).waitFor();

    await addKey('By passkey');
    await dialog().getByRole('button', { name: 'Confirm with a passkey' }).click();
    await page.getByRole('heading', { level: 2, name: 'OpenAI By passkey' }).waitFor();

    goStale();
    const asking = await app.ask([LARGE]);
    await page.goto(asking.url);
    await page.getByLabel('Budget per day').fill('30');
    await press('Confirm with a passkey');
    await page.waitForURL(`${app.origin}/callback?**`);
    expect((await asking.tokens()).authorization_details).toMatchObject([{ limits: { daily_spend: 30 } }]);

    goStale();
    await page.goto(`${house.url}/settings/passkeys`);
    await press('Remove Passkey');
    await press('Confirm with a passkey');
    await press('Remove Passkey');
    await page.getByText('None yet.').waitFor();
  });
});
