// Apps that are nothing but a page, in a real browser against the running broker: <connect-your-ai>, windows and redirects, tabs that share one
// connection, and a policy that forbids everything inline.

import { launchChromium } from '@valetkey/testkit/browser';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sendPassword } from '../../broker/test/browser/sign-in.ts';
import { type House, startHouse } from '../../broker/test/house/start-house.ts';
import { type PageServer, servePages } from './page-server.ts';

vi.setConfig({ testTimeout: 60_000 });

const pageOf = (attributes: string): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Acme Writer</title>
<script type="module" src="/page.js"></script>
<main><h1>Acme Writer</h1><connect-your-ai ${attributes}></connect-your-ai></main></html>`;
const SCRIPT = `
globalThis.heard = [];
for (const name of ['connect', 'disconnect', 'error'])
  addEventListener('valetkey-' + name, ({ detail }) => heard.push([name, detail?.code ?? null]));
const element = document.querySelector('connect-your-ai');
globalThis.call = async (more) => {
  const { connection } = element;
  const response = await connection.fetch(connection.baseUrl('openai') + '/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }], ...more }),
  });
  return { status: response.status, text: await response.text(), isBound: connection.isBound };
};
globalThis.inWorker = (message) => {
  const policy = trustedTypes.createPolicy('page', { createScriptURL: (url) => url });
  const worker = new Worker(policy.createScriptURL('/worker.js'), { type: 'module' });
  worker.postMessage(message);
  return new Promise((done) => worker.addEventListener('message', ({ data }) => done(data)));
};
globalThis.tokenAt = (ms) => {
  Date.now = () => ms;
  return element.connection.token();
};
globalThis.keptKey = async () => {
  const request = indexedDB.open('valetkey');
  await new Promise((done) => request.addEventListener('success', done));
  const all = request.result.transaction('connections').objectStore('connections').getAll();
  await new Promise((done) => all.addEventListener('success', done));
  const { privateKey } = all.result[0].key;
  const stolen = await crypto.subtle.exportKey('jwk', privateKey).catch((thrown) => thrown.name);
  return { count: all.result.length, extractable: privateKey.extractable, stolen };
};
// Last: what stands above is there once the button is.
await import('/sdk/browser/element.ts');`;
const WORKER = `
addEventListener('message', async ({ data }) => {
  const { discover, valetkey } = await import('/sdk/src/index.ts');
  const { connect, restore } = await import('/sdk/browser/connect.ts');
  const kept = await restore({ clientId: 'app' });
  const asked = await connect({ clientId: 'app', broker: data.baseUrl, access: [] }).catch(({ message }) => message);
  const { remainingUsd: left } = await valetkey(data).budget();
  const { issuer } = await discover(data.baseUrl);
  postMessage({ left, issuer, process: typeof process, kept, asked });
});`;
const RELAY = `import { relay } from '/sdk/browser/connect.ts'; await relay();`;
const ACCESS = JSON.stringify([{ provider: 'openai', models: ['gpt-4o*'], limits: { total_spend: 0.005 } }]);

/** What the page's script has put there. */
interface InPage {
  readonly heard: (readonly [string, string | null])[];
  call(more: object): Promise<{ readonly status: number; readonly text: string; readonly isBound: boolean }>;
  inWorker(message: object): Promise<object>;
  tokenAt(ms: number): Promise<string>;
  keptKey(): Promise<object>;
}

type Browser = Awaited<ReturnType<typeof launchChromium>>;
type BrowserContext = Awaited<ReturnType<Browser['newContext']>>;
type Page = Awaited<ReturnType<BrowserContext['newPage']>>;

let house: House;
let browser: Browser;
let app: PageServer;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];
beforeAll(async () => {
  [browser, house] = await Promise.all([launchChromium(), startHouse()]);
  const files: Record<string, string> = { '/page.js': SCRIPT, '/relay.js': RELAY, '/worker.js': WORKER };
  app = await servePages(files, house.url);
  const names = ['popup', 'own', 'redirect', 'typed', 'callback'];
  const made = await house.api('POST', '/clients', {
    name: 'Acme Writer',
    redirect_uris: names.map((name) => `${app.origin}/${name}`),
    type: 'public',
  });
  const attributes = `client-id="${made.body.id}" access='${ACCESS}'`;
  const known = `${attributes} broker="${house.url}"`;
  files['/popup'] = pageOf(`${known} redirect-uri="/callback"`);
  files['/own'] = pageOf(known);
  files['/redirect'] = pageOf(`${known} mode="redirect"`);
  files['/japanese'] = pageOf(`${known} lang="ja"`);
  files['/typed'] = pageOf(`${attributes} redirect-uri="/callback"`);
  files['/callback'] =
    `<!doctype html><title>Done</title><script type="module" src="/relay.js"></script>Close it`;
});
afterAll(async () => {
  app?.close();
  await Promise.all([browser?.close(), house?.close()]);
});
beforeEach(async () => {
  context = await browser.newContext({ reducedMotion: 'reduce' });
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
});
afterEach(async () => {
  await context.close();
  // Nothing broke a policy. What the broker refuses stands there, too, with its status.
  expect(problems.splice(0).filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
});

const press = (name: string | RegExp, where = page) => where.getByRole('button', { name }).click();
const heard = () => page.evaluate(() => (globalThis as unknown as InPage).heard);
const answerWindow = async (decision: RegExp, pressed: () => Promise<unknown>): Promise<Page> => {
  const [popup] = await Promise.all([page.waitForEvent('popup'), pressed()]);
  await popup.getByLabel('E-mail').waitFor();
  await sendPassword(popup);
  await press(decision, popup);
  return popup;
};
const connected = (where = page) => where.getByText('Your AI is connected').waitFor();

/** One call of the page's connection. */
const call = (more: object = { max_tokens: 9 }) =>
  page.evaluate((options) => (globalThis as unknown as InPage).call(options), more);

describe('a page with the button', () => {
  it('is connected by a window, calls with a token bound to its key, and shows what is left', async () => {
    await page.goto(`${app.origin}/popup`);
    const popup = await answerWindow(/^Allow/, () => press('Connect your AI'));
    await connected();
    await page.getByText('$0.0050 left').waitFor();
    await expect.poll(heard).toEqual([['connect', null]]);
    if (!popup.isClosed()) await expect.poll(() => popup.url()).toBe(`${app.origin}/callback`);
    expect(await call()).toMatchObject({ status: 200, isBound: true, text: /simulated/ });
    await page.getByText(/^\$0\.0049 left$/).waitFor();
  });

  it('keeps its key where no script can read it', async () => {
    await page.goto(`${app.origin}/popup`);
    await answerWindow(/^Allow/, () => press('Connect your AI'));
    await connected();
    const kept = await page.evaluate(() => (globalThis as unknown as InPage).keptKey());
    expect(kept).toEqual({ count: 1, extractable: false, stolen: 'InvalidAccessError' });
  });

  it('that is also what people come back to is connected in both windows', async () => {
    await page.goto(`${app.origin}/own`);
    const popup = await answerWindow(/^Allow/, () => press('Connect your AI'));
    await connected();
    // Some browsers close it.
    if (!popup.isClosed()) await Promise.any([connected(popup), popup.waitForEvent('close')]);
    await expect.poll(() => popup.isClosed() || popup.url()).toBeOneOf([true, `${app.origin}/own`]);
  });

  it('leaves and comes back, with nothing of it in the address, and is connected after a reload', async () => {
    await page.goto(`${app.origin}/redirect?view=notes#top`);
    await press('Connect your AI');
    await sendPassword(page);
    await press(/^Allow/);
    await connected();
    await page.waitForURL(`${app.origin}/redirect`);
    await page.reload();
    await connected();
    await expect.poll(heard).toEqual([['connect', null]]);
    await press('Disconnect');
    await page.getByRole('button', { name: 'Connect your AI' }).waitFor();
    await expect.poll(async () => (await heard()).at(-1)).toEqual(['disconnect', null]);
    await page.reload();
    await page.getByRole('button', { name: 'Connect your AI' }).waitFor();
  });

  it('asks for the address, by keyboard alone, and says what is wrong with one', async () => {
    await page.goto(`${app.origin}/typed`);
    await page.getByLabel('Address of your Valetkey').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('no address');
    await page.keyboard.press('Enter');
    await page.getByText('is not the address of a Valetkey').waitFor();
    await expect.poll(heard).toEqual([['error', 'invalid_address']]);
    await page.getByLabel('Address of your Valetkey').fill(new URL(house.url).host);
    await answerWindow(/^Allow/, () => page.keyboard.press('Enter'));
    await connected();
  });

  it('tells that the person said no, and asks again', async () => {
    await page.goto(`${app.origin}/popup`);
    await answerWindow(/^Cancel/, () => press('Connect your AI'));
    await page.getByText('That did not work.').waitFor();
    await expect.poll(heard).toEqual([['error', 'access_denied']]);
    await page.getByRole('button', { name: 'Connect your AI' }).waitFor();
  });

  it('stops waiting when it is told to', async () => {
    await page.goto(`${app.origin}/popup`);
    await Promise.all([page.waitForEvent('popup'), press('Connect your AI')]);
    await page.getByText('Waiting for you to decide').waitFor();
    await press('Cancel');
    await page.getByRole('button', { name: 'Connect your AI' }).waitFor();
    expect(await heard()).toEqual([]);
  });

  it('sees a window that was closed before anything was in it', async () => {
    const opened = page.waitForEvent('popup');
    await page.route('**/.well-known/**', async (route) => {
      await (await opened).close();
      await route.continue();
    });
    await page.goto(`${app.origin}/popup`);
    await press('Connect your AI');
    await opened;
    await page.getByText('The window was closed.').waitFor();
    await expect.poll(heard).toEqual([['error', 'popup_closed']]);
  });

  it('says that the window was blocked', async () => {
    await page.addInitScript(() => {
      (globalThis as { open?: unknown }).open = () => null;
    });
    await page.goto(`${app.origin}/popup`);
    await press('Connect your AI');
    await page.getByText('The browser did not open the window.').waitFor();
    await expect.poll(heard).toEqual([['error', 'popup_blocked']]);
  });

  it('speaks the language of its own lang, else of what it stands in, and says in it what went wrong', async () => {
    await page.addInitScript(() => {
      (globalThis as { open?: unknown }).open = () => null;
    });
    await page.goto(`${app.origin}/japanese`);
    await press('AI を接続する');
    await page.getByText('うまくいきませんでした。 ブラウザーがウィンドウを開きませんでした。').waitFor();
    expect(await page.getByRole('status').getAttribute('lang')).toBe('ja');
    await page.evaluate(`{
      const [main, element] = ['main', 'connect-your-ai'].map((name) => document.querySelector(name));
      element.removeAttribute('lang');
      main.lang = 'de-AT';
      main.append(element);
    }`);
    await page.getByRole('button', { name: 'Ihre KI verbinden' }).waitFor();
  });

  it('leads to where the limit is raised once it is used up', async () => {
    await page.goto(`${app.origin}/popup`);
    await answerWindow(/^Allow/, () => press('Connect your AI'));
    await connected();
    expect((await call({ max_tokens: 16_000 })).status).toBe(402);
    await page.setViewportSize({ width: 320, height: 600 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(await page.locator('connect-your-ai').getByRole('status').textContent()).not.toContain('http');
    const raise = page.getByRole('link', { name: 'Raise it' });
    expect(await raise.getAttribute('href')).toMatch(`${house.url}/apps/gr_`);
  });
});

describe('tabs of one app', () => {
  it('share a connection, and refresh it once', async () => {
    await page.goto(`${app.origin}/redirect`);
    await press('Connect your AI');
    await sendPassword(page);
    await press(/^Allow/);
    await connected();
    const tabs = [page, await context.newPage(), await context.newPage()];
    let refreshes = 0;
    context.on('request', (request) => {
      if (request.url().endsWith('/token')) refreshes += 1;
    });
    await Promise.all(tabs.slice(1).map((tab) => tab.goto(`${app.origin}/redirect`)));
    await Promise.all(tabs.map((tab) => connected(tab)));
    // The tokens have half a minute left, by everybody's clock.
    const nowMs = Date.now() + 570_000;
    vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
    const tokens = await Promise.all(
      tabs.map((tab) => tab.evaluate((ms) => (globalThis as unknown as InPage).tokenAt(ms), nowMs)),
    );
    vi.useRealTimers();
    expect(new Set(tokens).size).toBe(1);
    expect(refreshes).toBe(1);
  });
});

describe('a worker of a page', () => {
  it('uses the SDK as it is', async () => {
    await page.goto(`${app.origin}/popup`);
    await page.getByRole('button', { name: 'Connect your AI' }).waitFor();
    const { token } = await house.grant({ provider: 'openai', limits: { total_spend: 1 } });
    const work = page.evaluate((message) => (globalThis as unknown as InPage).inWorker(message), {
      baseUrl: house.url,
      token,
    });
    expect(await work).toEqual({
      left: '1',
      process: 'undefined',
      issuer: house.url,
      kept: null,
      asked: 'connect() needs a page; a worker has restore().',
    });
  });
});

describe('the broker', () => {
  it('shows the app that was connected by a page of its own', async () => {
    await page.goto(`${app.origin}/popup`);
    await answerWindow(/^Allow/, () => press('Connect your AI'));
    await connected();
    const manage = String(await page.getByRole('link', { name: 'Manage' }).getAttribute('href'));
    await page.goto(manage);
    await page.getByRole('heading', { level: 1, name: 'Acme Writer' }).waitFor();
  });
});
