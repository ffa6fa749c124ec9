// An owner stops everything and a key by keyboard in a real browser: what is below is refused at once, the pages say what ended, and
// resuming brings it back.

import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { chatStatus } from '../house/send-chat.ts';
import { type House, startHouse } from '../house/start-house.ts';
import { ASKED, grant } from './grants.ts';
import { openPage, whenLoaded } from './open-page.ts';
import { openSignedIn } from './sign-in.ts';

// A page takes about a second; the machine may be busy with other things.
vi.setConfig({ testTimeout: 60_000 });

let browser: Browser;
let house: House;
let page: Page;
let token: string;
beforeAll(async () => {
  [browser, house] = await Promise.all([launchChromium(), startHouse({ hostname: 'localhost' })]);
  page = await openPage(browser);
  await openSignedIn(page, `${house.url}/settings`);
  token = (await grant(house, 'Notes', ASKED)).token;
});
afterAll(() => Promise.all([browser?.close(), house?.close()]));

const open = async (path: string): Promise<void> => {
  await page.goto(house.url + path);
  await whenLoaded(page);
};

const ask = (): Promise<number> => chatStatus(house.url, token);

/** Presses the button that has this name, without a mouse. */
const press = async (name: string | RegExp): Promise<void> => {
  await page.getByRole('button', { name, exact: typeof name === 'string' }).focus();
  await page.keyboard.press('Enter');
};

/** Says yes in the dialog: Cancel has the focus, the next button stops. */
const confirm = async (): Promise<void> => {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Cancel' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
};

it('stops everything from Home and resumes it, without a mouse', async () => {
  await open('/');
  expect(await ask()).toBe(200);
  await press('Stop everything');
  await page.getByText('Stops at once: 1 app.').waitFor();
  await confirm();
  await page.getByText('Everything is stopped: 1 grant held, 0 running calls cut.').waitFor();
  expect(await ask()).toBe(403);
  await page.getByText('Everything is stopped', { exact: true }).waitFor();
  await open('/apps');
  await page.getByText('Stopped with everything').waitFor();
  await open('/');
  await page.getByRole('button', { name: 'Resume Everything' }).first().focus();
  await page.keyboard.press('Enter');
  await page.getByText('Everything goes on.').waitFor();
  expect(await ask()).toBe(200);
});

it('a stop that was asked for by mistake is left with Escape, and nothing is stopped', async () => {
  await open('/');
  await press('Stop everything');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect((await house.api('GET', '/stops')).body.data).toEqual([]);
});

it('stops a key from AI accounts and resumes it', async () => {
  await open('/accounts');
  const name = /^Stop OpenAI/;
  await press(name);
  await confirm();
  await page.getByRole('button', { name: /^Resume OpenAI/ }).waitFor();
  expect(await ask()).toBe(403);
  await press(/^Resume OpenAI/);
  await page.getByRole('button', { name }).waitFor();
  expect(await ask()).toBe(200);
});
