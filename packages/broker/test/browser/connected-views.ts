// The pages of an app that came by consent, of its calls, and the menu of a phone: for the accessibility test and for the screenshots.

import type { Page } from 'playwright-core';
import type { House } from '../house/start-house.ts';
import type { DemoApp } from './demo-app.ts';
import { ASKED, call } from './grants.ts';
import { whenLoaded } from './open-page.ts';
import type { View } from './views.ts';

/** Lets the app in as its owner and makes a call with its token. @returns its grant */
const connect = async (page: Page, house: House, app: DemoApp): Promise<string> => {
  const asking = await app.ask([{ ...ASKED, delegation: { max_depth: 1 } }]);
  await page.goto(asking.url);
  await page.getByLabel('Let it share this limit').check();
  await page.getByRole('button', { name: /^Allow/ }).click();
  await page.waitForURL(`${app.origin}/callback?**`);
  const { access_token: token } = await asking.tokens();
  await call(house, token, 'gpt-4o-mini');
  const { body } = await house.api('GET', '/grants');
  return body.data.find((grant: { client: { id: string } | null }) => grant.client?.id === app.clientId).id;
};

/** The first of them lets the app in. */
export const connectedViews = (page: Page, house: House, app: DemoApp): View[] => {
  let grantId = '';
  const open = async (path: string) => {
    await page.goto(house.url + path);
    await whenLoaded(page);
  };
  const openApp = async () => {
    grantId ||= await connect(page, house, app);
    await open(`/apps/${grantId}`);
  };
  const openQuestion = async () => {
    await openApp();
    await page.getByRole('button', { name: 'Stop app Acme Writer' }).click();
    await page.getByRole('dialog').waitFor();
  };
  const openStopped = async () => {
    const { body } = await house.api('POST', '/stops', { scope: 'app', client_id: app.clientId });
    await openApp();
    await page.getByText('Stopped with its app').waitFor();
    await house.api('DELETE', `/stops/${body.stop.id}`);
  };
  const openCall = (status: string) => async () => {
    const { body } = await house.api('GET', `/calls?status=${status}&limit=1`);
    await open(`/activity/${body.data[0].id}`);
  };
  const openMenu = async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await open('/delegation');
    await page.getByRole('button', { name: 'Menu' }).click();
  };
  return [
    {
      name: 'consent-preview',
      open: () => page.goto(`${house.url}/consent/preview/${app.clientId}`),
    },
    { name: 'connected-app', open: openApp },
    { name: 'connected-app-stop', open: openQuestion },
    { name: 'connected-app-stopped', open: openStopped },
    { name: 'call', open: openCall('settled') },
    { name: 'call-refused', open: openCall('refused') },
    { name: 'menu', open: openMenu },
  ];
};
