// Builds the dashboard as it is in the tree and opens it in a real browser against the stand-in API, under the strict
// Content-Security-Policy. Only the loopback interface is used.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { type MockApi, startMockApi } from '../dev/mock-api.ts';

/** A built dashboard with its browser. `problems` collects console errors, among them refusals of the CSP. */
export interface Dashboard {
  readonly dist: string;
  readonly busy: MockApi;
  readonly fresh: MockApi;
  readonly problems: string[];
  open(url: string, options?: { readonly locale?: string }): Promise<Page>;
  close(): Promise<void>;
}

/** Builds into a temporary folder, starts two stand-ins (in use, just set up) and a browser. */
export async function startDashboard(): Promise<Dashboard> {
  const dist = await mkdtemp(join(tmpdir(), 'valetkey-web-'));
  const root = join(import.meta.dirname, '..');
  // The test runner says `test`, with which React would be built with its checks for developers.
  process.env.NODE_ENV = 'production';
  await build({ root, logLevel: 'error', build: { outDir: dist, emptyOutDir: true } });
  const [busy, fresh, browser] = await Promise.all([
    startMockApi({ dist }),
    startMockApi({ dist, fresh: true }),
    launchChromium(),
  ]);
  const problems: string[] = [];
  return {
    dist,
    busy,
    fresh,
    problems,
    open: (url, options) => openPage(browser, url, problems, options),
    close: async () => {
      await Promise.all([browser.close(), busy.close(), fresh.close()]);
      await rm(dist, { recursive: true });
    },
  };
}

/** Opens a page in a context of its own, and waits until nothing on it is still loading. */
async function openPage(
  browser: Browser,
  url: string,
  problems: string[],
  { locale = 'en-US' }: { readonly locale?: string } = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    locale,
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${url}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`${url}: ${error.message}`));
  await page.goto(url);
  await page.waitForFunction(
    () => document.querySelector('h1') && !document.querySelector('main .placeholder'),
  );
  return page;
}
