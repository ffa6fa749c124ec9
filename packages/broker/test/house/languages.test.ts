// That a person is answered in their language, whatever tells it: their choice, the app that sent them, their browser.

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, OWNER, signIn, startHouse } from './start-house.ts';

const clock = { offsetMs: 0 };
let house: House;
let grantId: string;
let session: string;
beforeAll(async () => {
  house = await startHouse({ ambient: { now: () => Date.now() + clock.offsetMs, randomBytes } });
  session = await signIn(house.url);
  const grant = await house.grant({
    provider: 'openai',
    models: ['gpt-4o-mini'],
    limits: { daily_spend: 5 },
  });
  grantId = grant.id;
});
afterAll(() => house.close());

const linesIn = async (headers: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const response = await fetch(`${house.url}/api/v1/grants/${grantId}`, {
    headers: { authorization: `Bearer ${session}`, ...headers },
  });
  const { parts } = (await response.json()) as { parts: readonly { readonly lines: readonly string[] }[] };
  return parts.flatMap(({ lines }) => lines);
};

describe('what a grant allows', () => {
  it.each([
    [{}, 'It may not let other agents spend from this limit'],
    [
      { 'accept-language': 'de-CH, en;q=0.5' },
      'Dieses Limit darf nicht an andere Agenten weitergegeben werden',
    ],
    [{ 'accept-language': 'ja' }, '他のエージェントにこの上限を使わせることはできません'],
    [
      { 'accept-language': 'ja', cookie: 'valetkey_language=de' },
      'Dieses Limit darf nicht an andere Agenten weitergegeben werden',
    ],
  ])('is said as %j asks', async (headers, line) => {
    expect(await linesIn(headers)).toContain(line);
  });
});

it('its metadata names the languages', async () => {
  const metadata = await (await fetch(`${house.url}/.well-known/oauth-authorization-server`)).json();
  expect(metadata).toMatchObject({ ui_locales_supported: ['en', 'de', 'ja'] });
});

it.each([
  ['de', 'Anmelden', 'Die E-Mail-Adresse oder das Passwort ist falsch.'],
  ['ja', 'サインイン', 'メールアドレスまたはパスワードが違います。'],
  ['fr', 'Sign in', 'The e-mail address or the password is wrong.'],
])('the way in speaks %s, and says in it what was wrong', async (language, heading, wrong) => {
  const headers = { 'accept-language': language, origin: house.url };
  const page = await (await fetch(`${house.url}/sign-in`, { headers })).text();
  expect(page).toContain(`<h1>${heading}</h1>`);
  const body = new URLSearchParams({ email: 'nobody@example.com', password: 'wrong words here' });
  const refused = await fetch(`${house.url}/sign-in`, { method: 'POST', headers, body });
  expect([refused.status, (await refused.text()).includes(wrong)]).toEqual([401, true]);
});

it('an owner is written to in the language of the last browser they signed in with, else as they chose', async () => {
  const kept = async () => (await house.api('GET', '/me')).body.locale;
  expect(await kept()).toBe('en');
  for (const [language, keeps] of [
    ['ja', 'ja'],
    ['fr', 'ja'],
    ['*', 'ja'],
    ['de-AT', 'de'],
  ]) {
    const headers = { 'accept-language': language ?? '', origin: house.url };
    await fetch(`${house.url}/sign-in`, {
      method: 'POST',
      headers,
      redirect: 'manual',
      body: new URLSearchParams(OWNER),
    });
    expect([language, await kept()]).toEqual([language, keeps]);
  }
  await house.api('PATCH', '/me', { locale: 'en' });
  expect(await kept()).toBe('en');
});

it.each([
  ['de', 'Das Passwort ist falsch.'],
  ['ja', 'パスワードが違います。'],
])('whoever has to confirm who they are hears in %s that it did not do', async (language, wrong) => {
  const headers = { 'accept-language': language, origin: house.url };
  const entered = await fetch(`${house.url}/sign-in`, {
    method: 'POST',
    headers,
    redirect: 'manual',
    body: new URLSearchParams(OWNER),
  });
  const cookie = entered.headers
    .getSetCookie()
    .map((each) => each.split(';', 1)[0])
    .join('; ');
  clock.offsetMs += 20 * 60_000;
  const refused = await fetch(`${house.url}/confirm`, {
    method: 'POST',
    headers: { ...headers, cookie },
    body: new URLSearchParams({ 'confirm-password': 'not the password' }),
  });
  expect([refused.status, (await refused.text()).includes(wrong)]).toEqual([401, true]);
});
