// A page for each error code: the address that every error answer links to.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode } from '@valetkey/core';
import { html } from './html.ts';
import { sendPage } from './page.ts';

const RETRY =
  'The same request can succeed later without anybody acting. Official SDKs retry it by themselves.';
const NO_RETRY =
  'Repeating the same request does not help (x-should-retry: false). Something has to be changed first.';

/** Serves `/docs/errors` and `/docs/errors/<code>`. */
export const serveErrorPage = (request: IncomingMessage, response: ServerResponse): void => {
  const code = (request.url ?? '').split('?', 1)[0]?.split('/')[3] ?? '';
  const spec = Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode] : null;
  if (spec) {
    const body = html`<h1><code>${code}</code></h1><p>${spec.title}.</p>
<p>HTTP status ${spec.status}. ${spec.retry ? RETRY : NO_RETRY}</p><p><a href="/docs/errors">All error codes</a></p>`;
    return sendPage(response, { title: code, body });
  }
  const rows = Object.entries(ERRORS).map(
    ([name, { status, title }]) =>
      html`<li><a href="/docs/errors/${name}"><code>${name}</code></a> (${status}): ${title}.</li>`,
  );
  sendPage(response, {
    title: 'Error codes',
    body: html`<h1>Error codes</h1><ul>${rows}</ul>`,
    status: code === '' ? 200 : 404,
  });
};
