// Every page of the product with something on it, as a list: for the accessibility test and for the screenshots.

import type { Page } from 'playwright-core';
import { type House, startHouse } from '../house/start-house.ts';
import { alertViews, furnishAlerts } from './alert-views.ts';
import { connectedViews } from './connected-views.ts';
import { type DemoApp, startDemoApp } from './demo-app.ts';
import { deviceViews } from './device-views.ts';
import { ASKED, call, child, grant } from './grants.ts';
import { whenLoaded } from './open-page.ts';
import { furnishPeople, peopleViews } from './people-views.ts';
import { addAuthenticator, sendPassword } from './sign-in.ts';
import { stepUpViews } from './step-up-views.ts';
import { stopViews } from './stop-views.ts';

/** One page. `open` brings the browser there, whatever it showed before. */
export interface View {
  readonly name: string;
  readonly open: () => Promise<unknown>;
}

const SEVERAL = [
  { ...ASKED, delegation: { max_depth: 1 } },
  { provider: 'anthropic', capabilities: ['chat'], tools: ['web_search'] },
];

/** The `client_id` of an app that nobody here has seen. */
const FAR_CLIENT = 'https://fares.travel-planning.example/oauth/client-metadata.json';

const DEVICE_LOGIN = { client_id: 'valetkey-cli' };

/** A grant of its own with a tree below it, and a call through all of it. @returns the grant in the middle */
const delegate = async (house: House): Promise<string> => {
  const planner = await grant(house, 'Trip planner', {
    ...ASKED,
    limits: { monthly_spend: 10 },
    delegation: { max_depth: 2 },
  });
  const scout = await child(house, planner.id, 'scout', {
    limits: { total_spend: 1 },
    delegation: { max_depth: 1 },
  });
  const fares = await child(house, scout.grant_id, 'compare fares', {
    models: ['gpt-4o'],
    limits: { total_spend: 0.5 },
  });
  await child(house, scout.grant_id, 'read timetables', {});
  const summary = await child(house, planner.id, 'summary', {
    models: ['gpt-4o-mini'],
    limits: { total_spend: 0.2 },
  });
  await house.api('POST', `/grants/${summary.grant_id}/revoke`);
  await call(house, fares.token);
  return scout.grant_id;
};

/** A house that was used: grants of every kind, calls that went through and calls that did not. @returns the grant with most to see */
const use = async (house: House): Promise<string> => {
  const busy = await grant(house, 'Notes on my laptop', { ...ASKED, limits: { daily_spend: 0.2 } });
  for (let made = 0; made < 4; made += 1) await call(house, busy.token, made % 2 ? 'gpt-4o' : 'gpt-4o-mini');
  await call(house, busy.token, 'gpt-4.1');
  const tight = await grant(house, 'Mail sorter', { ...ASKED, limits: { monthly_spend: 0.04 } });
  for (let made = 0; made < 3; made += 1) await call(house, tight.token);
  await grant(house, 'Code review', { provider: 'anthropic', limits: { monthly_spend: 20 } });
  const paused = await grant(house, 'Photo album', { provider: 'google', limits: { total_spend: 1 } });
  await house.api('PATCH', `/grants/${paused.id}`, { status: 'suspended' });
  const ended = await grant(house, 'Trial', ASKED);
  await house.api('POST', `/grants/${ended.id}/revoke`);
  await house.api('POST', '/provider-keys', {
    provider: 'openai',
    label: 'Work',
    key: 'sk-a-key-of-the-office-9f2c',
  });
  return busy.id;
};

const consentViews = (page: Page, app: DemoApp, lookalike: DemoApp): View[] => {
  const open = async (details: readonly object[], from = app) => page.goto((await from.ask(details)).url);
  const openAndSend = async (fill: Readonly<Record<string, string>>) => {
    await open([ASKED]);
    for (const [label, text] of Object.entries(fill)) await page.getByLabel(label).fill(text);
    await page.getByRole('button', { name: /^Allow/ }).click();
    await page.getByRole('alert').waitFor();
  };
  const openForDevice = async () => page.goto((await app.askForDevice([ASKED])).url);
  const openSharing = async (to?: readonly string[]) => {
    await open([{ ...ASKED, delegation: { max_depth: 3, ...(to && { to }) } }]);
    await page.getByLabel('Let it share this limit').check();
  };
  return [
    { name: 'consent', open: () => open([ASKED]) },
    { name: 'consent-sharing', open: () => openSharing() },
    {
      name: 'consent-sharing-named',
      open: () => openSharing(['own_agents', lookalike.clientId, FAR_CLIENT]),
    },
    { name: 'consent-several', open: () => open(SEVERAL) },
    { name: 'consent-large', open: () => open([{ ...ASKED, limits: { daily_spend: 50 } }]) },
    { name: 'consent-open-request', open: () => open([{ provider: 'anthropic' }]) },
    { name: 'consent-without-key', open: () => open([{ ...ASKED, provider: 'mistral', models: undefined }]) },
    { name: 'consent-lookalike', open: () => open([ASKED], lookalike) },
    { name: 'consent-device', open: openForDevice },
    { name: 'consent-corrected', open: () => openAndSend({ 'Budget per day': '7' }) },
  ];
};

const accountViews = (page: Page, house: House): View[] => {
  const goto = (path: string) => page.goto(house.url + path);
  const openDevice = async () => {
    const response = await fetch(`${house.url}/api/auth/device/code`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(DEVICE_LOGIN),
    });
    const { user_code } = (await response.json()) as { user_code: string };
    await goto(`/device?user_code=${user_code}`);
  };
  return [
    { name: 'confirm', open: () => goto('/confirm?return_to=/accounts') },
    { name: 'passkeys', open: () => goto('/settings/passkeys') },
    { name: 'sign-out', open: () => goto('/sign-out') },
    { name: 'device', open: () => goto('/device') },
    { name: 'device-unknown-code', open: () => goto('/device?user_code=WXYZ-WXYZ') },
    { name: 'device-decision', open: openDevice },
    { name: 'device-connected', open: () => goto('/device?decided=allowed') },
    { name: 'error-request', open: () => goto('/authorize?client_id=nobody&response_type=code') },
    { name: 'error-consent-gone', open: () => goto('/consent/nothing') },
    { name: 'error-codes', open: () => goto('/docs/errors') },
    { name: 'error-code', open: () => goto('/docs/errors/budget_exhausted') },
    { name: 'program', open: () => goto('/docs/connect/codex') },
  ];
};

const dashboardViews = (page: Page, house: House, grantId: string, childId: string): View[] => {
  const paths = {
    home: '/',
    apps: '/apps?show=all',
    app: `/apps/${grantId}`,
    limits: `/apps/${grantId}?edit=limits`,
    'limits-sharing': `/apps/${childId}?edit=limits`,
    'app-delegated': `/apps/${childId}`,
    delegation: '/delegation?show=all',
    'delegation-one': `/delegation?grant_id=${childId}`,
    'delegation-none': `/delegation?grant_id=${grantId}`,
    activity: '/activity',
    'activity-of-a-tree': `/activity?grant_id=${grantId}&include=descendants&status=counted&from=2026-01-01`,
    'activity-of-nothing': '/activity?from=2020-01-01&to=2020-01-31',
    audit: '/audit',
    'audit-of-access': '/audit?topic=access',
    connect: '/connect?provider=openai',
    accounts: '/accounts',
    developer: '/developer',
    settings: '/settings',
    'not-found': '/nowhere',
  };
  const open = (path: string) => async () => {
    await page.goto(house.url + path);
    await whenLoaded(page);
  };
  const openRevoke = async () => {
    await open(paths.app)();
    await page.getByRole('button', { name: /^Revoke/ }).click();
    await page.getByRole('dialog').waitFor();
  };
  const openRevokeBranch = async () => {
    await open(paths.delegation)();
    await page.getByRole('button', { name: 'Revoke scout' }).click();
    await page.getByRole('dialog').waitFor();
  };
  const openConnected = async () => {
    await open('/connect?provider=sandbox')();
    await page.getByLabel('What is it for?').fill('Notes on my laptop');
    await page.getByRole('button', { name: /^Create a token/ }).click();
    await page.getByText('Waiting for the first call').waitFor();
  };
  const openConfirm = async () => {
    await open(paths.audit)();
    await page.getByRole('link', { name: 'Export', exact: true }).click();
    await page.getByRole('dialog').waitFor();
  };
  return [
    ...Object.entries(paths).map(([name, path]) => ({ name: `dashboard-${name}`, open: open(path) })),
    { name: 'dashboard-confirm', open: openConfirm },
    { name: 'dashboard-revoke', open: openRevoke },
    { name: 'dashboard-delegation-revoke', open: openRevokeBranch },
    { name: 'dashboard-connected', open: openConnected },
  ];
};

/** The pages before anybody is signed in. The last one signs in. */
const doorViews = (page: Page, house: House, fresh: House): View[] => {
  const refuse = async () => {
    await page.goto(`${house.url}/sign-in`);
    await sendPassword(page, 'not the password');
    await page.getByRole('alert').first().waitFor();
  };
  const signInAndAddPasskey = async () => {
    await page.goto(`${house.url}/sign-in?return_to=/settings/passkeys`);
    await sendPassword(page);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText(/^Passkey of /).waitFor();
  };
  return [
    { name: 'set-up', open: () => page.goto(fresh.broker.setupLink ?? '') },
    { name: 'set-up-used', open: () => page.goto(`${fresh.url}/setup?token=used`) },
    { name: 'sign-in-not-set-up', open: () => page.goto(`${fresh.url}/sign-in`) },
    { name: 'sign-in', open: () => page.goto(`${house.url}/sign-in`) },
    { name: 'sign-in-wrong', open: refuse },
    { name: 'passkey-added', open: signInAndAddPasskey },
  ];
};

/** Starts a used house and one that waits for its owner. The views are to be opened in their order: some sign in. */
export const openViews = async (page: Page): Promise<{ views: View[]; close: () => Promise<unknown> }> => {
  const [house, fresh] = await Promise.all([
    startHouse({ hostname: 'localhost' }),
    startHouse({ hostname: 'localhost', owner: false }),
  ]);
  const [app, lookalike] = [await startDemoApp(house), await startDemoApp(house, 'OpenAI Ηelper')];
  const childId = await delegate(house);
  const requests = await stepUpViews(page, house);
  const grantId = await use(house);
  await furnishAlerts(house);
  const links = await furnishPeople(house);
  await addAuthenticator(page);
  return {
    views: [
      ...doorViews(page, house, fresh),
      ...accountViews(page, house),
      ...consentViews(page, app, lookalike),
      ...requests,
      ...dashboardViews(page, house, grantId, childId),
      ...connectedViews(page, house, app),
      ...stopViews(page, house),
      ...alertViews(page, house),
      ...deviceViews(page, house, app),
      ...peopleViews(page, house, links),
    ],
    close: () => {
      for (const each of [app, lookalike]) each.close();
      return Promise.all([house.close(), fresh.close()]);
    },
  };
};
