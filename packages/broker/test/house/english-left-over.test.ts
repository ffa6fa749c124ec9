// That no page which the broker itself renders says anything in English to people of another language: each is read in English and in that
// language, and no sentence is the same.

import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Browser, formFields, type Landing } from '../oauth/browser.ts';
import { signedInBrowser } from './authorize-app.ts';
import { type House, startHouse } from './start-house.ts';

const clock = { offsetMs: 0 };
let house: House;
let clientId: string;
beforeAll(async () => {
  house = await startHouse({ ambient: { now: () => Date.now() + clock.offsetMs, randomBytes } });
  const client = { name: 'Acme Writer', redirect_uris: ['https://app.test/callback'], type: 'public' };
  clientId = (await house.api('POST', '/clients', client)).body.id;
});
afterAll(() => house?.close());

type Show = (browser: Browser) => Promise<Landing>;

const opening =
  (path: string): Show =>
  (browser) =>
    browser.open(path);

const sending =
  (path: string, fields: Readonly<Record<string, string>>, headers = {}): Show =>
  (browser) =>
    browser.submit(path, new URLSearchParams(fields), headers);

const post = async (path: string, body: object, token?: string) => {
  const response = await fetch(house.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Readonly<Record<string, string>>;
};

const invited: Show = async (browser) => {
  const { link } = (await house.api('POST', '/invitations', { email: null, maxima: [] })).body;
  return browser.open(link);
};

const badlyInvited: Show = async (browser) => {
  const fields = formFields((await invited(browser)).text);
  fields.set('email', 'nobody');
  fields.set('password', 'short');
  return browser.submit('/invite', fields);
};

const terminal: Show = async (browser) => {
  const { user_code } = await post('/api/auth/device/code', { client_id: 'valetkey-cli' });
  return browser.open(`/device?user_code=${user_code}`);
};

const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url');
const asked = (more: Readonly<Record<string, string>>, part = {}) => {
  const details = [{ type: 'ai_model_access', provider: 'openai', limits: { daily_spend: 5 }, ...part }];
  return `/authorize?${new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: 'https://app.test/callback',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    authorization_details: JSON.stringify(details),
    ...more,
  })}`;
};

const keyFlow: Show = (browser) =>
  browser.open(
    `/auth?${new URLSearchParams({ callback_url: 'https://app.test/done', code_challenge: challenge, code_challenge_method: 'S256' })}`,
  );

const consent: Show = (browser) => browser.open(asked({}));

const toNobody: Show = (browser) =>
  browser.open(asked({}, { delegation: { max_depth: 1, to: ['app_nobody'] } }));

const badlyDecided: Show = async (browser) => {
  const { url, text } = await consent(browser);
  const fields = formFields(text);
  for (const name of fields.keys()) if (name.includes('usd')) fields.set(name, 'much');
  fields.set('decision', 'allow');
  return browser.submit(url, fields);
};

const forged: Show = async (browser) => {
  const { url } = await consent(browser);
  return browser.submit(url, new URLSearchParams({ decision: 'allow' }));
};

const more: Show = async (browser) => {
  const access = { provider: 'openai', models: ['gpt-4o-mini'] };
  const { token } = await house.grant({ ...access, limits: { total_spend: 1 } });
  const authorization_details = [{ type: 'ai_model_access', ...access, limits: { total_spend: 500 } }];
  const { url } = await post('/grants/self/requests', { authorization_details }, token);
  return browser.open(url ?? '');
};

const confirming: Show = async (browser) => {
  clock.offsetMs = 20 * 60_000;
  const page = await browser.open('/confirm?return_to=/apps');
  clock.offsetMs = 0;
  return page;
};

const SIGNED_OUT: Readonly<Record<string, Show>> = {
  'the way in': opening('/sign-in'),
  'a wrong password': sending('/sign-in', { email: 'nobody@example.com', password: 'wrong words' }),
  'a used-up set-up link': opening('/setup?token=x'),
  'a used-up invitation': opening('/invite?token=x'),
  'an invitation': invited,
  'an invitation, badly filled in': badlyInvited,
  'a form of another site': sending('/sign-in', {}, { origin: 'https://evil.test' }),
  'what is no form': sending('/sign-in', {}, { 'content-type': 'text/plain' }),
};

const SIGNED_IN: Readonly<Record<string, Show>> = {
  'the way out': opening('/sign-out'),
  'the ways in': opening('/settings/passkeys'),
  devices: opening('/device'),
  'an unknown code': sending('/device', { user_code: 'AAAA-AAAA' }),
  terminal,
  consent,
  'a request to share with an unknown app': toNobody,
  'a consent page, badly filled in': badlyDecided,
  'a forged decision': forged,
  'a request that is gone': opening('/consent/x'),
  'a request for more': more,
  'a request for more that is gone': opening('/consent/requests/x'),
  'an unknown app': (browser) => browser.open(asked({ client_id: 'app_nobody' })),
  'a wrong address to go back to': (browser) => browser.open(asked({ redirect_uri: 'https://evil.test/' })),
  'the key flow': keyFlow,
  'the key flow, wrongly asked': opening('/auth?callback_url=x'),
  'who it is, once more': confirming,
};

/** What is said to people: text and described controls, of two words at least. Names, codes and what is marked as English stay as they are. */
const saidOn = (page: string): readonly string[] => {
  const own = page
    .replace(/^[\s\S]*<title>/, '<title>')
    .replaceAll(/<(code|bdi|q|svg|script)\b[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<span class="code">[^<]*/g, '')
    .replaceAll(/<(\w+)[^>]* lang="en"[^>]*>[\s\S]*?<\/\1>/g, '');
  const texts = own.replaceAll(/<[^>]*>/g, '\n').split('\n');
  const described = [...own.matchAll(/ (?:aria-label|placeholder|title|alt|data-[\w-]+)="([^"]*)"/g)];
  return [...texts, ...described.map(([, text = '']) => text)]
    .map((text) => text.trim())
    .filter((text) => /\p{L}{2,}[^\p{L}]+\p{L}{2,}/u.test(text) && !/^\S+@\S+$/.test(text));
};

it.each(['de', 'ja'])('in %s no page says a sentence in English', async (language) => {
  for (const [pages, enter] of [
    [SIGNED_OUT, async () => new Browser(house.url, null)],
    [SIGNED_IN, () => signedInBrowser(house)],
  ] as const) {
    const browser = await enter();
    for (const [name, show] of Object.entries(pages)) {
      browser.language = 'en';
      const english = saidOn((await show(browser)).text);
      browser.language = language;
      const { text, url } = await show(browser);
      expect([name, english.length > 0, /<html lang="(\w+)"/.exec(text)?.[1]]).toEqual([
        name,
        true,
        language,
      ]);
      const said = saidOn(text);
      const leftOver = said.filter(
        (each) => english.includes(each) || (language === 'ja' && /[a-z]+ [a-z]+ [a-z]+/.test(each)),
      );
      expect([name, url, leftOver]).toEqual([name, url, []]);
    }
  }
});
