// A house in which everything can be stopped, and its pages: for the accessibility test, for the screenshots, and for the test that stops it.

import type { Page } from 'playwright-core';
import type { House } from '../house/start-house.ts';
import { whenLoaded } from './open-page.ts';
import type { View } from './views.ts';

/** Opens the question whether everything should be stopped. */
const openQuestion = async (page: Page, house: House): Promise<void> => {
  await page.goto(`${house.url}/`);
  await whenLoaded(page);
  await page.getByRole('button', { name: 'Stop everything' }).click();
  await page.getByRole('dialog').waitFor();
};

const stopEverything = async (house: House): Promise<string> =>
  (await house.api('POST', '/stops', { scope: 'everything' })).body.stop.id;

/** The question, and three pages while everything is stopped. Each leaves the house as it was. */
export const stopViews = (page: Page, house: House): View[] => {
  const openStopped = (path: string) => async () => {
    const id = await stopEverything(house);
    await page.goto(house.url + path);
    await whenLoaded(page);
    await page
      .getByText(path === '/accounts' ? 'AI accounts' : /stopped/i)
      .first()
      .waitFor();
    await house.api('DELETE', `/stops/${id}`);
  };
  return [
    { name: 'stop-everything', open: () => openQuestion(page, house) },
    { name: 'stopped-home', open: openStopped('/') },
    { name: 'stopped-apps', open: openStopped('/apps') },
    { name: 'stopped-accounts', open: openStopped('/accounts') },
  ];
};
