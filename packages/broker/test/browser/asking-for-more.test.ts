// An agent meets the end of its budget in the middle of its work, asks with the offer it was given, waits, and goes on with the same token when
// its owner, in a real browser, has given it less than it asked for.

import { AxeBuilder } from '@axe-core/playwright';
import { launchChromium } from '@valetkey/testkit/browser';
import OpenAI from 'openai';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type House, startHouse } from '../house/start-house.ts';
import { ASKED, child, grant } from './grants.ts';
import { openPage } from './open-page.ts';
import { sendPassword } from './sign-in.ts';

vi.setConfig({ testTimeout: 60_000 });

const refusals: string[] = [];
let browser: Browser;
let house: House;
let page: Page;
beforeAll(async () => {
  [browser, house] = await Promise.all([launchChromium(), startHouse({ hostname: 'localhost' })]);
  page = await openPage(browser, refusals, { viewport: { width: 320, height: 720 } });
});
afterAll(() => Promise.all([browser?.close(), house?.close()]));

interface Offer {
  readonly href: string;
  readonly body: { readonly authorization_details: readonly { readonly limits: Record<string, number> }[] };
}

const work = (token: string) =>
  new OpenAI({ apiKey: token, baseURL: `${house.url}/openai/v1`, maxRetries: 0 }).chat.completions
    .create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'go on' }], max_tokens: 10 })
    .then(
      () => null,
      (error: { status: number; error: { offer: Offer } }) => error,
    );

/** Asks for a hundred times what would do. */
const ask = async (token: string, { href, body }: Offer) => {
  const [entry] = body.authorization_details;
  const [[limit, amount]] = Object.entries(entry!.limits) as [[string, number]];
  const much = Number((amount * 100).toFixed(6));
  const response = await fetch(href, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      authorization_details: [{ ...entry, limits: { [limit]: much } }],
      message: 'I am on the last chapter',
    }),
  });
  return { needed: amount, ...((await response.json()) as { request_id: string; url: string }) };
};

const look = async (token: string, id: string) => {
  const response = await fetch(`${house.url}/grants/self/requests/${id}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return (await response.json()) as { status: string; given: unknown };
};

it('an agent that hit its limit asks, its owner narrows and allows by keyboard at 320 px, and it goes on', async () => {
  const planner = await grant(house, 'Planner', {
    ...ASKED,
    limits: { total_spend: 0.000004 },
    delegation: { max_depth: 1 },
  });
  const writer = await child(house, planner.id, 'writer', { limits: { total_spend: 0.000002 } });
  const refused = await work(writer.token);
  expect(refused?.status).toBe(402);
  const request = await ask(writer.token, refused!.error.offer);
  expect(await look(writer.token, request.request_id)).toMatchObject({ status: 'pending' });

  await page.goto(request.url);
  await sendPassword(page);
  await page.waitForURL(request.url);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain(
    'writer asks for more: budget in total from $0.000002 to',
  );
  const main = page.getByRole('main');
  for (const words of ['You → Planner → writer', 'I am on the last chapter', 'Raise Planner as well'])
    await main.getByText(words).waitFor();
  expect(Number(await page.evaluate('document.documentElement.scrollWidth'))).toBeLessThanOrEqual(320);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations).toEqual([]);
  const [allow, deny] = [
    page.getByRole('button', { name: 'Allow this' }),
    page.getByRole('button', { name: 'Deny' }),
  ];
  const sizes = await Promise.all([allow, deny].map(async (button) => (await button.boundingBox())!));
  expect([sizes[0]!.width, sizes[0]!.height]).toEqual([sizes[1]!.width, sizes[1]!.height]);

  const given = (request.needed * 3).toFixed(6);
  await page.getByLabel('Budget in total').focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(given);
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.type')).toBe('checkbox');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'You allowed it' }).waitFor();

  const answer = await look(writer.token, request.request_id);
  expect(answer).toMatchObject({ status: 'allowed', given: [{ limits: { total_spend: Number(given) } }] });
  expect(await work(writer.token)).toBeNull();
  expect(refusals.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
});

it('an agent that is denied goes on with what it has', async () => {
  const { token } = await grant(house, 'Helper', { ...ASKED, limits: { total_spend: 0.000001 } });
  const request = await ask(token, (await work(token))!.error.offer);
  await page.goto(request.url);
  await page.getByRole('button', { name: 'Deny' }).click();
  await page.getByRole('heading', { name: 'You denied it' }).waitFor();
  expect(await look(token, request.request_id)).toMatchObject({ status: 'denied', given: null });
  expect((await work(token))?.status).toBe(402);
});
