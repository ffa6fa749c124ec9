// A house with several people, and its pages: for the accessibility test and for the screenshots.

import type { Page } from 'playwright-core';
import type { House } from '../house/start-house.ts';
import { whenLoaded } from './open-page.ts';
import type { View } from './views.ts';

/** Invites somebody. @returns the link */
export const invite = async (house: House, body: object = {}): Promise<string> => {
  const made = await house.api('POST', '/invitations', body);
  if (made.status !== 201) throw new Error(`nobody was invited: ${JSON.stringify(made.body)}`);
  return made.body.link;
};

/** Makes an owner as the page of an invitation does. */
const join = async (house: House, email: string, maxima: readonly object[] = []): Promise<void> => {
  const token = new URL(await invite(house, { email, maxima })).searchParams.get('token') ?? '';
  const body = new URLSearchParams({ token, password: 'a-long-enough-password-43' });
  const init = { method: 'POST', redirect: 'manual', headers: { origin: house.url }, body } as const;
  const taken = await fetch(`${house.url}/invite`, init);
  if (taken.status !== 303) throw new Error(`nobody joined: ${taken.status}`);
};

/** Links of invitations: for anybody, and for one address. */
export interface Links {
  readonly open: string;
  readonly bound: string;
}

/** Brings people into the house. MUST come before its operator has a passkey, which would be asked for. */
export const furnishPeople = async (house: House): Promise<Links> => {
  const maxima = [
    { unit: 'usd', per: 'month', amount: '20' },
    { unit: 'requests', per: 'day', amount: 500 },
  ];
  await join(house, 'eve.with.a.long.address@accounting.department.example', maxima);
  await join(house, 'bob@owner.test');
  const links = {
    bound: await invite(house, { email: 'dan@owner.test', maxima }),
    open: await invite(house),
  };
  const owners = (await house.api('GET', '/owners')).body.data as { id: string; email: string }[];
  const bob = owners.find(({ email }) => email === 'bob@owner.test');
  await house.api('POST', `/owners/${bob?.id}/suspend`);
  return links;
};

/** The pages of invitations, of people and what they ask. */
export const peopleViews = (page: Page, house: House, links: Links): View[] => {
  const openPeople = async () => {
    await page.goto(`${house.url}/settings/people`);
    await whenLoaded(page);
    await page.getByText('Suspended').waitFor();
  };
  const openDialog = async (button: string | RegExp) => {
    await openPeople();
    await page.getByRole('button', { name: button }).first().click();
    await page.getByRole('dialog').waitFor();
  };
  return [
    { name: 'people', open: openPeople },
    { name: 'people-invite', open: () => openDialog('Invite somebody') },
    { name: 'people-maxima', open: () => openDialog(/^Set maximum of eve/) },
    { name: 'people-suspend', open: () => openDialog(/^Suspend eve/) },
    { name: 'people-remove', open: () => openDialog(/^Remove eve/) },
    { name: 'invitation', open: () => page.goto(links.open) },
    { name: 'invitation-bound', open: () => page.goto(links.bound) },
    { name: 'invitation-used', open: () => page.goto(`${house.url}/invite?token=used`) },
  ];
};
