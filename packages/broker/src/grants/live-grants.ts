// What the gate reads of a grant, kept in memory. A reading may be old: every admission names the versions it was made from and is
// refused when they have moved on, so that a stale reading costs a second look and never a wrong decision.

import { BoundedMap } from '../bounded-map.ts';
import type { Concerned, LiveGrant } from './contract.ts';
import { hashKeyToken } from './key-token.ts';
import type { ReadLive } from './read-live.ts';

const MOST_KEPT = 20_000;

/**
 * Does `work` once for all who ask for `key` while it is under way: a herd on a cold grant is one reading. `isCurrent` turns false when the
 * key was forgotten meanwhile; what was read is then good for those who asked before, and not to be kept.
 */
const share = <Value>(
  underWay: Map<string, Promise<Value>>,
  key: string,
  work: (isCurrent: () => boolean) => Promise<Value>,
): Promise<Value> => {
  const found = underWay.get(key);
  if (found) return found;
  const started: Promise<Value> = work(() => underWay.get(key) === started).finally(() => {
    if (underWay.get(key) === started) underWay.delete(key);
  });
  underWay.set(key, started);
  return started;
};

/** Reads live grants and remembers them until they are forgotten by name. */
export class LiveGrants {
  readonly #read: ReadLive;
  readonly #grants = new BoundedMap<LiveGrant>(MOST_KEPT);
  readonly #grantIdByHash = new BoundedMap<string>(MOST_KEPT);
  readonly #readings = new Map<string, Promise<LiveGrant | null>>();
  /** Readings by the hash of a token: of which grants is not known before they are read. */
  readonly #lookUps = new Map<string, Promise<LiveGrant | null>>();

  constructor(read: ReadLive) {
    this.#read = read;
  }

  /** The grant as last read; null if there is none. Callers that come while it is read share the reading. */
  byId(grantId: string): Promise<LiveGrant | null> {
    const known = this.#grants.get(grantId);
    if (known) return Promise.resolve(known);
    return share(this.#readings, grantId, async (isCurrent) => {
      const live = await this.#read('id', grantId);
      if (isCurrent()) this.#keep(live);
      return live;
    });
  }

  /** The grant a key-shaped token belongs to; null for an unknown, malformed or replaced one. */
  async byKeyToken(token: string): Promise<LiveGrant | null> {
    const tokenHash = hashKeyToken(token);
    if (tokenHash === null) return null;
    const grantId = this.#grantIdByHash.get(tokenHash);
    const known = grantId === undefined ? null : await this.byId(grantId);
    if (known?.keyTokenHash === tokenHash) return known;
    // Not known yet, or replaced, or newer than what is known, on another replica: only a reading by itself can tell.
    return share(this.#lookUps, tokenHash, async (isCurrent) => {
      const live = await this.#read('key_token_hash', tokenHash);
      if (isCurrent()) this.#keep(live);
      if (live) this.#grantIdByHash.set(tokenHash, live.grant.id);
      else this.#grantIdByHash.delete(tokenHash);
      return live;
    });
  }

  /** Reads the grant anew at its next use. MUST be called after every change, before the change is reported as done. */
  forget(grantId: string): void {
    this.#grants.delete(grantId);
    this.#readings.delete(grantId);
    this.#lookUps.clear();
  }

  /** Reads these grants, all below them and all that draws on these keys anew at their next use. */
  forgetConcerned({ grantIds = [], providerKeyIds = [] }: Concerned): void {
    const [ids, keyIds] = [new Set(grantIds), new Set(providerKeyIds)];
    for (const [id, { path, parts }] of this.#grants) {
      const isBelow = path.some((hop) => ids.has(hop.grantId));
      if (isBelow || parts.some((part) => keyIds.has(part.providerKeyId))) this.#grants.delete(id);
    }
    // Below which grants these are is not known before they are read.
    this.#forgetReadings();
  }

  /** Reads every grant anew at its next use. */
  forgetAll(): void {
    this.#grants.clear();
    this.#forgetReadings();
  }

  /** Reads every grant of the owner anew at its next use. */
  forgetOwner(ownerId: string): void {
    for (const [id, { grant }] of this.#grants) if (grant.ownerId === ownerId) this.#grants.delete(id);
    // Whose grants these are is not known before they are read.
    this.#forgetReadings();
  }

  #forgetReadings(): void {
    this.#readings.clear();
    this.#lookUps.clear();
  }

  /** A refusal is never decided from memory: who is barred now may not be when a grant above changes, and no admission would tell. */
  #keep(live: LiveGrant | null): void {
    if (live?.barredProviders.length === 0) this.#grants.set(live.grant.id, live);
  }
}
