// The main job in a real browser: an app asks, the owner allows less than it asked for, the app uses AI with its token, the owner sees it
// and ends it. The app is openid-client and the official SDK, unmodified.

import { launchChromium } from '@valetkey/testkit/browser';
import OpenAI from 'openai';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type House, startHouse } from '../house/start-house.ts';
import { type DemoApp, startDemoApp } from './demo-app.ts';
import { ASKED } from './grants.ts';
import { openPage } from './open-page.ts';
import { openSignedIn, sendPassword } from './sign-in.ts';

const MESSAGES = [{ role: 'user' as const, content: 'Say something short.' }];

let browser: Browser;
let house: House;
let app: DemoApp;
let page: Page;
let storageState: Exclude<BrowserContextOptions['storageState'], string | undefined>;
beforeAll(async () => {
  [browser, house] = await Promise.all([launchChromium(), startHouse({ hostname: 'localhost' })]);
  app = await startDemoApp(house);
  const door = await openPage(browser);
  await openSignedIn(door, `${house.url}/settings`);
  storageState = await door.context().storageState();
  await door.context().close();
});
afterAll(async () => {
  app?.close();
  await Promise.all([browser?.close(), house?.close()]);
});
beforeEach(async () => {
  page = await openPage(browser, [], { storageState });
  return () => {
    vi.useRealTimers();
    return page.context().close();
  };
});

const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const liveGrants = async (): Promise<number> => (await house.api('GET', '/grants')).body.data.length;

describe('an app that asks', () => {
  it('waits on a device while its owner types the code elsewhere, compares it, and allows less', async () => {
    const { code, tokens } = await app.askForDevice([ASKED]);
    await page.goto(`${house.url}/device`);
    await page.getByLabel('Code').fill(code.toLowerCase());
    await press('Continue');
    await heading('Acme Writer wants to use your AI and spend up to $5 a day').waitFor();
    await page.getByText(code, { exact: true }).waitFor();
    await page.getByText('Only go on if you did.').waitFor();
    await page.getByLabel('Budget per day').fill('2');
    await press('Allow up to $5/day');
    await heading('Device connected').waitFor();
    const [granted] = (await tokens()).authorization_details ?? [];
    expect(granted).toMatchObject({ provider: 'openai', limits: { daily_spend: 2 } });
  });

  it('is allowed less than it asked for, is used, watched and revoked', async () => {
    await page.context().clearCookies();
    const asking = await app.ask([ASKED]);
    await page.goto(asking.url);
    await sendPassword(page);
    await heading('Acme Writer wants to use your AI and spend up to $5 a day').waitFor();
    await page.getByLabel('Budget per day').fill('2');
    await page.getByLabel('gpt-4o', { exact: true }).uncheck();
    await page.getByLabel('It ends').selectOption('in 7 days');
    await press('Allow up to $5/day');
    await page.waitForURL(`${app.origin}/callback?**`);

    const tokens = await asking.tokens();
    const [granted] = tokens.authorization_details ?? [];
    expect(granted).toMatchObject({
      type: 'ai_model_access',
      provider: 'openai',
      models: ['gpt-4o-mini'],
      capabilities: ['chat'],
      limits: { daily_spend: 2, requests_per_minute: 60 },
    });
    expect((Date.parse(String(granted?.expires)) - Date.now()) / 86_400_000).toBeCloseTo(7, 2);

    const openai = new OpenAI({ apiKey: tokens.access_token, baseURL: `${house.url}/openai/v1` });
    const ask = (model: string) => openai.chat.completions.create({ model, messages: MESSAGES });
    expect((await ask('gpt-4o-mini')).choices[0]?.message.content).toContain('simulated');
    await expect(ask('gpt-4o')).rejects.toMatchObject({ status: 403, code: 'model_not_permitted' });

    await page.goto(`${house.url}/apps`);
    await page.getByRole('link', { name: 'Acme Writer' }).first().click();
    await heading('Acme Writer').waitFor();
    await page.getByText('Send text and images to gpt-4o-mini').waitFor();
    await page.getByText('$2.00 left').waitFor();
    await page.getByText(/^<?\$0\.\d+ of \$2\.00 today$/).waitFor();
    const calls = page.getByRole('table', { name: 'Calls, newest first' });
    await calls.getByRole('row', { name: /gpt-4o-mini .*Settled/ }).waitFor();
    await calls.getByRole('row', { name: /gpt-4o .*Refused/ }).waitFor();

    const { requests } = house.simulators.openai.counters();
    await press('Revoke Acme Writer');
    await page.getByRole('dialog', { name: 'Revoke Acme Writer?' }).waitFor();
    await press('Revoke access');
    await page.getByText('Acme Writer is revoked: 1 grant stopped, 0 running calls cut.').waitFor();
    await expect(ask('gpt-4o-mini')).rejects.toMatchObject({ status: 401, code: 'token_revoked' });
    expect(house.simulators.openai.counters().requests).toBe(requests);
  });

  it('stands first among the connected apps once it is allowed, with the way to stop it', async () => {
    const older = { name: 'Older', authorization_details: [{ type: 'ai_model_access', ...ASKED }] };
    await house.api('POST', '/grants', older);
    await page.goto((await app.ask([ASKED])).url);
    await press(/^Allow/);
    await page.waitForURL(`${app.origin}/callback?**`);
    await page.goto(`${house.url}/apps`);
    const newest = page.locator('main li').first();
    await newest.getByRole('link', { name: 'Acme Writer' }).waitFor();
    await newest.getByText('connected just now, not used yet').waitFor();
    await newest.getByRole('button', { name: 'Revoke Acme Writer' }).waitFor();
    await page.getByRole('link', { name: 'Older' }).waitFor();
  });

  it('that is refused learns so, and gets nothing', async () => {
    const before = await liveGrants();
    const asking = await app.ask([ASKED]);
    await page.goto(asking.url);
    await press('Cancel');
    await page.waitForURL(`${app.origin}/callback?**`);
    await expect(asking.tokens()).rejects.toMatchObject({ error: 'access_denied' });
    expect(await liveGrants()).toBe(before);
  });

  it('cannot put any page of the house into a frame, not even on the same site (A34)', async () => {
    await page.goto((await app.ask([ASKED])).url);
    await heading(/wants to use your AI/).waitFor();
    const paths = ['/', '/apps', '/sign-out', '/device', '/settings/passkeys'];
    for (const url of [page.url(), ...paths.map((path) => house.url + path)]) {
      await page.goto(`${app.origin}/?frame=${encodeURIComponent(url)}`);
      const frame = page.frames()[1];
      await expect.poll(() => frame?.url()).toBe('chrome-error://chromewebdata/');
      expect(await frame?.getByRole('button').count()).toBe(0);
    }
  });

  it('is not granted more without the owner being asked again (A41)', async () => {
    const { url } = await app.ask([ASKED]);
    await page.goto(url);
    await press(/^Allow/);
    await page.waitForURL(`${app.origin}/callback?**`);
    const before = await liveGrants();
    const more = await app.ask([{ ...ASKED, limits: { daily_spend: 50 } }], { prompt: 'none' });
    await page.goto(more.url);
    await page.waitForURL(`${app.origin}/callback?**`);
    await expect(more.tokens()).rejects.toMatchObject({ error: 'consent_required' });
    expect(await liveGrants()).toBe(before);
  });
});

describe('the consent page', () => {
  it('asks again for what is not a lower amount, and allows nothing meanwhile', async () => {
    const before = await liveGrants();
    await page.goto((await app.ask([ASKED])).url);
    await page.getByLabel('Budget per day').fill('7');
    await press(/^Allow/);
    await page.getByRole('alert').getByText('Enter at most $5.').waitFor();
    expect(await page.getByLabel('Budget per day').inputValue()).toBe('7');
    expect(await liveGrants()).toBe(before);
  });

  it('decides once: a second tab, or going back, decides nothing more', async () => {
    await page.goto((await app.ask([ASKED])).url);
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    await press(/^Allow/);
    await page.waitForURL(`${app.origin}/callback?**`);
    const granted = await liveGrants();
    await tab.getByRole('button', { name: /^Allow/ }).click();
    await tab.getByRole('heading', { name: 'This request has ended' }).waitFor();
    await page.goBack();
    await heading('This request has ended').waitFor();
    expect(await liveGrants()).toBe(granted);
  });

  it('that was left open for an hour decides nothing', async () => {
    const before = await liveGrants();
    await page.goto((await app.ask([ASKED])).url);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    await press(/^Allow/);
    await heading('This request has ended').waitFor();
    vi.useRealTimers();
    expect(await liveGrants()).toBe(before);
  });

  it('leads an owner without a key to where one is added, and goes on from there', async () => {
    await page.goto((await app.ask([{ provider: 'mistral', limits: { daily_spend: 1 } }])).url);
    await page.getByText('You have no Mistral key here yet').waitFor();
    expect(await page.getByRole('button', { name: /^Allow/ }).count()).toBe(0);
    await page.getByRole('link', { name: 'Add a Mistral key' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a provider key' });
    expect(await dialog.getByLabel('Provider').inputValue()).toBe('mistral');
    await dialog.getByLabel('API key').fill('a-key-of-mistral-1234');
    await dialog.getByRole('button', { name: 'Add a key' }).click();
    await page.getByText('The key of Mistral is in the vault.').waitFor();
    await page.getByRole('link', { name: 'Back to its request' }).click();
    await page.getByText('Paid with your Mistral key').waitFor();
    await press('Allow up to $1/day');
    await page.waitForURL(`${app.origin}/callback?**`);
  });
});

describe('Connect an app', () => {
  it('gives an address and a token that work as they stand, and ticks at the first call', async () => {
    await page.goto(`${house.url}/connect?provider=sandbox`);
    await page.getByLabel('What is it for?').fill('Notes on my laptop');
    await press(/^Create a token/);
    await page.getByText('Waiting for the first call').waitFor();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = async (label: string): Promise<string> => {
      await press(`Copy ${label}`);
      await page
        .getByRole('button', { name: `Copy ${label}` })
        .getByText('Copied')
        .waitFor();
      return page.evaluate('navigator.clipboard.readText()');
    };
    const response = await fetch(`${await copied('Base URL')}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await copied('Token')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: await copied('Model'), messages: MESSAGES }),
    });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('simulated')]);
    await page.getByText('The first call arrived.').waitFor();
  });
});

it('AI accounts take a provider that needs no key without one, and list the sandbox once', async () => {
  await page.goto(`${house.url}/accounts?add=vllm`);
  await page.getByRole('dialog').getByRole('button', { name: 'Add a key' }).click();
  await page.getByText('The key of vLLM is in the vault.').waitFor();
  await page.getByRole('button', { name: /^Remove vLLM/ }).waitFor();
  expect(await page.getByRole('heading', { level: 2, name: /^Sandbox/ }).count()).toBe(1);
});
