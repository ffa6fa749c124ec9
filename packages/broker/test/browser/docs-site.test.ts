// The documentation as it is published: built as anybody builds it, so that a dead link fails here; readable in light and dark, searched in
// the browser, and no page asks anybody else for anything.

import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import { freePort } from '@valetkey/testkit';
import { launchChromium } from '@valetkey/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from './open-page.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
/** The first page, the longest, an error code, tables of the API, a program. */
const SAMPLE = ['/', '/operating/proof', '/errors/budget_exhausted', '/reference/api/grants', '/connect/'];

/** All rules in light; in dark the one that colours can break. */
const RULES = {
  light: () => new AxeBuilder({ page }),
  dark: () => new AxeBuilder({ page }).withRules('color-contrast'),
};

const folder = mkdtempSync(join(tmpdir(), 'valetkey-docs-'));
const problems: string[] = [];
const elsewhere: string[] = [];
let server: Server;
let browser: Browser;
let page: Page;
let origin: string;

/** A web server that knows no more than any other: an address without a suffix is the page of that name. */
const serveFolder = async (): Promise<string> => {
  const files = new Set(globSync('**', { cwd: folder }));
  const port = await freePort();
  server = createServer((request, response) => {
    const path = decodeURI(new URL(request.url ?? '/', 'http://docs').pathname).slice(1);
    const file = [path, `${path}.html`, `${path}index.html`].find((name) => files.has(name) && extname(name));
    response.writeHead(file ? 200 : 404, { 'content-type': TYPES[extname(file ?? '')] ?? 'text/plain' });
    response.end(file ? readFileSync(join(folder, file)) : '');
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return `http://127.0.0.1:${port}`;
};

beforeAll(async () => {
  const vitepress = join(ROOT, 'node_modules/vitepress/bin/vitepress.js');
  await promisify(execFile)(process.execPath, [vitepress, 'build', 'docs', '--outDir', folder], {
    cwd: ROOT,
  });
  origin = await serveFolder();
  browser = await launchChromium();
  page = await openPage(browser, problems);
  page.setDefaultTimeout(60_000);
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:'))
      elsewhere.push(request.url());
  });
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await new Promise((done) => (server ? server.close(done) : done(null)));
  rmSync(folder, { recursive: true, force: true });
});

const html = () => globSync('**/*.html', { cwd: folder });
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

describe('the files', () => {
  it('load nothing from elsewhere on any page', () => {
    const LOADED =
      /<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc="(?:https?:)?\/\/[^"]*"|<link\b[^>]*\bhref="(?:https?:)?\/\/[^"]*"/g;
    const ofPages = html().flatMap((path) => read(path).match(LOADED) ?? []);
    const ofStyles = globSync('assets/**/*.css', { cwd: folder }).flatMap(
      (path) => read(path).match(/(?:url\(|@import)\s*["']?(?:https?:)?\/\/[^)]*/g) ?? [],
    );
    expect([...ofPages, ...ofStyles]).toEqual([]);
    expect(html().length).toBeGreaterThan(130);
  });

  it('have the Markdown of each page beside it, and tell where it is', () => {
    for (const path of html().filter((each) => each !== '404.html')) {
      const twin = path.replace(/\.html$/, '.md');
      expect(read(twin)).toMatch(/^# /m);
      expect(read(path)).toContain(`<link rel="alternate" type="text/markdown" href="/${twin}">`);
    }
  });

  it('list themselves for language models, and describe the API', () => {
    for (const [, path = ''] of read('llms.txt').matchAll(/\]\(\/(\S+)\)/g)) expect(read(path)).not.toBe('');
    expect(read('llms-full.txt').length).toBeGreaterThan(200_000);
    expect(JSON.parse(read('openapi.json')).openapi).toBe('3.1.0');
  });
});

describe('in a browser', () => {
  it('pages pass axe in light and dark, and none scrolls sideways at 320 px', async () => {
    const findings: string[] = [];
    for (const path of SAMPLE) {
      await page.goto(origin + path);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.locator(colorScheme === 'dark' ? 'html.dark' : 'html:not(.dark)').waitFor();
        const { violations, passes } = await RULES[colorScheme]().setLegacyMode().analyze();
        const found = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`,
        );
        findings.push(
          ...(passes.length > 0 ? found : ['nothing to look at']).map((each) => `${path}: ${each}`),
        );
      }
      await page.setViewportSize({ width: 320, height: 640 });
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
      if (width > 320) findings.push(`${path}: is ${width} px wide`);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    expect(findings).toEqual([]);
  }, 240_000);

  it('search finds a page by its words', async () => {
    await page.goto(`${origin}/`);
    // The button does nothing before the scripts of the page have made it theirs.
    await page.waitForFunction(`'__vue_app__' in document.querySelector('#app')`);
    await page.getByRole('button', { name: 'Search' }).first().click();
    await page.getByRole('searchbox').fill('worst case hold');
    await page.getByRole('option').filter({ hasText: /hold/i }).first().waitFor();
  }, 120_000);

  it('nothing was asked of anybody else, and the browser complained of nothing', () => {
    expect(elsewhere).toEqual([]);
    expect(problems).toEqual([]);
  });
});
