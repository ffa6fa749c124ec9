// The documents that our own answers and pages link to: a page for each error code and one for each program. Their text is that of `docs/`,
// read once at start. MUST NOT let a path of a request reach the file system.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode } from '@valetkey/core';
import { pathOf } from '../request-path.ts';
import { type Html, html } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import { type Page, sendPage } from './page.ts';

/** Where the documents are in `docs/`: the installed package, else the root of the repository. */
const ROOT = ['../../', '../../../../']
  .map((up) => new URL(up, import.meta.url))
  .find((root) => existsSync(new URL('docs/errors/', root)));

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

/** The document of that path, rendered; null where it is not installed. */
const read = (root: URL, path: string): Html | null => {
  try {
    return renderMarkdown(readFileSync(new URL(path, root), 'utf8'), path);
  } catch {
    return null;
  }
};

const errorIndex: Page = {
  title: 'Error codes',
  body: html`<h1>Error codes</h1><ul>${Object.entries(ERRORS).map(
    ([code, spec]) =>
      html`<li><a href="/docs/errors/${code}"><code>${code}</code></a> (${spec.status}): ${spec.title}.</li>`,
  )}</ul>`,
};

const errorPages = (root: URL): [string, Page][] =>
  (Object.keys(ERRORS) as ErrorCode[]).map((code) => {
    const content = read(root, `docs/errors/${code}.md`) ?? summaryOf(code);
    return [
      `/docs/errors/${code}`,
      { title: code, body: html`${content}<p><a href="/docs/errors">All error codes</a></p>` },
    ];
  });

const programNames = (root: URL): string[] => {
  try {
    const files = readdirSync(new URL('docs/connect/', root));
    return files.map((file) => file.replace(/\.md$/, '')).filter((name) => name !== 'README');
  } catch {
    return [];
  }
};

const programPages = (root: URL): [string, Page][] =>
  programNames(root).map((name) => [
    `/docs/connect/${name}`,
    {
      title: 'Connect a program',
      body: html`${read(root, `docs/connect/${name}.md`)}<p><a href="/docs/connect">All programs</a></p>`,
    },
  ]);

const programIndex = (root: URL): Page => ({
  title: 'Connect a program',
  body:
    read(root, 'docs/connect/README.md') ??
    html`<h1>Connect a program</h1><p>The pages about programs are not installed with this broker.</p>`,
});

/** Every page by its path. An error code without a document gets what is known of it here. */
export const readDocuments = (root: URL = ROOT ?? new URL(import.meta.url)): ReadonlyMap<string, Page> =>
  new Map([
    ['/docs/errors', errorIndex],
    ...errorPages(root),
    ['/docs/connect', programIndex(root)],
    ...programPages(root),
  ]);

const pages = readDocuments();

/** Serves `/docs/errors`, `/docs/connect` and what is below them; an address without a page gets the list of its folder as a 404. */
export const serveDocument = (request: IncomingMessage, response: ServerResponse): void => {
  const path = pathOf(request).replace(/\/$/, '');
  const page = pages.get(path);
  const index = pages.get(path.startsWith('/docs/connect') ? '/docs/connect' : '/docs/errors') ?? errorIndex;
  sendPage(response, page ?? { ...index, status: 404 });
};
