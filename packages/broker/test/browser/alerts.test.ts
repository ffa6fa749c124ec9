// Budgets and alerts in a real browser: from a page that has nothing, by keyboard, to a signed message at a program of the owner's.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { AxeBuilder } from '@axe-core/playwright';
import { freePort } from '@valetkey/testkit';
import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, startHouse } from '../house/start-house.ts';
import { call, grant } from './grants.ts';
import { openPage, whenLoaded } from './open-page.ts';
import { openSignedIn } from './sign-in.ts';

const posts: { readonly headers: Record<string, string>; readonly body: string }[] = [];
let hook: Server;
let hookUrl: string;
let house: House;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  hook = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      posts.push({ headers: request.headers as Record<string, string>, body });
      response.end();
    });
  });
  const port = await freePort();
  hook.listen(port, '127.0.0.1');
  await once(hook, 'listening');
  hookUrl = `http://127.0.0.1:${port}/hook`;
  [house, browser] = await Promise.all([startHouse({ hostname: 'localhost' }), launchChromium()]);
  page = await openPage(browser);
  await openSignedIn(page, `${house.url}/alerts`);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await house?.close();
  hook?.closeAllConnections();
  hook?.close();
});

/** What axe finds in both themes, and whether the page is wider than a small phone. */
const findings = async (): Promise<string[]> => {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    found.push(...violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes[0]?.html}`));
  }
  await page.setViewportSize({ width: 320, height: 640 });
  const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
  await page.setViewportSize({ width: 1280, height: 800 });
  return width > 320 ? [...found, `${width} px wide`] : found;
};

describe('the page of budgets and alerts', () => {
  it('says what to do while there is nothing, to everybody', async () => {
    await whenLoaded(page);
    for (const words of ['No new alerts', 'No app has a limit', 'Nowhere yet', 'E-mail is off'])
      await page.getByText(words).first().waitFor();
    expect(await findings()).toEqual([]);
  });

  it('adds a webhook by keyboard, shows its secret once, and tries it', async () => {
    await page.getByRole('button', { name: 'Add webhook' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add a webhook' });
    await dialog.getByLabel('Address').fill('http://10.0.0.7/');
    await page.keyboard.press('Enter');
    await dialog
      .getByText(/must be an https address/)
      .first()
      .waitFor();
    await dialog.getByLabel('Address').fill(hookUrl);
    await page.keyboard.press('Enter');
    const shown = page.getByRole('dialog', { name: 'The webhook’s secret' });
    const secret = (await shown.getByText(/^whsec_/).textContent()) ?? '';
    await shown.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: `Send a test: ${hookUrl}` }).click();
    await page.getByText('Test sent. The address answered 200.').waitFor();
    expect(new Webhook(secret).verify(posts[0]!.body, posts[0]!.headers)).toMatchObject({
      type: 'alert.test',
    });
    await page.reload();
    await whenLoaded(page);
    await page.getByText(hookUrl).first().waitFor();
    expect(await page.content()).not.toContain(secret);
  });

  it('shows an alert with the way to what it is about, sends it, and lets it go', async () => {
    const made = await grant(house, 'Notes', { provider: 'openai', limits: { requests_per_day: 1 } });
    await call(house, made.token);
    await call(house, made.token);
    const refused = page.getByText('Calls of Notes were refused');
    await expect
      .poll(
        async () => {
          await page.reload();
          await whenLoaded(page);
          return refused.count();
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBe(1);
    await page.getByText(/^Notes has used 1 of 1 request/).waitFor();
    await expect.poll(() => posts.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
    await page.getByRole('link', { name: 'quota_exhausted' }).waitFor();
    expect(await findings()).toEqual([]);
    await page.getByRole('button', { name: 'Done: Calls of Notes were refused' }).click();
    await refused.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'All', exact: true }).click();
    await refused.waitFor();
    await page.getByRole('link', { name: 'Look: Calls of Notes were refused' }).click();
    await page.waitForURL(/\/activity\?grant_id=.*status=refused/);
  });

  it('sets the ceiling of a key, which holds for its apps, and the thresholds', async () => {
    await page.goto(`${house.url}/alerts`);
    await whenLoaded(page);
    await page.getByRole('button', { name: /^Set ceiling of OpenAI/ }).click();
    const dialog = page.getByRole('dialog', { name: /^Ceiling of OpenAI/ });
    await dialog.getByLabel('Add a limit').selectOption({ label: 'Requests a day' });
    await dialog.getByRole('textbox', { name: 'Requests a day' }).fill('1');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/has its new ceiling from the next call on/).waitFor();
    const other = await grant(house, 'Other', { provider: 'openai' });
    const response = await fetch(`${house.url}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${other.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: 'x' }],
        max_tokens: 5,
      }),
    });
    expect(response.status).toBe(429);
    await response.text();
    // It changes once the server has taken it.
    await page.getByLabel('50 %').click();
    await page.getByText('Saved.').waitFor();
    expect((await house.api('GET', '/alert-settings')).body.thresholds).toEqual([80, 100]);
  });

  it('asks before it removes a webhook', async () => {
    await page.getByRole('button', { name: `Remove ${hookUrl}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('Alerts are sent there no more.').waitFor();
    await page.getByText('Nowhere yet').waitFor();
  });
});
