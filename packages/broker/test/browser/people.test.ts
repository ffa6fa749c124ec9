// Several people in one house, in a real browser: invited by a link, held up and removed by whoever runs the house, with the keyboard.

import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, startHouse } from '../house/start-house.ts';
import { openPage, whenLoaded } from './open-page.ts';
import { invite } from './people-views.ts';
import { addAuthenticator, openSignedIn } from './sign-in.ts';

const EVE = 'eve@owner.test';
const PASSWORD = 'a-long-enough-password-43';

let house: House;
let browser: Browser;
let operator: Page;
let eve: Page;
beforeAll(async () => {
  [house, browser] = await Promise.all([startHouse({ hostname: 'localhost' }), launchChromium()]);
  operator = await openPage(browser);
  eve = await openPage(browser);
  await openSignedIn(operator, `${house.url}/settings`);
});
afterAll(async () => {
  await browser?.close();
  await house?.close();
});

const press = async (page: Page, name: string | RegExp) => {
  await page.getByRole('button', { name }).first().focus();
  await page.keyboard.press('Enter');
};

describe('the page of people', () => {
  it('invites somebody for an address and an amount, who makes an account and finds no page of people', async () => {
    await operator.getByRole('link', { name: 'Manage people' }).click();
    await whenLoaded(operator);
    await press(operator, 'Invite somebody');
    const dialog = operator.getByRole('dialog');
    await dialog.getByLabel('E-mail').fill(EVE);
    await dialog.getByLabel('Add a limit').selectOption('US dollars a month');
    await dialog.getByRole('textbox', { name: 'US dollars a month' }).fill('20');
    await dialog.getByRole('button', { name: 'Make the link' }).click();
    const link = await operator.getByRole('dialog').locator('code').textContent();
    await operator.getByRole('button', { name: 'Done' }).click();
    await operator.getByText('$20.00 a month').waitFor();

    await eve.goto(link ?? '');
    await eve.getByText(EVE).waitFor();
    await eve.getByLabel('Password').fill(PASSWORD);
    await eve.keyboard.press('Enter');
    await eve.waitForURL(`${house.url}/`);
    await eve.goto(`${house.url}/settings`);
    await whenLoaded(eve);
    await eve.getByText('$20.00 a month').waitFor();
    expect(await eve.getByRole('link', { name: 'Manage people' }).count()).toBe(0);
    await eve.goto(link ?? '');
    await eve.getByRole('heading', { name: 'This link is used up' }).waitFor();
  });

  it('an invitation can be taken with a passkey alone, which signs in from then on', async () => {
    const guest = await openPage(browser);
    await addAuthenticator(guest);
    await guest.goto(await invite(house));
    await press(guest, 'Use a passkey instead');
    expect(await guest.locator('input:invalid').count()).toBeGreaterThan(0);
    await guest.getByLabel('E-mail').fill('gus@owner.test');
    await press(guest, 'Use a passkey instead');
    await guest.waitForURL(`${house.url}/`);
    await guest.goto(`${house.url}/sign-out`);
    await press(guest, 'Sign out');
    await guest.waitForURL(/\/sign-in/);
    await press(guest, 'Use a passkey');
    await guest.waitForURL(`${house.url}/`);

    const gus = ((await house.api('GET', '/owners')).body.data as { id: string; email: string }[]).find(
      ({ email }) => email === 'gus@owner.test',
    );
    // The dashboard would leave for the sign-in page by itself, at any moment.
    await guest.goto('about:blank');
    await house.api('POST', `/owners/${gus?.id}/suspend`);
    await guest.goto(`${house.url}/sign-in`);
    await press(guest, 'Use a passkey');
    await guest.getByRole('alert').filter({ hasText: 'That did not work' }).waitFor();
  });

  it('suspends, takes it back, and removes only who was typed', async () => {
    await operator.reload();
    await whenLoaded(operator);
    await press(operator, `Suspend ${EVE}`);
    await operator.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
    await operator.getByText(`${EVE} is suspended.`).waitFor();
    await eve.goto(`${house.url}/settings`);
    await eve.waitForURL(/\/sign-in/);
    await eve.getByLabel('E-mail').fill(EVE);
    await eve.getByLabel('Password').fill(PASSWORD);
    await eve.getByRole('button', { name: 'Sign in', exact: true }).click();
    await eve.getByRole('alert').first().waitFor();

    await press(operator, `End suspension of ${EVE}`);
    await operator.getByText(`${EVE} can sign in again`).waitFor();
    await press(operator, `Remove ${EVE}`);
    const dialog = operator.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await dialog.getByText('That is not the address.').waitFor();
    await dialog.getByLabel(`Type ${EVE} to confirm`).fill(EVE);
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await operator.getByText(`${EVE} is removed.`).waitFor();
    await operator.getByRole('button', { name: `Suspend ${EVE}` }).waitFor({ state: 'detached' });
  });
});
