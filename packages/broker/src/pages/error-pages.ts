// A page for each error code: the address that every error answer links to. Its text is the code's page of the documents, which are read
// once at start.

import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode } from '@valetkey/core';
import { type Html, html } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import { type Page, sendPage } from './page.ts';

const FOLDER = 'docs/errors/';
const DOCUMENTS = new URL(`../../../../${FOLDER}`, import.meta.url);

const RETRY =
  'The same request can succeed later without anybody acting. Official SDKs retry it by themselves.';
const NO_RETRY =
  'Repeating the same request does not help (x-should-retry: false). Something has to be changed first.';

/** Where the documents are not installed, what the code says by itself. */
const summaryOf = (code: ErrorCode): Html => {
  const { title, status, retry } = ERRORS[code];
  return html`<h1><code>${code}</code></h1><p>${title}.</p>
<p>HTTP status ${status}. ${retry ? RETRY : NO_RETRY}</p>`;
};

const readDocument = (folder: URL, code: string): string | null => {
  try {
    return readFileSync(new URL(`${code}.md`, folder), 'utf8');
  } catch {
    return null;
  }
};

/** The page of every code, by code. `folder` holds `<code>.md` files; a code without one gets what is known of it here. */
export const readErrorPages = (folder: URL = DOCUMENTS): ReadonlyMap<string, Page> =>
  new Map(
    (Object.keys(ERRORS) as ErrorCode[]).map((code) => {
      const text = readDocument(folder, code);
      const content = text === null ? summaryOf(code) : renderMarkdown(text, FOLDER);
      const body = html`${content}<p><a href="/docs/errors">All error codes</a></p>`;
      return [code, { title: code, body }];
    }),
  );

const pages = readErrorPages();

const indexPage = (status: number): Page => {
  const rows = Object.entries(ERRORS).map(
    ([code, spec]) =>
      html`<li><a href="/docs/errors/${code}"><code>${code}</code></a> (${spec.status}): ${spec.title}.</li>`,
  );
  return { title: 'Error codes', body: html`<h1>Error codes</h1><ul>${rows}</ul>`, status };
};

/** Serves `/docs/errors` and `/docs/errors/<code>`. No path of a request reaches the file system. */
export const serveErrorPage = (request: IncomingMessage, response: ServerResponse): void => {
  const code = (request.url ?? '').split('?', 1)[0]?.split('/')[3] ?? '';
  sendPage(response, pages.get(code) ?? indexPage(code === '' ? 200 : 404));
};
