// Every address of a running house, from what the house says of itself: its OpenAPI document, its OAuth metadata, the sign-in room's own list.
// Only what no document lists stands here.

import { ACCOUNT_PATHS } from '../../src/accounts/create-accounts.ts';
import type { House } from '../house/start-house.ts';

/** What no document lists: pages, their assets, rooms that speak no JSON. */
const OTHER_PATHS = [
  '/',
  '/apps',
  '/auth',
  '/nowhere',
  '/nowhere.js',
  '/assets/pages.css',
  '/assets/x',
  '/consent/x',
  '/consent/requests/x',
  '/consent/preview/x',
  '/docs/errors',
  '/docs/errors/not_found',
  '/docs/connect',
  '/docs/connect/codex',
  '/healthz',
  '/readyz',
  '/openapi.json',
  '/api/v1/nowhere',
  '/api/v1/auth/keys',
  '/okap/authorize',
  '/okap/request',
  '/grant-requests',
  '/tokens',
  '/health',
  '/anthropic/v1/oauth/token',
  '/api/auth/nowhere',
  '/.well-known/x',
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-protected-resource',
  '/authorize/x',
  '/grants/self',
  '/grants/self/children',
];

/** An address with the methods that it is documented for; null where no document says. */
export interface Route {
  readonly path: string;
  readonly methods: readonly string[] | null;
}

/** All of them, outside the gate. Ids in them are `x`. */
export const everyRoute = async ({ url }: Pick<House, 'url'>): Promise<readonly Route[]> => {
  const read = async (path: string) => (await fetch(url + path)).json() as Promise<object>;
  const { paths } = (await read('/openapi.json')) as { paths: Readonly<Record<string, object>> };
  const metadata = await read('/.well-known/oauth-authorization-server');
  const endpoints = Object.values(metadata).flatMap((value) =>
    typeof value === 'string' && value.startsWith(`${url}/`) ? [value.slice(url.length)] : [],
  );
  return [
    ...Object.entries(paths).map(([path, calls]) => ({
      path: path.replaceAll(/\{\w+\}/g, 'x'),
      methods: Object.keys(calls).map((method) => method.toUpperCase()),
    })),
    ...[...endpoints, ...ACCOUNT_PATHS, ...OTHER_PATHS].map((path) => ({ path, methods: null })),
  ];
};
