// One pool of connections for each provider, to the origin fixed by configuration. Nothing in a request, a redirect, a DNS answer or the
// environment's proxy variables changes where a provider key goes: the pools are made once, at start, from these origins alone.

import { Pool } from 'undici';
import type { Provider } from './contract.ts';

/** A provider's fixed origin, ready to be called. */
export interface Upstream {
  readonly pool: Pool;
  /** Put before every operation's path; empty for most. */
  readonly basePath: string;
}

const HEADERS_TIMEOUT_MS = 10 * 60_000;
const IDLE_TIMEOUT_MS = 5 * 60_000;

/** `origins` are the operator's own (`VALETKEY_UPSTREAM_<PROVIDER>`), with a path if the API stands below one. */
export const openUpstreams = (
  providers: readonly Provider[],
  origins: ReadonlyMap<string, string>,
): ReadonlyMap<string, Upstream> =>
  new Map(
    providers.map((provider) => {
      const address = new URL(origins.get(provider.name) ?? provider.origin);
      const ownPath = address.pathname.replace(/\/$/, '');
      const pool = new Pool(address.origin, {
        pipelining: 1,
        allowH2: false,
        keepAliveTimeout: 30_000,
        connect: { timeout: 10_000 },
        headersTimeout: HEADERS_TIMEOUT_MS,
        bodyTimeout: IDLE_TIMEOUT_MS,
        maxHeaderSize: 32_768,
      });
      return [provider.name, { pool, basePath: ownPath + provider.basePath }];
    }),
  );

/** Closes every pool; running requests are given up. */
export const closeUpstreams = async (upstreams: ReadonlyMap<string, Upstream>): Promise<void> => {
  await Promise.all([...upstreams.values()].map(({ pool }) => pool.destroy()));
};
