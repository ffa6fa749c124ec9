// The few static files of the server-rendered pages, read once at start. Only the names listed here are served: no path of a request ever
// reaches the file system.

import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sha256 } from '../digest.ts';
import { pathOf } from '../request-path.ts';

const TYPES = {
  'pages.css': 'text/css; charset=utf-8',
  'passkeys.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

/** A file of `pages/assets`. */
export type AssetName = keyof typeof TYPES;

const readAsset = (name: AssetName) => {
  const content = readFileSync(new URL(`./assets/${name}`, import.meta.url));
  const hash = sha256(content).slice(0, 12);
  return { content, type: TYPES[name], url: `/assets/${name}?v=${hash}` };
};

const names = Object.keys(TYPES) as AssetName[];
const assets = new Map<string, ReturnType<typeof readAsset>>(names.map((name) => [name, readAsset(name)]));

/** Where a page finds the file: the address changes with the content, so it may be cached for ever. */
export const assetUrl = (name: AssetName): string => assets.get(name)!.url;

/** Answers a request for one of the files; false, with nothing sent, if the address is none of them. */
export const serveAsset = (request: IncomingMessage, response: ServerResponse): boolean => {
  const path = pathOf(request);
  const asset = path.startsWith('/assets/') ? assets.get(path.slice('/assets/'.length)) : undefined;
  if (!asset || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  response.writeHead(200, {
    'content-type': asset.type,
    'content-length': asset.content.byteLength,
    'cache-control': 'public, max-age=31536000, immutable',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  });
  response.end(asset.content);
  return true;
};
