// A connection: what an app may do with a person's AI account, with tokens that are renewed by themselves.

import { type Access, type BaseUrls, valetkey } from '../valetkey.ts';
import { ValetkeyError } from '../valetkey-error.ts';
import { type SessionDeps, tokenSource } from './session.ts';
import type { SavedConnection } from './store.ts';

/** A person's AI account as far as this app may use it. Every method rejects with a `ValetkeyError` where the broker refuses. */
export interface Connection extends Omit<Access, 'baseUrl'> {
  /** The broker. */
  readonly issuer: string;
  readonly grantId: string;
  /** Whether tokens are bound to a key: then they work through `fetch` alone. */
  readonly isBound: boolean;
  /** The access token that is valid now: for `apiKey` of SDKs that take a function. */
  token(): Promise<string>;
  /** Where SDKs of this API are pointed. Throws a `TypeError` where nothing was granted that speaks it. */
  baseUrl(api: keyof BaseUrls): string;
  /** Where the person raises limits, pauses or ends this access. */
  readonly manageUrl: string;
  /** Ends the grant at the broker, and forgets it here. Ended before is ended. */
  revoke(): Promise<void>;
}

/** Grants that are over answer with one of these. */
const OVER: readonly string[] = ['token_revoked', 'invalid_token', 'invalid_grant', 'not_connected'];

/** The connection that was saved, ready to be used. */
export function openConnection(deps: SessionDeps, saved: SavedConnection): Connection {
  const { issuer, grantId, baseUrls, key } = saved;
  const { kept, name } = deps;
  const token = tokenSource(deps, saved);
  const { baseUrl: _, ...access } = valetkey({
    baseUrl: issuer,
    token,
    ...(key && { dpopKey: key }),
    fetch: deps.app.fetch,
  });
  return {
    ...access,
    issuer,
    grantId,
    isBound: key !== null,
    manageUrl: `${issuer}/apps/${encodeURIComponent(grantId)}`,
    token,
    baseUrl(api) {
      const url = baseUrls?.[api];
      if (url) return url;
      const others = Object.keys(baseUrls ?? {}).join(', ') || 'none';
      throw new TypeError(`Nothing was granted that speaks the API of ${api}; there is: ${others}.`);
    },
    async revoke() {
      await access.revoke().catch((thrown: unknown) => {
        if (!(thrown instanceof ValetkeyError && OVER.includes(thrown.code))) throw thrown;
      });
      await kept.exclusively(name, async () => {
        const now = await kept.connections.load(name);
        if (now?.grantId === grantId) await kept.connections.remove(name);
      });
    },
  };
}
