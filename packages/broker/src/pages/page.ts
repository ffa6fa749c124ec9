// The shell of every server-rendered page: head, wordmark, theme and the headers that keep a page from being framed, scripted or cached.
// A page holds no inline script and no inline style.

import type { ServerResponse } from 'node:http';
import type { Language } from '@valetkey/core';
import { assetUrl } from './assets.ts';
import { type Html, html } from './html.ts';
import { messages } from './messages.ts';
import { pageHeaders } from './security-headers.ts';

/** A page ready to be sent. */
export interface Page {
  /** What the tab shows, before the product's name. */
  readonly title: string;
  /** The content of `<main>`; it holds the one `<h1>`. */
  readonly body: Html;
  /** The language it is written in; English unless given. */
  readonly language?: Language;
  /** 200 unless given. */
  readonly status?: number;
  /** The methods that the address takes; with 405 it MUST be given (RFC 9110 section 15.5.6). */
  readonly allow?: string;
  /** Who is signed in, shown beside a link to sign out. */
  readonly signedInAs?: string;
  /** Name of a file in `pages/assets`; the page must work for its main purpose without it. */
  readonly script?: 'passkeys.js';
  /** Origins a form may end at besides our own: browsers apply `form-action` to the redirect that answers a form, too. */
  readonly formAction?: readonly string[];
}

/** The same mark as in the dashboard and in the browser's tab. */
const WORDMARK = html`<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
<rect width="32" height="32" rx="8" fill="#14432f"/><g fill="none" stroke="#e2bf74" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"><circle cx="11.5" cy="16" r="4.7"/><path d="M16.2 16H26v4.2M21.6 16v3.2"/></g>
</svg>`;

/** The whole document as text. */
export const renderPage = (page: Page): string =>
  String(html`<!doctype html>
<html lang="${page.language ?? 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${page.title} · Valetkey</title>
<link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assetUrl('pages.css')}">
${page.script && html`<script src="${assetUrl(page.script)}" defer></script>`}
</head>
<body>
<header class="top">
<a class="wordmark" href="/">${WORDMARK}<span>Valetkey</span></a>
${
  page.signedInAs &&
  html`<p class="who"><span>${page.signedInAs}</span> <a href="/sign-out">${messages.signOut}</a></p>`
}
</header>
<main>
${page.body}
</main>
</body>
</html>
`);

/** Sends the page; a HEAD request gets the headers alone because Node drops the body. */
export const sendPage = (
  response: ServerResponse,
  page: Page,
  headers: Readonly<Record<string, string | string[]>> = {},
): void => {
  response.writeHead(page.status ?? 200, {
    ...pageHeaders(page.formAction),
    ...(page.allow !== undefined && { allow: page.allow }),
    ...headers,
  });
  response.end(renderPage(page));
};

/** Sends the browser on with 303, so that a repeated load never repeats a form. `location` MUST be already checked. */
export const sendRedirect = (
  response: ServerResponse,
  location: string,
  headers: Readonly<Record<string, string | string[]>> = {},
): void => {
  response.writeHead(303, {
    location,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    ...headers,
  });
  response.end();
};
