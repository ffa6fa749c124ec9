// Devices in a real browser: a grant is pinned with the keyboard, and one press ends a device for its tokens, at once.

import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, ownerApi, startHouse } from '../house/start-house.ts';
import { callFrom, enrol } from './device-views.ts';
import { ASKED, grant } from './grants.ts';
import { openPage, whenLoaded } from './open-page.ts';
import { openSignedIn, sendPassword } from './sign-in.ts';

let house: House;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  [house, browser] = await Promise.all([startHouse({ hostname: 'localhost' }), launchChromium()]);
  page = await openPage(browser);
  await page.goto(`${house.url}/sign-in?return_to=/devices`);
  await sendPassword(page);
});
afterAll(async () => {
  await browser?.close();
  await house?.close();
});

describe('the page of devices and tokens', () => {
  it('pins a grant to a device, ends the device once it has asked, and says what it did', async () => {
    const laptop = await enrol(house, 'Laptop');
    const phone = await enrol(house, 'Phone');
    const made = await grant(house, 'Bookkeeping', ASKED);
    const elsewhere = { authorization: `Bearer ${made.token}` };
    await page.goto(`${house.url}/devices`);
    await whenLoaded(page);
    const change = page.getByRole('button', { name: 'Change devices of Bookkeeping' });
    await change.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Only from these devices').focus();
    await page.keyboard.press('Space');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Choose at least one device.').waitFor();
    await dialog.getByLabel('Laptop').focus();
    await page.keyboard.press('Space');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('only from Laptop').waitFor();
    expect(await callFrom(house, made.token, laptop.key)).toBe(200);
    expect(await callFrom(house, made.token, phone.key)).toBe(403);
    const bare = await fetch(`${house.url}/openai/v1/models`, { headers: elsewhere });
    expect(bare.status).toBe(403);

    await page.getByRole('button', { name: 'Report lost: Laptop' }).click();
    const asked = page.getByRole('dialog', { name: 'Report Laptop lost?' });
    await asked.waitFor();
    await page.keyboard.press('Enter');
    await asked.waitFor({ state: 'detached' });
    expect(await page.getByText('Laptop is lost.').count()).toBe(0);
    await page.getByRole('button', { name: 'Report lost: Laptop' }).click();
    await asked.getByRole('button', { name: 'Report lost', exact: true }).click();
    await page.getByText('Laptop is lost. Nothing is forwarded for it any more.').waitFor();
    expect(await callFrom(house, made.token, laptop.key)).toBe(403);
    await page.getByText('only from Laptop (lost)').waitFor();
    await page.getByRole('button', { name: 'Report lost: Laptop' }).waitFor({ state: 'detached' });

    await page.goto(`${house.url}/activity`);
    await whenLoaded(page);
    await page.getByText('from Laptop').first().waitFor();
  });

  it('lists where one is signed in, signs out there, and everywhere else', async () => {
    // The one that was used last stands first.
    const terminal = ownerApi(house.url);
    await terminal('GET', '/me');
    await page.goto(`${house.url}/devices`);
    await whenLoaded(page);
    await page.getByText('(this browser)').waitFor();
    const out = page.getByRole('button', { name: 'Sign out node' });
    await out.first().focus();
    await page.keyboard.press('Enter');
    await page.getByText('node is signed out.').waitFor();
    expect((await terminal('GET', '/me')).status).toBe(401);
    const other = await openPage(browser);
    await openSignedIn(other, `${house.url}/settings`);
    // The dashboard would leave for the sign-in page by itself, at any moment.
    await other.goto('about:blank');
    await page.reload();
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await page.getByText(/^Signed out of \d other places?\.$/).waitFor();
    await other.goto(`${house.url}/settings`);
    await other.waitForURL(/\/sign-in/);
  });
});
