// An app as a static page of its own origin: the SDK's files as they are but for their types, no bundler, and the strictest policy there is.

import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { freePort } from '@valetkey/testkit';

const SDK = join(import.meta.dirname, '..');

const policyFor = (broker: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `connect-src ${broker}`,
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    // The page's own, for its worker.
    'trusted-types page',
  ].join('; ');

/** A running app. */
export interface PageServer {
  readonly origin: string;
  close(): void;
}

/** Serves these pages (by path, as HTML) and scripts (as modules), and the SDK below `/sdk/`. `broker` is the one server that pages may ask. */
export async function servePages(
  files: Readonly<Record<string, string>>,
  broker: string,
): Promise<PageServer> {
  const port = await freePort();
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const source = join(SDK, path.slice('/sdk'.length));
    const isSdk = path.startsWith('/sdk/') && existsSync(source);
    const text = isSdk ? stripTypeScriptTypes(readFileSync(source, 'utf8')) : files[path];
    response.writeHead(text === undefined ? 404 : 200, {
      'content-type': /\.[jt]s$/.test(path) ? 'text/javascript' : 'text/html; charset=utf-8',
      'content-security-policy': policyFor(broker),
    });
    response.end(text);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
