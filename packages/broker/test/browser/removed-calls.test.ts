// Where old calls have left the journal, the lists of the dashboard end with a line that says so, in light and dark and at 320 px.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemAmbient } from '../../src/clock.ts';
import { type House, startHouse } from '../house/start-house.ts';
import { openPage, whenLoaded } from './open-page.ts';
import { openSignedIn } from './sign-in.ts';

const DAY_MS = 86_400_000;
const clock = { nowMs: Date.now() - 45 * DAY_MS };
const options = {
  ambient: { ...systemAmbient, now: () => clock.nowMs },
  dataDir: mkdtempSync(join(tmpdir(), 'valetkey-removed-calls-')),
  env: { VALETKEY_AUDIT_RETENTION_DAYS: '35' },
};

let house: House;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  house = await startHouse(options);
  const grant = await house.grant({ provider: 'openai', limits: { total_spend: 1 } });
  for (let call = 0; call < 3; call += 1) {
    const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }], max_tokens: 9 };
    const response = await fetch(`${house.url}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${grant.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await response.text();
  }
  await house.close();
  clock.nowMs += 40 * DAY_MS;
  house = await startHouse(options);
  await vi.waitFor(async () => expect((await house.api('GET', '/calls')).body.removed).not.toBeNull(), {
    timeout: 20_000,
  });
  browser = await launchChromium();
  page = await openPage(browser);
  await openSignedIn(page, `${house.url}/activity`);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await house?.close();
  rmSync(options.dataDir, { recursive: true, force: true });
});

it.each(['activity', 'audit'])(
  '%s says from when on calls are there',
  async (name) => {
    await page.goto(`${house.url}/${name}`);
    await whenLoaded(page);
    await page.getByText('Older calls have left the journal').waitFor();
    const findings: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      findings.push(...violations.map(({ id }) => `${colorScheme}: ${id}`));
    }
    await page.setViewportSize({ width: 320, height: 640 });
    expect([findings, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([[], 320]);
    await page.setViewportSize({ width: 1280, height: 800 });
  },
  60_000,
);
