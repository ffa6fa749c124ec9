// What the gate reads of a grant, kept in memory. A reading may be old: every admission names the versions it was made from and is
// refused when they have moved on, so that a stale reading costs a second look and never a wrong decision.

import { chainAccess } from '@valetkey/core';
import type { Kysely } from 'kysely';
import type { Ambient } from '../clock.ts';
import type { Ledger, Link } from '../ledger/contract.ts';
import type { Schema } from '../store/schema.ts';
import { recipientOf } from './actors.ts';
import type { Concerned, DelegationHop, GrantPart, LiveGrant, LivePart } from './contract.ts';
import { earlier } from './expiry.ts';
import { readGrant, readPath } from './grant-rows.ts';
import { hashKeyToken } from './key-token.ts';
import { parsePins, readLiveDevices } from './pins.ts';

/** The id of a grant's link for one provider. */
export const linkIdOf = (grantId: string, provider: string): string => `${grantId}.${provider}`;

const MOST_KEPT = 20_000;

/** A map that forgets its oldest entries, so that a flood of grants can not fill the memory. */
class BoundedMap<Value> extends Map<string, Value> {
  override set(key: string, value: Value): this {
    if (this.size >= MOST_KEPT && !this.has(key)) this.delete(this.keys().next().value ?? '');
    return super.set(key, value);
  }
}

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
  readonly #db: Kysely<Schema>;
  readonly #ledger: Ledger;
  readonly #ambient: Ambient;
  readonly #grants = new BoundedMap<LiveGrant>();
  readonly #grantIdByHash = new BoundedMap<string>();
  readonly #readings = new Map<string, Promise<LiveGrant | null>>();
  readonly #lookUps = new Map<string, Promise<string | null>>();

  readonly #renewAtMs: (links: readonly Link[]) => number;

  constructor(
    db: Kysely<Schema>,
    ledger: Ledger,
    ambient: Ambient,
    renewAtMs: (links: readonly Link[]) => number,
  ) {
    this.#renewAtMs = renewAtMs;
    this.#db = db;
    this.#ledger = ledger;
    this.#ambient = ambient;
  }

  /** The grant as last read; null if there is none. Callers that come while it is read share the reading. */
  byId(grantId: string): Promise<LiveGrant | null> {
    const known = this.#grants.get(grantId);
    if (known) return Promise.resolve(known);
    return share(this.#readings, grantId, async (isCurrent) => {
      const live = await this.#read(grantId);
      // A refusal is never decided from memory: who is barred now may not be when a grant above changes, and no admission would tell.
      if (live && isCurrent() && live.barredProviders.length === 0) this.#grants.set(grantId, live);
      return live;
    });
  }

  /** The grant a key-shaped token belongs to; null for an unknown, malformed or replaced one. */
  async byKeyToken(token: string): Promise<LiveGrant | null> {
    const tokenHash = hashKeyToken(token);
    if (tokenHash === null) return null;
    const grantId =
      this.#grantIdByHash.get(tokenHash) ??
      (await share(this.#lookUps, tokenHash, () => this.#findByHash(tokenHash)));
    if (grantId === null) return null;
    this.#grantIdByHash.set(tokenHash, grantId);
    const live = await this.byId(grantId);
    if (live?.keyTokenHash === tokenHash) return live;
    // Either the token was replaced, or it is newer than the reading, on another replica: only a new reading can tell.
    this.forget(grantId);
    const now = await this.byId(grantId);
    if (now?.keyTokenHash === tokenHash) return now;
    this.#grantIdByHash.delete(tokenHash);
    return null;
  }

  /** Reads the grant anew at its next use. MUST be called after every change, before the change is reported as done. */
  forget(grantId: string): void {
    this.#grants.delete(grantId);
    this.#readings.delete(grantId);
  }

  /** Reads these grants, all below them and all that draws on these keys anew at their next use. */
  forgetConcerned({ grantIds = [], providerKeyIds = [] }: Concerned): void {
    const [ids, keyIds] = [new Set(grantIds), new Set(providerKeyIds)];
    for (const [id, { path, parts }] of this.#grants) {
      const isBelow = path.some((hop) => ids.has(hop.grantId));
      if (isBelow || parts.some((part) => keyIds.has(part.providerKeyId))) this.#grants.delete(id);
    }
    // Below which grants these are is not known before they are read.
    this.#readings.clear();
  }

  /** Reads every grant anew at its next use. */
  forgetAll(): void {
    this.#grants.clear();
    this.#readings.clear();
  }

  /** Reads every grant of the owner anew at its next use. */
  forgetOwner(ownerId: string): void {
    for (const [id, { grant }] of this.#grants) if (grant.ownerId === ownerId) this.#grants.delete(id);
    // Whose grants these are is not known before they are read.
    this.#readings.clear();
  }

  async #findByHash(tokenHash: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('grants')
      .select('id')
      .where('key_token_hash', '=', tokenHash)
      .executeTakeFirst();
    return row?.id ?? null;
  }

  /**
   * The versions are read before the rows of tokens, pins and devices: a change that lands in between leaves the reading with an old version, which the
   * admission refuses. The other order could pair a new version with old rows.
   */
  async #read(grantId: string): Promise<LiveGrant | null> {
    const grant = await readGrant(this.#db, grantId, this.#ambient.now());
    if (!grant) return null;
    const chains = await Promise.all(grant.parts.map((part) => this.#readChain(grantId, part)));
    const [path, row, revoked, devices] = await Promise.all([
      readPath(this.#db, grant),
      this.#db
        .selectFrom('grants')
        .select(['key_token_hash', 'key_thumbprint', 'devices'])
        .where('id', '=', grantId)
        .executeTakeFirst(),
      this.#db.selectFrom('revoked_tokens').select('token_id').where('grant_id', '=', grantId).execute(),
      readLiveDevices(this.#db, grant.ownerId),
    ]);
    // The grant itself stands last in the path, with what was read of it before the versions.
    const pins = [...path.slice(0, -1).map(({ deviceIds }) => deviceIds), parsePins(row?.devices ?? null)];
    const parts = chains.flatMap((links) => (links ? livePart(links, path) : []));
    return {
      grant,
      parts: parts.filter(({ isPermitted }) => isPermitted),
      barredProviders: parts.filter(({ isPermitted }) => !isPermitted).map(({ provider }) => provider),
      path,
      renewAtMs: this.#renewAtMs(chains.flatMap((links) => links ?? [])),
      keyTokenHash: row?.key_token_hash ?? null,
      keyTokenThumbprint: row?.key_thumbprint ?? null,
      revokedTokenIds: new Set(revoked.map(({ token_id }) => token_id)),
      devices,
      pins: pins.filter((deviceIds) => deviceIds.length > 0).map((deviceIds) => new Set(deviceIds)),
    };
  }

  /** Walks from the leaf to the provider key. */
  async #readChain(grantId: string, { provider }: GrantPart): Promise<readonly Link[] | null> {
    const links: Link[] = [];
    for (let id: string | null = linkIdOf(grantId, provider); id !== null; ) {
      const link: Link | null = await this.#ledger.link(id);
      if (!link) return null;
      links.push(link);
      id = link.parentId;
    }
    return links;
  }
}

/** What is effective, from the right that the owner gave downwards: every grant of `path` has a link in the chain, above them the provider key. */
const livePart = (links: readonly Link[], path: readonly DelegationHop[]) => {
  const [top, ...below] = links.flatMap(({ access }) => access ?? []).reverse();
  const [leaf, root] = [links[0], links.at(-1)];
  if (!top || !leaf || !root || below.length !== path.length - 1)
    throw new Error(`link ${leaf?.id} has another chain than its grant`);
  const received = below.map((access, at) => ({ access, recipient: recipientOf(path[at + 1]!, path[at]!) }));
  const { access, isPermitted } = chainAccess(top, received);
  const part: LivePart = {
    provider: access.provider,
    providerKeyId: root.id,
    access,
    chain: links.map((link) => ({ linkId: link.id, version: link.version })),
    endsAtMs: links.reduce<number | null>((end, { expiresAtMs }) => earlier(end, expiresAtMs), null),
    // The one nearest to the provider key, as an admission finds it.
    status: links.findLast(({ status }) => status !== 'active')?.status ?? 'active',
  };
  return { ...part, isPermitted };
};
