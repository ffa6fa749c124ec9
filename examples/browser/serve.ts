// Serves the page's files, the SDK's and the OpenAI client's, as any file server does, with a strict content security policy. In an app of your own
// the packages come from `node_modules` or a bundler; here the SDK is served from its sources, without their types.

import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the page is served, and whom it asks. */
export interface PageOptions {
  readonly port: number;
  /** The broker’s address. */
  readonly broker: string;
  /** What the app is called there. */
  readonly clientId: string;
}

const folder = (specifier: string, up: string): string =>
  fileURLToPath(new URL(up, import.meta.resolve(specifier)));
const PAGE = join(import.meta.dirname, 'page');
const SDK = folder('@valetkey/sdk', '..');
const OPENAI = folder('openai', '.');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
};

/** The text at a path; null for none. Nothing outside the three folders is served. */
function read(path: string): string | null {
  const file = normalize(path === '/' ? '/index.html' : path);
  const source = file.replace(/^\/sdk\//, `${SDK}/`).replace(/\.js$/, '.ts');
  if (file.startsWith('/sdk/')) {
    if (!existsSync(source)) return null;
    return stripTypeScriptTypes(readFileSync(source, 'utf8')).replace(/(from '\.[^']+)\.ts'/g, "$1.js'");
  }
  const found = file.startsWith('/openai/') ? file.replace('/openai/', `${OPENAI}/`) : join(PAGE, file);
  return TYPES[extname(file)] && existsSync(found) ? readFileSync(found, 'utf8') : null;
}

/** Starts serving; resolves with the page’s address, by which the app is registered, and what ends it. */
export async function servePage({ port, broker, clientId }: PageOptions) {
  const policy = `default-src 'self'; connect-src 'self' ${broker}; base-uri 'none'; frame-ancestors 'none'`;
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const isConfig = path === '/config.json';
    const text = isConfig ? JSON.stringify({ broker, clientId }) : read(path);
    response.writeHead(text === null ? 404 : 200, {
      'content-type': isConfig ? 'application/json' : (TYPES[extname(path)] ?? TYPES['.html']),
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
    });
    response.end(text);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: originOf(port), close };
}

/** The page’s origin at this port. */
export const originOf = (port: number): string => `http://localhost:${port}`;
