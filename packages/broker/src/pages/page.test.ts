import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetUrl, serveAsset } from './assets.ts';
import { errorSummary, field } from './form.ts';
import { html } from './html.ts';
import { renderPage, sendPage } from './page.ts';
import { contentSecurityPolicy } from './security-headers.ts';

const server = createServer((request, response) => {
  if (!serveAsset(request, response)) sendPage(response, { title: 'T', body: html`<h1>T</h1>`, status: 404 });
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => server.close());

describe('pages', () => {
  it('A34 cannot be framed, cached or scripted from elsewhere', async () => {
    const { status, headers } = await fetch(origin);
    expect(status).toBe(404);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; " +
        "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'",
    );
  });

  it('lets a form end at the named origins alone', () => {
    expect(contentSecurityPolicy(['https://app.test'])).toContain("form-action 'self' https://app.test;");
  });

  it('holds no inline script, style or handler', () => {
    const document = renderPage({
      title: '<x>',
      body: html`<p>hi</p>`,
      script: 'passkeys.js',
      signedInAs: 'a@b.c',
    });
    expect(document).toContain('<title>&lt;x&gt; · Valetkey</title>');
    expect(document).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?! src="\/assets\/)/);
  });

  it('serves the named files under an address that changes with them, and no other file', async () => {
    const style = await fetch(origin + assetUrl('pages.css'));
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(style.headers.get('cache-control')).toContain('immutable');
    expect(await style.text()).toContain('prefers-color-scheme: dark');
    for (const path of ['/assets/', '/assets/../page.ts', '/assets/%2e%2e/page.ts', '/assets/constructor']) {
      expect((await fetch(origin + path)).status).toBe(404);
    }
  });

  it('ties errors to their fields', () => {
    const input = String(
      field({ name: 'email', label: 'E-mail', autocomplete: 'username' }, { email: 'Wrong' }),
    );
    expect(input).toContain('aria-invalid="true"');
    expect(input).toContain('aria-describedby="email-error"');
    expect(String(errorSummary({ email: 'Wrong' }))).toContain('<a href="#email">Wrong</a>');
    expect(String(errorSummary({}))).toBe('');
  });
});
