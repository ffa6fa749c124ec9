// The SDK in a page of another origin, as an app in a browser uses it: its files as they are but for their types, no bundler, a real browser.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type * as Sdk from '../../../sdk/src/index.ts';
import { type House, startHouse } from '../house/start-house.ts';
import { openPage } from './open-page.ts';

vi.setConfig({ testTimeout: 60_000 });

const FILES = join(import.meta.dirname, '../../../sdk/src');

const HTML = `<script type="module">globalThis.sdk = await import('/index.ts')</script>`;

const moduleOf = (name: string): string => stripTypeScriptTypes(readFileSync(join(FILES, name), 'utf8'));

let app: Server;
let browser: Browser;
let house: House;
let page: Page;
const problems: string[] = [];
beforeAll(async () => {
  [browser, house] = await Promise.all([launchChromium(), startHouse()]);
  page = await openPage(browser, problems);
  app = createServer((request, response) => {
    const isModule = request.url?.endsWith('.ts') === true;
    response.setHeader('content-type', isModule ? 'text/javascript' : 'text/html');
    response.end(isModule ? moduleOf(request.url ?? '') : HTML);
  }).listen(0, '127.0.0.1');
  await once(app, 'listening');
  await page.goto(`http://127.0.0.1:${(app.address() as AddressInfo).port}`);
  await page.waitForFunction(() => 'sdk' in globalThis);
});
afterAll(async () => {
  app?.closeAllConnections();
  app?.close();
  await Promise.all([browser?.close(), house?.close()]);
});

it('delegates to a key that the page made, and streams with it', async () => {
  const { token } = await house.grant({
    provider: 'openai',
    models: ['gpt-4o-mini'],
    limits: { total_spend: 1 },
    delegation: { max_depth: 1 },
  });
  const seen = await page.evaluate(
    async ({ baseUrl, token }) => {
      const { sdk } = globalThis as unknown as { readonly sdk: typeof Sdk };
      const dpopKey = await sdk.createSigningKey();
      const parent = sdk.valetkey({ baseUrl, token });
      const child = await parent.delegate({ name: 'page', limit: '0.5', boundTo: dpopKey.thumbprint });
      const own = sdk.valetkey({ baseUrl, token: child.token, dpopKey });
      const messages = [{ role: 'user', content: 'hello' }];
      const response = await own.fetch(`${child.baseUrls.openai}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o-mini', messages, stream: true }),
      });
      const streamed = await response.text();
      const { depth, budget } = await own.whoami();
      const stolen = await sdk
        .valetkey({ baseUrl, token: child.token })
        .budget()
        .catch((thrown: Sdk.ValetkeyError) => thrown.code);
      await child.revoke();
      return { type: child.tokenType, status: response.status, streamed, depth, budget, stolen };
    },
    { baseUrl: house.url, token },
  );
  expect(seen).toMatchObject({ type: 'DPoP', status: 200, depth: 1, stolen: 'invalid_dpop_proof' });
  expect(seen.streamed).toContain('data: [DONE]');
  expect(Number(seen.budget?.remainingUsd)).toBeLessThanOrEqual(0.5);
  // The browser notes the refusal that was provoked, and nothing else.
  expect(problems.filter((problem) => !problem.includes('401'))).toEqual([]);
});
