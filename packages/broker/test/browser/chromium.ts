// A real browser for the tests: Chromium, without anything that would talk to its makers. Where there is none a test fails and says what
// to do; it MUST NOT be skipped.

import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts Chromium without a window, from `CHROMIUM` or from where Debian puts it. */
export const launchChromium = (): Promise<Browser> => {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `These tests need Chromium, and there is none at ${executablePath}. Install it (apt-get install chromium) or set CHROMIUM to its path.`,
    );
  }
  return chromium.launch({ executablePath, args: FLAGS });
};

/** A page in a profile of its own. `problems` gets what the browser complained about, among it every refusal of a policy. */
export const openPage = async (browser: Browser, problems: string[] = []): Promise<Page> => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.message}`));
  return page;
};

/** Waits until a page of the dashboard has its data. */
export const whenLoaded = async (page: Page): Promise<void> => {
  await page.locator('h1').waitFor();
  await page.locator('main .placeholder').first().waitFor({ state: 'detached' });
};
