// A house with alerts, ceilings and a webhook that nobody answers: for the accessibility test and for the screenshots.

import { freePort } from '@valetkey/testkit';
import type { Page } from 'playwright-core';
import type { House } from '../house/start-house.ts';
import { whenLoaded } from './open-page.ts';
import type { View } from './views.ts';

/** Makes it. MUST be done before the owner has a passkey, which would be asked for. */
export const furnishAlerts = async (house: House): Promise<void> => {
  const url = `http://127.0.0.1:${await freePort()}/hooks/valetkey`;
  await house.api('POST', '/alert-destinations', { kind: 'webhook', url });
  const { data } = (await house.api('GET', '/ceilings')).body;
  const limits = { monthly_spend: '50', requests_per_day: 1000 };
  await house.api('PUT', `/ceilings/${data[0].provider_key.id}`, { limits });
};

/** The page, and the dialog of a ceiling; what else is on it has a test of its own. */
export const alertViews = (page: Page, house: House): View[] => {
  const open = async () => {
    await page.goto(`${house.url}/alerts`);
    await whenLoaded(page);
    await page.getByText('were refused').first().waitFor();
  };
  const openCeiling = async () => {
    await open();
    await page
      .getByRole('button', { name: /^Set ceiling of / })
      .first()
      .click();
    await page.getByRole('dialog').waitFor();
  };
  return [
    { name: 'alerts', open },
    { name: 'alerts-ceiling', open: openCeiling },
  ];
};
