// How an owner comes in, in a real browser in front of the whole house: set-up link, password, passkey, sessions.

import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type House, OWNER, startHouse } from '../house/start-house.ts';
import { openPage } from './open-page.ts';
import { addAuthenticator, openSignedIn, sendPassword } from './sign-in.ts';

let browser: Browser;
let house: House;
let page: Page;
beforeAll(async () => {
  [browser, house] = await Promise.all([launchChromium(), startHouse({ hostname: 'localhost' })]);
});
afterAll(() => Promise.all([browser?.close(), house?.close()]));
beforeEach(async () => {
  page = await openPage(browser);
  return () => page.context().close();
});

const heading = (name: string) => page.getByRole('heading', { level: 1, name });

describe('a house that nobody has set up', () => {
  it('is set up through its link, which works once and leads to the dashboard', async () => {
    const fresh = await startHouse({ hostname: 'localhost', owner: false });
    try {
      await page.goto(fresh.url);
      await heading('Not set up yet').waitFor();
      const link = fresh.broker.setupLink ?? '';
      await page.goto(link);
      await page.getByLabel('E-mail').fill(OWNER.email);
      await page.getByLabel('Password').fill(OWNER.password);
      await page.getByRole('button', { name: 'Make my account' }).click();
      await heading('Welcome, ada. Hand out your first key.').waitFor();
      await page.waitForURL(`${fresh.url}/`);

      expect((await page.goto(link))?.status()).toBe(410);
      await heading('This link is used up').waitFor();
    } finally {
      await fresh.close();
    }
  });
});

describe('signing in', () => {
  it('leads back to the page that was asked for', async () => {
    await page.goto(`${house.url}/activity?status=refused`);
    await heading('Sign in').waitFor();
    await sendPassword(page);
    await heading('Activity').waitFor();
    await page.waitForURL(`${house.url}/activity?status=refused`);
  });

  it('with a passkey alone works after one was added, and no longer once it is removed', async () => {
    await addAuthenticator(page);
    await openSignedIn(page, `${house.url}/settings/passkeys`);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText(/^Passkey of /).waitFor();

    await page.goto(`${house.url}/sign-out`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading('Sign in').waitFor();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();

    await page.goto(`${house.url}/settings/passkeys`);
    await page.getByRole('button', { name: 'Remove Passkey' }).click();
    await page.getByText('None yet.').waitFor();
    await page.context().clearCookies();
    await page.goto(`${house.url}/sign-in`);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByText('That did not work. Try again, or use your password.').waitFor();
  });

  it('lists every session, and ends all others at once', async () => {
    const other = await openPage(browser);
    await openSignedIn(other, `${house.url}/settings`);
    // The dashboard would leave for the sign-in page by itself, at any moment.
    await other.goto('about:blank');
    await openSignedIn(page, `${house.url}/settings/passkeys`);
    await page.getByText('Chrome (this browser)').waitFor();
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await page.getByRole('button', { name: 'Sign out everywhere else' }).waitFor({ state: 'detached' });
    await page.getByText('Chrome (this browser)').waitFor();

    await other.goto(`${house.url}/settings`);
    await other.getByRole('heading', { name: 'Sign in' }).waitFor();
    await other.context().close();
  });

  it('is refused with a wrong password, and after ten of them even with the right one', async () => {
    await page.goto(`${house.url}/sign-in`);
    for (let guess = 1; guess <= 10; guess += 1) {
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      // What is asked of the page from here on is asked of the next one, which looks the same.
      const loaded = page.waitForEvent('load');
      await sendPassword(page, `not the password ${guess}`);
      expect((await answered).status()).toBe(401);
      await loaded;
      await page.getByText('The e-mail address or the password is wrong.').waitFor();
    }
    await sendPassword(page);
    await page.getByText(/^Too many attempts\. Try again in \d minutes\./).waitFor();
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });
});
