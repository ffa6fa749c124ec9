// The example as its README tells it: a person presses the button, signs in, allows; the page writes with the official client, stays connected,
// and is disconnected. In a real browser, with a broker of its own.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@valetkey/testkit';
import { launchChromium } from '@valetkey/testkit/browser';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Broker, startBroker } from '../agents/broker.ts';
import { signIn } from '../agents/owner.ts';
import { originOf, servePage } from './serve.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

type Browser = Awaited<ReturnType<typeof launchChromium>>;

let home: string;
let browser: Browser;
let broker: Broker;
let app: Awaited<ReturnType<typeof servePage>>;
let page: Awaited<ReturnType<Browser['newPage']>>;
const problems: string[] = [];
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'valetkey-example-test-'));
  [browser, broker] = await Promise.all([launchChromium(), startBroker(home)]);
  const owner = await signIn(broker.url, broker.owner);
  const port = await freePort();
  const { id: clientId } = await owner.api<{ id: string }>('POST', '/clients', {
    name: 'Haiku writer',
    redirect_uris: [`${originOf(port)}/callback.html`],
    type: 'public',
  });
  app = await servePage({ port, broker: broker.url, clientId });
  page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
});
afterAll(async () => {
  app?.close();
  await Promise.all([browser?.close(), broker?.close()]);
  rmSync(home, { recursive: true, force: true });
});

it('connects in a window, writes with the official client, stays connected, and is disconnected', async () => {
  await page.goto(app.origin);
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Connect your AI' }).click(),
  ]);
  await popup.getByLabel('E-mail').fill(broker.owner.email);
  await popup.getByLabel('Password').fill(broker.owner.password);
  await popup.getByRole('button', { name: 'Sign in', exact: true }).click();
  await popup.getByText('Haiku writer').first().waitFor();
  await popup.getByRole('button', { name: /^Allow/ }).click();
  await page.getByText('$0.50 left').waitFor();
  await page.getByRole('button', { name: 'Write' }).click();
  await page.getByText('This is a simulated answer').waitFor();
  await page.getByText('$0.49 left').waitFor();
  await page.reload();
  await page.getByText('$0.49 left').waitFor();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByRole('button', { name: 'Connect your AI' }).waitFor();
  await page.getByRole('button', { name: 'Write' }).waitFor({ state: 'hidden' });
  expect(problems).toEqual([]);
});
