// Words of others on every page, in a real browser: names of apps, labels, reasons, messages, models, addresses that hold markup and scripts.
// They are shown as text; no script of theirs runs, nothing is loaded from elsewhere, and no page would let a script make markup of text.

import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, startHouse } from '../house/start-house.ts';
import { type DemoApp, startDemoApp } from './demo-app.ts';
import { ASKED, call, grant } from './grants.ts';
import { openPage, whenLoaded } from './open-page.ts';
import { openSignedIn } from './sign-in.ts';

const MARKUP = `"><img src=//evil.test/x onerror=ran=1>`;
const SCRIPT = '</title><script>ran=1</script>';
const ALL_TRIED = 'all was tried';
const LINK = `'><a href=javascript:ran=1>here`;

let browser: Browser;
let house: House;
let app: DemoApp;
let page: Page;
const refusals: string[] = [];
const elsewhere: string[] = [];
beforeAll(async () => {
  [browser, house] = await Promise.all([launchChromium(), startHouse({ hostname: 'localhost' })]);
  page = await openPage(browser, refusals);
  app = await startDemoApp(house, MARKUP);
  page.on('request', (request) => {
    if (!request.url().startsWith(house.url)) elsewhere.push(request.url());
  });
  page.on('dialog', (dialog) => {
    refusals.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
});
afterAll(async () => {
  app?.close();
  await Promise.all([browser?.close(), house?.close()]);
});

/** Says hostile words wherever a page shows words. @returns the pages of the dashboard and their ids */
const plant = async () => {
  const own = await grant(house, SCRIPT, { ...ASKED, reason: LINK, limits: { monthly_spend: 0.01 } });
  await house.api('POST', '/provider-keys', { provider: 'openai', label: MARKUP, key: 'sk-a-key-9f2c0000' });
  await call(house, own.token, MARKUP);
  await call(house, own.token);
  house.simulators.openai.script({ fault: { kind: 'status', status: 400 } });
  await call(house, own.token, 'gpt-4o-mini');
  const more = [{ type: 'ai_model_access', provider: 'openai', limits: { monthly_spend: 3 } }];
  const asked = await fetch(`${house.url}/grants/self/requests`, {
    method: 'POST',
    headers: { authorization: `Bearer ${own.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ authorization_details: more, message: `${SCRIPT}${LINK}` }),
  });
  const { url } = (await asked.json()) as { url: string };
  const calls = (await house.api('GET', '/calls')).body.data as readonly { id: string }[];
  return { grantId: own.id, requestUrl: url, callIds: calls.map(({ id }) => id) };
};

/** Runs in the page: ways by which a script makes markup or code of text. @returns those that were let through */
const TRY_SINKS = `[
  ['innerHTML', () => { document.createElement('div').innerHTML = '<b>x</b>'; }],
  ['script', () => { document.createElement('script').src = '/x.js'; }],
  ['policy', () => trustedTypes.createPolicy('default', { createHTML: (text) => text })],
].flatMap(([name, use]) => {
  try { use(); return [name + ' was let through']; } catch { return []; }
})`;

/** Tries them. What the browser writes of it to its console is taken off `refusals` again, once all of it has come. */
const trySinks = async () => {
  const before = refusals.length;
  const letThrough = await page.evaluate<string[]>(TRY_SINKS);
  await page.evaluate(`console.error('${ALL_TRIED}')`);
  await expect.poll(() => refusals.slice(before).join()).toContain(ALL_TRIED);
  refusals.splice(before);
  return letThrough;
};

/** Runs in the page: what there is of markup and of words. */
const LOOK = `({
  ran: 'ran' in window,
  foreign: document.querySelectorAll('img[src*="evil"], a[href^="javascript"], main script').length,
  text: document.body.textContent,
})`;
interface Seen {
  readonly ran: boolean;
  readonly foreign: number;
  readonly text: string;
}

it('A36 words of apps, owners, callers and providers are text on every page, and no script could make markup of them', async () => {
  await page.goto('about:blank');
  // Where nothing forbids it, all of it is let through: what follows is not for nothing.
  expect(await trySinks()).toHaveLength(3);
  const { grantId, requestUrl, callIds } = await plant();
  await openSignedIn(page, `${house.url}/settings`);
  const words = encodeURIComponent(`${SCRIPT}${MARKUP}`);
  const dashboard = [
    '/',
    '/apps?show=all',
    `/apps/${grantId}`,
    `/apps/${grantId}?edit=limits`,
    '/delegation',
    '/activity',
    ...callIds.map((id) => `/activity/${id}`),
    '/audit',
    '/accounts',
    `/accounts?add=${words}&return_to=${words}`,
    '/devices',
    '/developer',
    '/settings',
    `/${words}`,
  ].map((path) => house.url + path);
  const served = [
    (await app.ask([{ ...ASKED, reason: SCRIPT }])).url,
    requestUrl,
    ...[
      `/sign-in?return_to=${words}`,
      `/confirm?return_to=${words}`,
      `/device?user_code=${words}`,
      `/setup?token=${words}`,
      `/authorize?client_id=${words}&state=${words}`,
      `/consent/${words}`,
      '/settings/passkeys',
      '/sign-out',
      `/docs/errors/${words}`,
    ].map((path) => house.url + path),
  ];
  const found: string[] = [];
  let shown = 0;
  for (const url of [...dashboard, ...served]) {
    await page.goto(url);
    await (dashboard.includes(url) ? whenLoaded(page) : page.locator('h1').waitFor());
    const seen = await page.evaluate<Seen>(LOOK);
    if (seen.ran || seen.foreign > 0) found.push(`${url}: markup of others`);
    if (/onerror=ran|<script>ran|javascript:ran/.test(seen.text)) shown += 1;
    found.push(...(await trySinks()).map((what) => `${url}: ${what}`));
  }
  expect(found).toEqual([]);
  expect(shown).toBeGreaterThan(8);
  expect(elsewhere.filter((url) => !url.startsWith('data:'))).toEqual([]);
  expect(refusals.filter((text) => /Content Security Policy|Trusted|dialog/.test(text))).toEqual([]);
}, 400_000);
