// The life of a grant: created by an owner's decision, read by the gate at every call, revoked at once.

import type { Limit, LimitPeriod, LimitUnit, ModelAccess, Result, WithinViolation } from '@valetkey/core';
import type { Balance, LimitReset, LinkReading, LinkStatus } from '../ledger/contract.ts';
import type { LiveDevice } from './device-rule.ts';
import type { KeyTokenForm } from './key-token.ts';

/** `pending` waits for the owner; `denied`, `revoked` and `expired` are final. */
export type GrantStatus = 'pending' | 'active' | 'suspended' | 'denied' | 'revoked' | 'expired';

/** One provider's part of a grant. */
export interface GrantPart {
  readonly provider: string;
  readonly providerKeyId: string;
  /** What this part allows, as the owner decided it. */
  readonly access: ModelAccess;
}

/** A grant as its owner sees it. */
export interface Grant {
  readonly id: string;
  readonly ownerId: string;
  /** The OAuth client; null for a grant that the owner made for an own tool. */
  readonly clientId: string | null;
  readonly name: string;
  readonly parentGrantId: string | null;
  /** Whether its holder proved who it is when it was delegated, or its parent only named it; false for what the owner gave. */
  readonly isActorAuthenticated: boolean;
  readonly status: GrantStatus;
  readonly parts: readonly GrantPart[];
  /** Whether fields that the broker does not know are refused or passed on (security: `refuse` for third-party apps). */
  readonly unknownFields: 'refuse' | 'pass';
  /** The devices that it is pinned to; none: it is not pinned. Those of the grants above it bind as well. */
  readonly deviceIds: readonly string[];
  readonly createdAtMs: number;
  /** The end that its terms name. */
  readonly expiresAtMs: number | null;
  /** When it ends before that, or at all, because nobody used it; moves on with use. */
  readonly idleEndsAtMs: number | null;
  /** Its own newest call; those of what was delegated from it are not among them. */
  readonly lastUsedAtMs: number | null;
  readonly revokedAtMs: number | null;
}

/** A provider's part of a live grant, ready for the gate: the effective access over the whole chain and the readings to admit on. */
export interface LivePart {
  readonly provider: string;
  readonly providerKeyId: string;
  readonly access: ModelAccess;
  /** From the leaf to the root, with the versions that `access` was computed from. */
  readonly chain: readonly LinkReading[];
  /** The earliest end of a link of the chain. */
  readonly endsAtMs: number | null;
  /** Of the whole chain: `active` only if every link is. */
  readonly status: LinkStatus;
}

/** A grant as the gate reads it. May be older than the truth: the admission refuses a stale reading. */
export interface LiveGrant {
  readonly grant: Grant;
  /** What may be used. A part that a grant above may not delegate to this one (any more) is not among them. */
  readonly parts: readonly LivePart[];
  /** The providers of those parts. */
  readonly barredProviders: readonly string[];
  /** From the grant that the owner gave down to this one, itself included. */
  readonly path: readonly DelegationHop[];
  /** Whether it was asked for in the words of TPX, whose clients are told in the answer what it cost. */
  readonly tellsCredits: boolean;
  /** From when on a use has to be written down first; see `Grants.renew`. */
  readonly renewAtMs: number;
  /** SHA-256 of the key-shaped token that is valid now; null if none was made. */
  readonly keyTokenHash: string | null;
  /** Thumbprint of the key that this token is bound to; null for none. */
  readonly keyTokenThumbprint: string | null;
  /** `jti`s of access tokens that were revoked one by one before they expired. */
  readonly revokedTokenIds: ReadonlySet<string>;
  /** The owner's devices by the thumbprint of their key, lost ones too. */
  readonly devices: ReadonlyMap<string, LiveDevice>;
  /** Ids of devices, for each grant of the path that is pinned: a call MUST come from a device that is in every one. */
  readonly pins: readonly ReadonlySet<string>[];
}

/** What an owner decided. `parts` are already checked to be within what was asked. */
export interface NewGrant {
  readonly id?: string;
  readonly ownerId: string;
  readonly clientId: string | null;
  readonly name: string;
  readonly parts: readonly { readonly providerKeyId: string; readonly access: ModelAccess }[];
  readonly unknownFields: 'refuse' | 'pass';
  /** The devices that it is pinned to; none, or left out: it is not pinned. */
  readonly deviceIds?: readonly string[];
  /** How it came about: `consent`, `tpx` where that was asked for in the words of TPX, `api`, `cli`; and the hash of what the owner was shown, where there was a page. */
  readonly via: string;
  readonly shownHash?: string;
}

/** Why a grant could not be made or changed. */
export interface GrantRefusal {
  readonly reason:
    | 'not_found'
    | 'no_provider_key'
    | 'no_device'
    | 'provider_mismatch'
    | 'not_active'
    | 'changed'
    | 'no_limit'
    | 'not_narrower'
    | 'unavailable';
  readonly detail: string;
}

/** A child of a grant, as the holder of the grant asks for it. */
export interface Delegation {
  readonly parentGrantId: string;
  /** What the child may do, one entry for each provider; what it does not name it inherits. */
  readonly asked: readonly ModelAccess[];
  /** The child's OAuth client: that of its parent for an agent of its own; null where the parent has none. */
  readonly clientId: string | null;
  /** The child's name for people: its client's, or the label that its parent gave it. */
  readonly name: string;
  /** Whether the child itself proved who it is, or its parent only named it. */
  readonly isActorAuthenticated: boolean;
  /** Thumbprint of the key that the child's token is bound to; null for none. */
  readonly keyThumbprint: string | null;
  /** SHA-256 of the key-shaped token it is given, if it is given one. */
  readonly keyTokenHash?: string;
  /** How it came about: `token_exchange`, `api`; `owner` where the owner made it. */
  readonly via: string;
  /** Whether whoever asks still holds the parent: asked of the parent as it is read for the child, because a token may be revoked meanwhile. */
  readonly holds?: (parent: LiveGrant) => boolean;
}

/** Why a grant could not be delegated. `violations` name the members of the request that go beyond the parent. */
export interface DelegationRefusal {
  /** `not_permitted`: not at all, not so deep, or not to this one; `not_narrower`: not so much. */
  readonly reason: 'not_active' | 'not_permitted' | 'not_narrower' | 'too_many' | 'unavailable';
  readonly detail: string;
  readonly violations: readonly WithinViolation[];
}

/** One party on the way from the owner's grant to a child. */
export interface DelegationHop {
  readonly grantId: string;
  readonly clientId: string | null;
  readonly name: string;
  /** See `Grant`. */
  readonly isActorAuthenticated: boolean;
}

/** What revoking stopped. */
export interface Revocation {
  readonly grantId: string;
  readonly revokedAtMs: number;
  /** Grants stopped with it, itself included. */
  readonly grantIds: readonly string[];
  /** Calls that were running and were cut. */
  readonly callsCut: number;
}

/**
 * What is stopped as a whole. `app` is every grant of this client and all below; `provider_key` is all that draws on it; `suspension` is
 * everything, too, but begun and ended by the operator of the house.
 */
export type StopTarget =
  | { readonly scope: 'everything' }
  | { readonly scope: 'suspension' }
  | { readonly scope: 'app'; readonly clientId: string }
  | { readonly scope: 'provider_key'; readonly providerKeyId: string };

/** A stop that is in force until it is ended. */
export interface Stop {
  readonly id: string;
  readonly what: StopTarget;
  readonly beganAtMs: number;
}

/** What a stop did: zeros if it was in force before. */
export interface StopEffect {
  readonly stop: Stop;
  /** Grants that could be used before. */
  readonly grants: number;
  /** Calls that were running in this process and were cut. */
  readonly callsCut: number;
}

/** What of the running calls is concerned: of these grants and all below them, and all that draws on these provider keys. */
export interface Concerned {
  readonly grantIds?: readonly string[];
  readonly providerKeyIds?: readonly string[];
}

/** What ended, for ever or for a while. */
export interface Stopped extends Concerned {
  readonly as: 'revoked' | 'suspended';
}

/** What another replica changed. */
export interface ChangedElsewhere {
  readonly changedGrantIds: readonly string[];
  /** Of these, the ones that are not active any more; and of those, the ones that may come back. */
  readonly stoppedGrantIds: readonly string[];
  readonly suspendedGrantIds?: readonly string[];
  readonly providerKeyIds?: readonly string[];
  readonly stoppedKeyIds?: readonly string[];
}

/** What one link has spent, and those resets of its limits that are of windows open now. */
export interface LinkUsage extends Balance {
  readonly resets: readonly LimitReset[];
}

/** One limit of a grant, by what tells it from the others. */
export interface NamedLimit extends Pick<Limit, 'unit' | 'per'> {
  readonly provider: string;
}

/** What an owner sees spent of a grant, per limit. */
export interface GrantUsage {
  readonly balances: readonly LinkUsage[];
  readonly tightest: {
    readonly unit: LimitUnit;
    readonly per: LimitPeriod;
    readonly limit: number;
    readonly used: number;
  } | null;
}

/** Which grants, and which page of them. */
export interface GrantPage {
  /** Only those that can be used, now or once they are resumed. */
  readonly isLiveOnly: boolean;
  /** The `next` of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** One page; `next` is null on the last one. */
export interface PageOfGrants {
  readonly grants: readonly Grant[];
  readonly next: string | null;
}

/** Reads and changes grants. Every change is one ledger change: durable and in order with admissions when it resolves. */
export interface Grants {
  create(grant: NewGrant): Promise<Result<Grant, GrantRefusal>>;
  /** Makes a narrower child of a grant; its requests draw down every grant above it. */
  delegate(delegation: Delegation): Promise<Result<Grant, DelegationRefusal>>;
  /** Makes a key-shaped token (`vk_...`, or `okap_...`) for the grant, replacing the one before; returned once, stored hashed. */
  issueKeyToken(ownerId: string, grantId: string, form?: KeyTokenForm): Promise<Result<string, GrantRefusal>>;
  get(ownerId: string, grantId: string): Promise<Grant | null>;
  list(ownerId: string): Promise<readonly Grant[]>;
  /** The owner's grants in pages, newest first: those that were decided and not denied. */
  page(ownerId: string, which: GrantPage): Promise<PageOfGrants>;
  /** Children of a grant that have not ended, the newest 200; `lastUsedAtMs` is left out. */
  liveChildren(grantId: string): Promise<readonly Grant[]>;
  /**
   * Replaces the limits, models, capabilities or expiry of one part or several, all or none; takes effect for the next call of any token.
   * `seen` is the `versionOf` what the owner saw: if the grant is another since, nothing is changed and the refusal is `changed`.
   */
  edit(
    ownerId: string,
    grantId: string,
    access: ModelAccess | readonly ModelAccess[],
    seen?: string,
  ): Promise<Result<Grant, GrantRefusal>>;
  /** What was spent of a limit in its window so far stops counting against it, and against it alone; what is held does not. */
  resetLimit(ownerId: string, grantId: string, limit: NamedLimit): Promise<Result<Grant, GrantRefusal>>;
  /** Replaces the devices that it is pinned to; none: it is not pinned any more. Takes effect for the next call of any token. `seen` as for `edit`. */
  pin(
    ownerId: string,
    grantId: string,
    deviceIds: readonly string[],
    seen?: string,
  ): Promise<Result<Grant, GrantRefusal>>;
  suspend(ownerId: string, grantId: string): Promise<Result<Grant, GrantRefusal>>;
  resume(ownerId: string, grantId: string): Promise<Result<Grant, GrantRefusal>>;
  /** Stops everything, an app or a provider key until `resumeStopped`; idempotent. Nothing new is given to what is stopped. */
  stop(ownerId: string, what: StopTarget): Promise<Result<StopEffect, GrantRefusal>>;
  /** Brings back exactly what the stop stopped: not what is paused by itself, has ended, or is held by another stop. Null ends the suspension, an id never. */
  resumeStopped(ownerId: string, stopId: string | null): Promise<Result<Stop, GrantRefusal>>;
  /** The stops that are in force, oldest first. */
  stops(ownerId: string): Promise<readonly Stop[]>;
  /** Idempotent: repeating it ends what an earlier attempt that broke off left, else it changes nothing. */
  revoke(ownerId: string, grantId: string, by: string): Promise<Result<Revocation, GrantRefusal>>;
  /** When a part with these terms ends that is made or changed now: at the end that they name, or sooner if nobody uses it. */
  endOf(access: ModelAccess): number | null;
  /** Writes down that the grant is used, which uses every grant above it; false if there was nothing to write. */
  renew(live: LiveGrant): Promise<boolean>;
  /** Writes down which grants have ended by time, and gives those an end that the house wants to have one. MUST be called about once an hour. */
  tend(stopping?: AbortSignal): Promise<void>;
  usage(grantId: string): Promise<GrantUsage>;
  /** For the gate and introspection: the grant by id, whoever owns it. */
  live(grantId: string): Promise<LiveGrant | null>;
  /** For the gate, after an admission was refused as stale: reads the grant anew. */
  reread(grantId: string): Promise<LiveGrant | null>;
  /** For the gate: the grant a key-shaped token belongs to. `token` is the whole text; null if unknown or malformed. */
  liveByKeyToken(token: string): Promise<LiveGrant | null>;
  /** Refuses one access token from now on (RFC 7009); forgotten after `expiresAtMs`. */
  revokeToken(grantId: string, tokenId: string, expiresAtMs: number): Promise<void>;
  /** Calls `listener` with what was revoked or suspended, as soon as it is durable; it cuts the calls and says how many. */
  onStopped(listener: (stopped: Stopped) => number): () => void;
  /** Calls `listener` with what has other terms now; it cuts the calls that these would not admit, before the change is reported. */
  onNarrowed(listener: (concerned: Concerned) => Promise<void>): () => void;
  /** Forgets what was read of what changed, and tells the listeners. */
  changedElsewhere(changed: ChangedElsewhere): Promise<void>;
  /** Changes of other replicas may have been missed: forgets everything that was read. */
  forgetAll(): void;
  /** The owner's devices changed: forgets what was read of the owner's grants. */
  forgetOwner(ownerId: string): void;
}
