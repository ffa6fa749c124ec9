// A page for each error code: the address that every error answer links to.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode } from '@valetkey/core';
import { html } from './html.ts';
import { type Page, sendPage } from './page.ts';

const RETRY =
  'The same request can succeed later without anybody acting. Official SDKs retry it by themselves.';
const NO_RETRY =
  'Repeating the same request does not help (x-should-retry: false). Something has to be changed first.';

const codePage = (code: ErrorCode): Page => {
  const { title, status, retry } = ERRORS[code];
  const body = html`<h1><code>${code}</code></h1><p>${title}.</p>
<p>HTTP status ${status}. ${retry ? RETRY : NO_RETRY}</p><p><a href="/docs/errors">All error codes</a></p>`;
  return { title: code, body };
};

const indexPage = (status: number): Page => {
  const rows = Object.entries(ERRORS).map(
    ([code, spec]) =>
      html`<li><a href="/docs/errors/${code}"><code>${code}</code></a> (${spec.status}): ${spec.title}.</li>`,
  );
  return { title: 'Error codes', body: html`<h1>Error codes</h1><ul>${rows}</ul>`, status };
};

/** Serves `/docs/errors` and `/docs/errors/<code>`. */
export const serveErrorPage = (request: IncomingMessage, response: ServerResponse): void => {
  const code = (request.url ?? '').split('?', 1)[0]?.split('/')[3] ?? '';
  const isKnown = Object.hasOwn(ERRORS, code);
  sendPage(response, isKnown ? codePage(code as ErrorCode) : indexPage(code === '' ? 200 : 404));
};
