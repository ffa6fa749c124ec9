// The tokens of a connection as they age: one refresh at a time however many ask, and a new refresh token is durable before anybody uses what
// came with it. Using an old one again ends the grant (RFC 9700 section 4.14.2), so whoever asks looks first what others have saved.

import { isPassing, ownError, ValetkeyError } from '../valetkey-error.ts';
import type { Broker } from './discover.ts';
import { type AppIdentity, requestTokens } from './endpoints.ts';
import type { Kept, SavedConnection } from './store.ts';

/** Where a connection is kept, and by whom it is used. */
export interface SessionDeps {
  readonly app: AppIdentity;
  readonly kept: Kept;
  readonly name: string;
  readonly brokerAt: (issuer: string) => Promise<Broker>;
  /** Shared by all sessions of a store. */
  readonly turns: Turns;
}

/** Refreshes that are running, and what they brought and could not save yet, by grant. */
export interface Turns {
  readonly running: Map<string, Promise<SavedConnection>>;
  readonly unsaved: Map<string, SavedConnection>;
}

/** A token is replaced when less than this is left of it: a call takes its time. */
const MARGIN_MS = 60_000;

const isFresh = ({ endsAtMs }: SavedConnection): boolean => endsAtMs - Date.now() > MARGIN_MS;

/** What gives the access token that is valid now. Rejects with a `ValetkeyError`, such as `invalid_grant` once the access has ended. */
export function tokenSource(deps: SessionDeps, saved: SavedConnection): () => Promise<string> {
  let current = saved;
  return async () => {
    if (isFresh(current)) return current.accessToken;
    try {
      current = await inTurn(deps, current);
    } catch (thrown) {
      // The broker is away for a moment, and what there is has some seconds left.
      if (!isPassing(thrown) || current.endsAtMs <= Date.now()) throw thrown;
    }
    return current.accessToken;
  };
}

function inTurn(deps: SessionDeps, { grantId }: SavedConnection): Promise<SavedConnection> {
  const { kept, name, turns } = deps;
  const running = turns.running.get(grantId);
  if (running) return running;
  const turn = kept
    .exclusively(name, () => renew(deps, grantId))
    .finally(() => turns.running.delete(grantId));
  turns.running.set(grantId, turn);
  return turn;
}

async function renew(deps: SessionDeps, grantId: string): Promise<SavedConnection> {
  const { kept, name, turns } = deps;
  const known = await kept.connections.load(name);
  if (known?.grantId !== grantId)
    throw ownError('not_connected', 'This connection was ended or replaced in another place.');
  const unsaved = turns.unsaved.get(grantId);
  if (!unsaved && isFresh(known)) return known;
  const saved = unsaved ?? known;
  const renewed = isFresh(saved) ? saved : await refresh(deps, saved);
  turns.unsaved.set(grantId, renewed);
  await kept.connections.save(name, renewed);
  turns.unsaved.delete(grantId);
  return renewed;
}

async function refresh(deps: SessionDeps, saved: SavedConnection): Promise<SavedConnection> {
  const { app, kept, name, brokerAt } = deps;
  const { refreshToken } = saved;
  if (refreshToken === null) throw ownError('token_expired', 'The access token has expired.');
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken };
  try {
    const tokens = await requestTokens(app, await brokerAt(saved.issuer), fields, saved.key);
    return { ...saved, ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
  } catch (thrown) {
    const isRefused = thrown instanceof ValetkeyError && thrown.code === 'invalid_grant';
    // Somebody without a way to take turns may have been first.
    const other = isRefused ? await kept.connections.load(name) : null;
    if (other?.grantId === saved.grantId && other.refreshToken !== refreshToken) return other;
    throw thrown;
  }
}
