// Takes a picture of every page with real data, on a phone and on a desk, light and dark:
//   CHROMIUM=/usr/bin/chromium node packages/broker/test/browser/screenshots.ts FOLDER [PART_OF_A_NAME]
// For people to look at; nothing here is asserted.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium } from '@valetkey/testkit/browser';
import { openPage } from './open-page.ts';
import { openViews } from './views.ts';

const [folder, only = ''] = process.argv.slice(2);
if (!folder) throw new Error('Name the folder that the pictures go to.');
mkdirSync(folder, { recursive: true });

const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 } };

const browser = await launchChromium();
const page = await openPage(browser);
const { views, close } = await openViews(page);
for (const view of views) {
  await page.setViewportSize(SIZES.desk);
  await view.open();
  if (!view.name.includes(only)) continue;
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({
        path: join(folder, `${view.name}-${size}-${colorScheme}.png`),
        fullPage: true,
      });
    }
  }
}
await browser.close();
await close();
