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

/** How long a provider may be silent: while it is connected to, before the head of its answer, and between two pieces of it. */
export interface UpstreamTimeouts {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly idleMs: number;
}

const TIMEOUTS: UpstreamTimeouts = { connectMs: 10_000, headersMs: 10 * 60_000, idleMs: 5 * 60_000 };

/** `origins` are the operator's own (`VALETKEY_UPSTREAM_<PROVIDER>`), with a path if the API stands below one. */
export const openUpstreams = (
  providers: readonly Provider[],
  origins: ReadonlyMap<string, string>,
  { connectMs, headersMs, idleMs }: UpstreamTimeouts = TIMEOUTS,
): ReadonlyMap<string, Upstream> =>
  new Map(
    providers.map((provider) => {
      const address = new URL(origins.get(provider.name) ?? provider.origin);
      const ownPath = address.pathname.replace(/\/$/, '');
      const pool = new Pool(address.origin, {
        pipelining: 1,
        allowH2: false,
        keepAliveTimeout: 30_000,
        connect: { timeout: connectMs },
        headersTimeout: headersMs,
        bodyTimeout: idleMs,
        maxHeaderSize: 32_768,
      });
      return [provider.name, { pool, basePath: ownPath + provider.basePath }];
    }),
  );

/** Closes every pool; running requests are given up. */
export const closeUpstreams = async (upstreams: ReadonlyMap<string, Upstream>): Promise<void> => {
  await Promise.all([...upstreams.values()].map(({ pool }) => pool.destroy()));
};
