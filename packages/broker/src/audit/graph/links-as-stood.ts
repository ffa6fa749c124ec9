// Grants, limits and balances as they stood after any entry, worked out from the entries alone. Pure: it MUST NOT ask the tables, which
// say how things are today.

import { type Limit, type ModelAccess, parseAccess } from '@valetkey/core';
import { linkIdOf } from '../../grants/grant-links.ts';
import type { LimitReset } from '../../ledger/contract.ts';
import { correctedResets, isSameLimit, resetsOf, withReset } from '../../ledger/rules/limit-resets.ts';
import { Rebuild } from '../../ledger/verify/rebuild.ts';
import type { ExportedEntry } from '../export-line.ts';
import type { Removal } from '../removal.ts';

/** The body of an entry. */
export type Body = Readonly<Record<string, unknown>>;

/** A grant, with what of it is the same for all its providers. */
export interface GrantAsStood {
  readonly id: string;
  readonly parentGrantId: string | null;
  readonly clientId: string | null;
  readonly via: string | null;
  readonly keyThumbprint: string | null;
  readonly isActorAuthenticated: boolean | null;
  readonly createdSeq: number;
  changedSeq: number;
  status: 'active' | 'suspended' | 'revoked' | 'expired';
  deviceIds: readonly string[];
}

/** One provider's part of a grant, or a provider key. */
export interface LinkAsStood {
  readonly id: string;
  readonly parentId: string | null;
  /** Null for a provider key. */
  readonly grant: GrantAsStood | null;
  readonly provider: string;
  readonly createdSeq: number;
  changedSeq: number;
  keyVersion: number | null;
  /** Null for a provider key, and where an entry holds rights that this release cannot read. */
  access: ModelAccess | null;
  /** The limits of a provider key; none for a grant’s link, whose rights have them. */
  ceiling: readonly Limit[];
  resets: readonly LimitReset[];
  /** Of the provider key, or of a part that cost more than it held. */
  ownStatus: 'active' | 'suspended' | 'revoked';
}

/** The text of a member, or null. */
export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

/** An entry's body; empty if it is not an object as JSON. */
export const bodyOf = ({ body }: Pick<ExportedEntry, 'body'>): Body => {
  try {
    return { ...JSON.parse(body) };
  } catch {
    return {};
  }
};

const accessOf = (wire: unknown): ModelAccess | null => {
  const parsed = parseAccess(wire);
  return parsed.ok ? parsed.value : null;
};

const STATUS_KINDS: Readonly<Record<string, GrantAsStood['status']>> = {
  'grant.suspended': 'suspended',
  'grant.resumed': 'active',
  'grant.revoked': 'revoked',
  'grant.expired': 'expired',
};

/** Takes entries in their order from the first; says how things stood after the one that was taken last. */
export class LinksAsStood {
  readonly links = new Map<string, LinkAsStood>();
  readonly #grants = new Map<string, GrantAsStood>();
  readonly #parents = new Map<string, string | null>();
  readonly #rebuild = new Rebuild(this.#parents);
  readonly #stops = new Set<string>();
  /** What removed calls had settled, by the link that they were charged to. */
  readonly #removed: ReadonlyMap<string, readonly Removal[]>;
  /** When open calls, and those posted at their ceiling, were admitted and posted. */
  readonly #calls = new Map<string, { readonly admittedAtMs: number; settledAtMs: number }>();

  /** `removals` are all that the whole journal names: their entries stand behind those that the sums are needed for. */
  constructor(removals: readonly Removal[]) {
    const ofLinks = removals.flatMap(({ until, links }) =>
      links.map((link): Removal => ({ until, gaps: [], links: [link] })),
    );
    this.#removed = Map.groupBy(ofLinks, ({ links: [link] }) => link?.link_id ?? '');
  }

  /** Takes the next entry. Returns what is wrong with it, or null. */
  take(entry: ExportedEntry): string | null {
    const { kind } = entry;
    if (kind.startsWith('call.')) this.#takeCall(entry);
    else if (kind.startsWith('provider_key.')) this.#takeKey(entry, bodyOf(entry));
    else if (kind.startsWith('stop.')) this.#takeStop(kind, bodyOf(entry));
    else if (kind === 'grant.created' || kind === 'grant.delegated') this.#open(entry, bodyOf(entry));
    else if (kind.startsWith('grant.')) this.#change(entry, bodyOf(entry));
    return this.#rebuild.post({ ...entry });
  }

  /** What a link had settled and held by `atMs`, in the windows open then; `atMs` MUST NOT go back. */
  countersOf(linkId: string, atMs: number) {
    return this.#rebuild.countersOf(linkId, atMs);
  }

  /** See `Rebuild`. */
  removedUntilOf(linkId: string): number {
    return this.#rebuild.removedUntilOf(linkId);
  }

  /** Whether the app, the provider key, or everything was stopped. */
  isStopped({ id, grant }: LinkAsStood): boolean {
    return grant
      ? this.#stops.has(`app/${grant.clientId}`)
      : ['everything/', 'suspension/', `provider_key/${id}`].some((stop) => this.#stops.has(stop));
  }

  #takeStop(kind: string, { scope, client_id: clientId, provider_key_id: keyId }: Body): void {
    const stop = `${scope}/${textOf(clientId) ?? textOf(keyId) ?? ''}`;
    if (kind === 'stop.began') this.#stops.add(stop);
    else if (kind === 'stop.ended') this.#stops.delete(stop);
  }

  #takeKey({ kind, seq }: ExportedEntry, body: Body): void {
    const id = textOf(body.provider_key_id) ?? '';
    const version = typeof body.version === 'number' ? body.version : null;
    const known = this.links.get(id);
    if (!known) {
      this.#put({ ...this.#keyLink(id, textOf(body.provider) ?? '', seq), keyVersion: version });
      return;
    }
    if (kind === 'provider_key.limits_changed') {
      known.ceiling = body.after as readonly Limit[];
      known.changedSeq = seq;
    }
    // A test of the key changes nothing.
    if (version === null) return;
    known.keyVersion = version;
    known.changedSeq = seq;
    if (kind === 'provider_key.removed') known.ownStatus = 'revoked';
  }

  #keyLink = (id: string, provider: string, seq: number): LinkAsStood => ({
    id,
    parentId: null,
    grant: null,
    provider,
    createdSeq: seq,
    changedSeq: seq,
    keyVersion: null,
    access: null,
    ceiling: [],
    resets: [],
    ownStatus: 'active',
  });

  #put(link: LinkAsStood): void {
    this.links.set(link.id, link);
    this.#parents.set(link.id, link.parentId);
    for (const removal of this.#removed.get(link.id) ?? []) this.#rebuild.postRemoved(removal);
  }

  #open({ grant_id: grantId, seq }: ExportedEntry, body: Body): void {
    const id = grantId ?? '';
    const parentGrantId = textOf(body.parent_grant_id);
    const grant: GrantAsStood = {
      id,
      parentGrantId,
      clientId: textOf(body.client_id),
      via: textOf(body.via),
      keyThumbprint: textOf(body.key_thumbprint),
      isActorAuthenticated:
        typeof body.is_actor_authenticated === 'boolean' ? body.is_actor_authenticated : null,
      createdSeq: seq,
      changedSeq: seq,
      status: 'active',
      deviceIds: textsOf(body.devices),
    };
    this.#grants.set(id, grant);
    const keys = { ...(body.provider_keys as object | undefined) } as Body;
    for (const wire of Array.isArray(body.authorization_details) ? body.authorization_details : []) {
      const provider = String(wire?.provider);
      const parentId = parentGrantId === null ? textOf(keys[provider]) : linkIdOf(parentGrantId, provider);
      const base = this.#keyLink(linkIdOf(id, provider), provider, seq);
      this.#put({ ...base, parentId, grant, access: accessOf(wire) });
    }
  }

  #change({ grant_id: grantId, kind, seq, at }: ExportedEntry, body: Body): void {
    const grant = this.#grants.get(grantId ?? '');
    if (!grant) return;
    grant.changedSeq = seq;
    const status = STATUS_KINDS[kind];
    if (status && grant.status !== 'revoked') grant.status = status;
    if (status === 'active') for (const link of this.#linksOf(grant)) link.ownStatus = 'active';
    if (kind === 'grant.devices_changed') grant.deviceIds = textsOf(body.to);
    if (kind === 'grant.limit_reset') this.#reset(body, seq, at);
    // Whatever changes the rights of a part says what they are from then on.
    for (const wire of [body.to].flat()) {
      const access = accessOf(wire);
      const link = access && this.links.get(linkIdOf(grant.id, access.provider));
      if (!link) continue;
      link.access = access;
      link.resets = resetsOf(link.resets, access.limits);
      link.changedSeq = seq;
    }
  }

  #reset(body: Body, seq: number, at: number): void {
    const link = this.links.get(textOf(body.link_id) ?? '');
    const limit = link?.access?.limits.find((each) => isSameLimit(each, body as never));
    if (!link || !limit) return;
    link.resets = withReset(link.resets, limit, Number(body.amount), at);
    link.changedSeq = seq;
  }

  #takeCall(entry: ExportedEntry): void {
    const { kind, call_id: callId, at } = entry;
    const id = callId ?? '';
    const call = this.#calls.get(id);
    if (kind === 'call.admitted') this.#calls.set(id, { admittedAtMs: at, settledAtMs: at });
    else if (kind === 'call.ceiling' && call) call.settledAtMs = at;
    else if (kind === 'call.corrected' && call) this.#correct(entry, call);
    else if (kind === 'call.settled' || kind === 'call.released') this.#calls.delete(id);
    // More than was held: the leaf is suspended with the outcome.
    const isOverrun = entry.settled_nanos > -entry.held_nanos || entry.settled_tokens > -entry.held_tokens;
    const leaf = kind === 'call.settled' && isOverrun ? this.links.get(entry.link_id ?? '') : undefined;
    if (leaf?.ownStatus === 'active') leaf.ownStatus = 'suspended';
  }

  #correct(
    entry: ExportedEntry,
    call: { readonly admittedAtMs: number; readonly settledAtMs: number },
  ): void {
    const { owner_id: ownerId, grant_id: grantId, link_id: linkId, at } = entry;
    const amounts = { nanos: entry.settled_nanos, tokens: entry.settled_tokens };
    const correction = { callId: '', ownerId, grantId, linkId: linkId ?? '', body: {}, ...call, ...amounts };
    for (let link = this.links.get(linkId ?? ''); link; link = this.links.get(link.parentId ?? ''))
      link.resets = correctedResets(link.resets, correction, at);
    this.#calls.delete(entry.call_id ?? '');
  }

  #linksOf(grant: GrantAsStood): readonly LinkAsStood[] {
    return [...this.links.values()].filter((link) => link.grant === grant);
  }
}
