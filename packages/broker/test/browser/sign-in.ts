// What a person does at the sign-in page.

import type { Page } from 'playwright-core';
import { OWNER } from '../house/start-house.ts';

/** Fills in the form on the page and sends it. */
export const sendPassword = async (page: Page, password: string = OWNER.password): Promise<void> => {
  await page.getByLabel('E-mail').fill(OWNER.email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
};

/** Opens an address of the house; signs in on the way. */
export const openSignedIn = async (page: Page, url: string): Promise<void> => {
  const { origin, pathname, search } = new URL(url);
  await page.goto(`${origin}/sign-in?return_to=${encodeURIComponent(pathname + search)}`);
  await sendPassword(page);
  await page.waitForURL(url);
};

/** Gives the page a security key that says yes by itself. */
export const addAuthenticator = async (page: Page): Promise<void> => {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('WebAuthn.enable');
  await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
};
