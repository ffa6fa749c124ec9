// What the ledger promises, whichever engine keeps it: one durable decision per admission over the whole chain, exactly one outcome
// per admission, entries that are only ever added. Both engines pass the same contract suite.

import type { Limit, LimitPeriod, LimitUnit, ModelAccess, Result } from '@valetkey/core';

/**
 * `active` links admit. `suspended` (by itself) and `stopped` (with its app, its provider key or everything of its owner) are reversible,
 * `revoked` is for ever; expiry is by time and needs no write.
 */
export type LinkStatus = 'active' | 'suspended' | 'stopped' | 'revoked';

/**
 * An owner's reset of a limit: `amount` of what is settled in this window does not count against it. It is still spent, and every other
 * limit counts it; the limits of the links above do, too.
 */
export interface LimitReset {
  readonly unit: LimitUnit;
  readonly per: LimitPeriod;
  /** The window that it is good for, 0 for `total`. The next one forgets it. */
  readonly windowStartMs: number;
  readonly atMs: number;
  /** What was settled by then, less what was corrected of it since; nanos or a count. */
  readonly amount: number;
}

/**
 * One link of a chain: a provider key or one provider's part of a grant. The id of a grant's link is `<grantId>.<provider>`, the id of a
 * provider key's link is the provider key's id. Above the provider keys of an owner whom the operator invited stands a ceiling
 * (`ceilingIdOf`), which is the root; those of the operator are roots themselves.
 */
export interface Link {
  readonly id: string;
  readonly ownerId: string;
  /** The link above; null for a root. */
  readonly parentId: string | null;
  /** The grant this link belongs to; null for a provider key and a ceiling. */
  readonly grantId: string | null;
  /** Rises by one with every change, so that a decision made on an older reading is refused as `stale`. */
  readonly version: number;
  readonly status: LinkStatus;
  readonly expiresAtMs: number | null;
  /** What the link allows; null for a provider key (it allows what its provider offers) and a ceiling. */
  readonly access: ModelAccess | null;
  readonly limits: readonly Limit[];
  /** At most one for each limit. */
  readonly resets: readonly LimitReset[];
  readonly maxConcurrent: number | null;
}

/**
 * A change to one link. `open` adds it (version 1); `update` replaces the named fields and raises the version; `reset` resets one of its
 * limits by what is settled when the change is decided, raises the version and adds the entry `grant.limit_reset` with that amount.
 */
export type LinkChange =
  | { readonly kind: 'open'; readonly link: Omit<Link, 'version' | 'resets'> }
  | {
      readonly kind: 'reset';
      readonly linkId: string;
      readonly unit: LimitUnit;
      readonly per: LimitPeriod;
    }
  | {
      readonly kind: 'update';
      readonly linkId: string;
      readonly set: Partial<Pick<Link, 'status' | 'expiresAtMs' | 'access' | 'limits' | 'maxConcurrent'>>;
    };

/** An SQL statement in the engine's own dialect, as Kysely's `compile()` gives it. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** One journal entry before it is written. `body` is plain JSON: ids, amounts and hashes; MUST NOT hold prompt text or secrets. */
export interface EntryInput {
  readonly ownerId: string;
  /** `noun.verb`, e.g. `call.admitted`, `call.settled`, `grant.created`. */
  readonly kind: string;
  readonly callId?: string;
  readonly grantId?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Takes back what a call posted at its ceiling cost too much. `nanos` and `tokens` change what is settled, never upwards, in those windows
 * of its admission that are still open. What is corrected stands in the journal: whoever makes a correction MUST have read it there.
 */
export interface Correction {
  readonly callId: string;
  readonly ownerId: string;
  readonly grantId: string | null;
  /** The leaf that the call was charged to. */
  readonly linkId: string;
  readonly admittedAtMs: number;
  /** When it was posted at its ceiling: what a reset has let go of already can not be given back once more. */
  readonly settledAtMs: number;
  /** Zero or less. */
  readonly nanos: number;
  readonly tokens: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Changes that belong together: links, rows of other rooms and journal entries, all in ONE durable transaction, ordered with every
 * admission. Once it has resolved, nothing is admitted on the old state, on any replica.
 */
export interface Change {
  /** Links that it was decided on, as they were read: refused as `stale` if one of them has changed since. */
  readonly expects?: readonly LinkReading[];
  readonly links: readonly LinkChange[];
  readonly rows: readonly Statement[];
  readonly entries: readonly EntryInput[];
  /** A second correction of the same call is refused by the database: the promise rejects and nothing is written. */
  readonly correction?: Correction;
  /** Called as soon as it is durable, before replicas that do not answer are waited for. MUST NOT throw. */
  readonly onDurable?: () => void;
}

/** A link as the gate read it. */
export interface LinkReading {
  readonly linkId: string;
  readonly version: number;
}

/**
 * The most a request may use, linear in the output cap so that both engines can fit the cap to what is left inside the decision.
 * The hold is `fixedNanos + ceil(cap * outputNanosPerMillion / 1e6)` and `fixedTokens + cap * outputs` tokens.
 */
export interface HoldRequest {
  readonly fixedNanos: number;
  readonly fixedTokens: number;
  /** Nanos per million output tokens, already multiplied by `outputs`. 0 when no price applies or nothing is produced. */
  readonly outputNanosPerMillion: number;
  readonly outputs: number;
  /** The cap wanted: the caller's own, or the most the model or grant allows. */
  readonly maxOutputTokens: number;
  /** The least cap that still makes sense; equal to `maxOutputTokens` when the caller set the cap. */
  readonly minOutputTokens: number;
  /** Whether the cost is bounded by a price. If not, admission is refused as `unpriced` when any link has a USD limit. */
  readonly priced: boolean;
}

/** A request to admit one call. `chain` runs from the leaf to the root. */
export interface AdmissionRequest {
  readonly callId: string;
  readonly ownerId: string;
  readonly grantId: string;
  readonly chain: readonly LinkReading[];
  readonly hold: HoldRequest;
  /** The audit intent: operation, model, client, device, token id, price version, rate card, hash of the body sent. */
  readonly intent: Readonly<Record<string, unknown>>;
}

/** A durable admission: the request may be forwarded. */
export interface Admission {
  readonly callId: string;
  readonly admittedAtMs: number;
  /** The output cap that was held for. MUST be what is sent upstream. */
  readonly outputTokens: number;
  readonly holdNanos: number;
  readonly holdTokens: number;
  /** Least USD left on any link with a USD limit after this hold; null without such a limit. */
  readonly remainingNanos: number | null;
  /** Sum held at that tightest link, this hold included; null without a USD limit. */
  readonly reservedNanos: number | null;
}

/** Why a call was not admitted. `stale` means: read the chain again and ask again. */
export type AdmissionRefusal =
  | { readonly reason: 'stale' }
  | {
      readonly reason: 'not_live';
      readonly linkId: string;
      readonly status: 'revoked' | 'suspended' | 'expired';
    }
  | { readonly reason: 'unpriced'; readonly linkId: string }
  | { readonly reason: 'concurrency'; readonly linkId: string; readonly limit: number }
  | {
      readonly reason: 'limit';
      readonly linkId: string;
      readonly unit: LimitUnit;
      readonly per: LimitPeriod;
      readonly limit: number;
      /** What counts against the limit: what was settled before its reset does not. */
      readonly settled: number;
      readonly held: number;
      /** The least this request would need of that unit. */
      readonly required: number;
      /** When the window ends; null for `total`. */
      readonly windowEndsAtMs: number | null;
    }
  | { readonly reason: 'unavailable'; readonly detail: string };

/**
 * How a call ended. `settled`: the provider's usage. `ceiling`: it may have been forwarded and its usage is unknown, posted at the
 * hold. `released`: never forwarded, or the provider charges nothing for it; the request count is given back only when `forwarded` is false,
 * which says that no request of the app was: a count of its input is none.
 */
export interface Outcome {
  readonly callId: string;
  readonly kind: 'settled' | 'ceiling' | 'released';
  readonly forwarded: boolean;
  /** Actual cost and tokens; ignored for `ceiling`, 0 for `released`. */
  readonly nanos: number;
  readonly tokens: number;
  /** The audit outcome: status, usage, model reported, hashes, duration, anomalies. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What settlement posted. */
export interface Settlement {
  readonly nanos: number;
  /** True when more was reported than was held: posted in full, the leaf suspended, a counter raised. Must stay false. */
  readonly overrun: boolean;
  readonly remainingNanos: number | null;
}

/** What one link has settled and holds, by unit, in the window that is open now. */
export interface Balance {
  readonly linkId: string;
  readonly openCalls: number;
  readonly windows: Readonly<
    Record<LimitUnit, Readonly<Record<LimitPeriod, { readonly settled: number; readonly held: number }>>>
  >;
}

/** A limit of a link, with what counts against it in the window that is open now. */
export interface UsedLimit {
  readonly linkId: string;
  readonly grantId: string | null;
  readonly limit: Limit;
  /** What is settled and not let go of by a reset; nanos or a count. What is only held is not in it. */
  readonly settled: number;
  /** When the limit was reset in this window; null if it was not. */
  readonly resetAtMs: number | null;
}

/** A change was refused: the link or limit it names is missing, or the link is already there. Nothing was written. */
export interface ChangeRefusal {
  readonly reason: 'unknown_link' | 'duplicate_link' | 'unknown_limit' | 'stale' | 'unavailable';
  readonly detail: string;
}

/** Keeps the money. Every promise resolves only after its entries are durable. */
export interface Ledger {
  admit(request: AdmissionRequest): Promise<Result<Admission, AdmissionRefusal>>;
  /**
   * Whether an admitted call may still be forwarded; MUST be asked right before its first byte. False when its admission is so old that
   * another process may believe this one dead, or gone past a stop that it never heard of.
   */
  mayForward(callId: string): boolean;
  /** Posts the one outcome of an admitted call; a second one for the same call throws. */
  settle(outcome: Outcome): Promise<Settlement>;
  change(change: Change): Promise<Result<void, ChangeRefusal>>;
  /** Adds entries that change no balance (refusals, sign-ins), with the next commit. */
  record(entries: readonly EntryInput[]): Promise<void>;
  /**
   * The link as it stands, with its current version; null if there is none. MUST be committed state: while a change to the link is on
   * its way to the disk this waits for it, or a reader could pair the new version with rows from before.
   */
  link(linkId: string): Promise<Link | null>;
  balances(linkIds: readonly string[]): Promise<readonly Balance[]>;
  /** The limits of these links and of all above them, each once. */
  usedLimits(linkIds: readonly string[]): Promise<readonly UsedLimit[]>;
  /** False while nothing can be recorded; the gate then refuses with 503. */
  readonly healthy: boolean;
  /** Settlements above their hold since the start. Must stay 0. */
  readonly overruns: number;
  /** Commits what is queued, writes a checkpoint and stops. */
  close(): Promise<void>;
}
