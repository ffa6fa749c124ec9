// In a real browser with a virtual authenticator: the script, the pages and the library have to agree, and only a browser can tell.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AxeBuilder } from '@axe-core/playwright';
import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemAmbient } from '../clock.ts';
import { openStore, type SqliteStore } from '../store/open-store.ts';
import type { Accounts } from './contract.ts';
import { createAccounts } from './create-accounts.ts';

const OWNER = { email: 'ada@example.com', password: 'correct horse battery' };

let store: SqliteStore;
let server: Server;
let issuer: string;
let accounts: Accounts;
let browser: Browser;

beforeAll(async () => {
  store = await openStore({ dataDir: ':memory:', ambient: systemAmbient });
  server = createServer(async (request, response) => {
    if (await accounts.handler(request, response)) return;
    response.end((await accounts.sessionOf(request))?.email ?? 'nobody');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  accounts = await createAccounts({
    db: store.db,
    engine: 'sqlite',
    ledger: { record: async () => {} },
    ambient: systemAmbient,
    vault: { sealSecret: (_purpose, secret) => secret, openSecret: (_purpose, sealed) => sealed },
    invitations: {
      invitationOf: async () => null,
      accept: async () => ({ ok: false, error: 'used_up' }) as const,
    },
    issuer,
    stepUp: { maxAgeSeconds: 600, method: 'passkey' },
    pathOfDeviceCode: async () => null,
    programsFor: async () => null,
    log: () => {},
    onFirstOwner: async () => {},
  });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
  await store.close();
});

/** A page with an authenticator that has, or lacks, a way to check who holds it. */
const openPage = async (context: BrowserContext, isUserVerified = true): Promise<Page> => {
  const page = await context.newPage();
  const devTools = await context.newCDPSession(page);
  await devTools.send('WebAuthn.enable');
  await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified,
      automaticPresenceSimulation: true,
    },
  });
  return page;
};

const expectAccessible = async (page: Page) => {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
};

describe('in a browser', () => {
  let context: BrowserContext;
  beforeEach(async () => {
    context = await browser.newContext();
    return () => context.close();
  });

  it('a person sets up, adds a passkey, signs out and comes back with the passkey alone', async () => {
    const page = await openPage(context);
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto((await accounts.setupLink())!);
    await expectAccessible(page);
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password').fill(OWNER.password);
    await page.getByRole('button', { name: 'Make my account' }).click();
    await expect.poll(() => page.textContent('body')).toBe(OWNER.email);

    await page.goto(`${issuer}/settings/passkeys`);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText(/^Passkey of /).waitFor();
    await expectAccessible(page);

    await page.goto(`${issuer}/sign-out`);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await expect.poll(() => page.textContent('body')).toBe(OWNER.email);

    await page.goto(`${issuer}/settings/passkeys`);
    await page.getByRole('button', { name: 'Remove Passkey' }).click();
    await page.getByText('None yet.').waitFor();
    expect(problems).toEqual([]);
  });

  it('a passkey that does not check its holder is not enough, and the page says so', async () => {
    const page = await openPage(context, false);
    await page.goto(`${issuer}/sign-in?return_to=/settings/passkeys`);
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password').fill(OWNER.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('Cancelled, or no passkey was chosen.').waitFor();
    await page.reload();
    await page.getByText('None yet.').waitFor();
  });

  it.each(['light', 'dark'] as const)('pages fit 320 px and read well in %s', async (colorScheme) => {
    await context.close();
    context = await browser.newContext({ viewport: { width: 320, height: 640 }, colorScheme });
    const page = await context.newPage();
    await page.goto(`${issuer}/sign-in`);
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password').fill('wrong password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The e-mail address or the password is wrong.').waitFor();
    await expectAccessible(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });

  it('A34 no page is shown inside a frame', async () => {
    const page = await context.newPage();
    await page.route('https://framing.test/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="${issuer}/sign-in"></iframe>` }),
    );
    await page.goto('https://framing.test/');
    await expect.poll(() => page.frames()[1]?.url()).toContain('chrome-error:');
  });
});
