// A house with devices, one of them lost, and a grant that is pinned: for the accessibility test, for the screenshots, and for the test that
// loses one.

import type { Page } from 'playwright-core';
import { createDeviceKey, type DeviceKey, enrolDevice } from '../device-key.ts';
import { type House, signIn } from '../house/start-house.ts';
import type { DemoApp } from './demo-app.ts';
import { ASKED, grant } from './grants.ts';
import { whenLoaded } from './open-page.ts';
import type { View } from './views.ts';

/** A device as it was enrolled. */
export interface Enrolled {
  readonly id: string;
  readonly key: DeviceKey;
}

/** Enrols a device over the API, as the command line does. */
export const enrol = async (house: House, name: string): Promise<Enrolled> => {
  const key = await createDeviceKey();
  const made = await enrolDevice({ url: house.url, session: await signIn(house.url) }, name, key);
  if (made.status !== 201) throw new Error(`not enrolled: ${made.status} ${JSON.stringify(made.body)}`);
  return { id: made.body.id, key };
};

/** Makes a call that proves the key. */
export const callFrom = async (
  house: House,
  token: string,
  key: DeviceKey,
  model = 'openai/gpt-4o-mini',
): Promise<number> => {
  const url = `${house.url}/v1/chat/completions`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      dpop: await key.prove('POST', url, token),
    },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'hello' }],
      max_tokens: 10,
    }),
  });
  await response.text();
  return response.status;
};

/** Devices of every kind. @returns the pinned grant */
const useDevices = async (house: House): Promise<string> => {
  const laptop = await enrol(house, 'Laptop in the study');
  const phone = await enrol(house, 'Phone');
  const old = await enrol(house, 'Old laptop');
  const pinned = await grant(house, 'Bookkeeping', { provider: 'sandbox', limits: { daily_spend: 5 } });
  await house.api('PATCH', `/grants/${pinned.id}`, { device_ids: [laptop.id, phone.id] });
  await callFrom(house, pinned.token, laptop.key, 'sandbox/sandbox-mini');
  await house.api('POST', `/devices/${old.id}/lost`);
  return pinned.id;
};

/** The page without a device and with some, the choice of devices there and on the consent page, and a pinned grant’s own page. */
export const deviceViews = (page: Page, house: House, app: DemoApp): View[] => {
  let grantId = '';
  const open = (path: () => string) => async () => {
    await page.goto(house.url + path());
    await whenLoaded(page);
  };
  return [
    { name: 'devices-none', open: open(() => '/devices') },
    {
      name: 'devices',
      open: async () => {
        grantId ||= await useDevices(house);
        await open(() => '/devices')();
        await page.getByRole('button', { name: 'Report lost: Phone' }).waitFor();
      },
    },
    {
      name: 'devices-choice',
      open: async () => {
        await open(() => '/devices')();
        await page.getByRole('button', { name: 'Change devices of Bookkeeping' }).click();
        await page.getByRole('dialog').waitFor();
      },
    },
    {
      name: 'devices-lost',
      open: async () => {
        await open(() => '/devices')();
        await page.getByRole('button', { name: 'Report lost: Phone' }).click();
        await page.getByRole('dialog').waitFor();
      },
    },
    { name: 'devices-app', open: open(() => `/apps/${grantId}`) },
    {
      name: 'consent-devices',
      open: async () => {
        await page.goto((await app.ask([ASKED])).url);
        await page.getByText('Only from these devices').click();
        await page.getByLabel('Phone').check();
      },
    },
  ];
};
