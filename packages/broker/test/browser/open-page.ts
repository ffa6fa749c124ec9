// Pages of a real browser for the tests of the whole house.

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page in a profile of its own. `problems` gets what the browser complained about, among it every refusal of a policy. */
export const openPage = async (
  browser: Browser,
  problems: string[] = [],
  options: BrowserContextOptions = {},
): Promise<Page> => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
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
