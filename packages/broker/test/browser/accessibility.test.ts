// Every page of the product as people get it: axe finds nothing in light and dark, 320 px are wide enough, and nothing is refused by the
// Content-Security-Policy.

import { AxeBuilder } from '@axe-core/playwright';
import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPage } from './open-page.ts';
import { openViews, type View } from './views.ts';

const refusals: string[] = [];
let browser: Browser;
let page: Page;
let views: readonly View[];
let close: () => Promise<unknown>;
beforeAll(async () => {
  browser = await launchChromium();
  page = await openPage(browser, refusals);
  ({ views, close } = await openViews(page));
});
afterAll(() => Promise.all([browser?.close(), close?.()]));

/** What axe finds, in words, or that it found nothing to look at. The legacy mode looks at this page alone, and none has frames. */
const axeFindings = async (name: string, builder: AxeBuilder): Promise<string[]> => {
  const { violations, passes } = await builder.setLegacyMode().analyze();
  if (passes.length === 0) return [`${name}: nothing to look at`];
  return violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
};

/** WCAG 2.2 AA has these as well; axe asks for them only when it is told to. */
const MORE = { 'target-size': { enabled: true }, 'label-content-name-mismatch': { enabled: true } };

/** All rules in light; in dark the one that colours can break. */
const RULES = {
  light: () => new AxeBuilder({ page }).options({ rules: MORE }),
  dark: () => new AxeBuilder({ page }).withRules('color-contrast'),
};

it('every page passes axe in light and dark, and none scrolls sideways at 320 px', async () => {
  const findings: string[] = [];
  for (const view of views) {
    await view.open();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      findings.push(...(await axeFindings(`${view.name}, ${colorScheme}`, RULES[colorScheme]())));
    }
    await page.setViewportSize({ width: 320, height: 640 });
    const width = await page.evaluate('document.documentElement.scrollWidth');
    if (Number(width) > 320) findings.push(`${view.name}: is ${width} px wide`);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
  expect(findings).toEqual([]);
  expect(views.length).toBeGreaterThan(60);
}, 600_000);

it('no page needs what its Content-Security-Policy refuses', () => {
  expect(refusals.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
});
