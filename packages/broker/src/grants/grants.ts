// The life of a grant. Every change is one ledger change, so that it is durable and in order with admissions before it is reported;
// the rows of `grants` are written in that same transaction.

import { fail, type ModelAccess, type Result, succeed } from '@valetkey/core';
import type { Kysely } from 'kysely';
import type { RefusalTally } from '../audit/refusal-tally.ts';
import { type Ambient, randomId } from '../clock.ts';
import type { Change, ChangeRefusal, EntryInput, Ledger, LinkChange } from '../ledger/contract.ts';
import { refusedFault } from '../store/outage.ts';
import type { Schema } from '../store/schema.ts';
import type {
  ChangedElsewhere,
  Concerned,
  Delegation,
  DelegationRefusal,
  Grant,
  GrantPage,
  GrantRefusal,
  Grants,
  GrantUsage,
  LiveGrant,
  NamedLimit,
  NewGrant,
  PageOfGrants,
  Revocation,
  Stop,
  StopEffect,
  Stopped,
  StopTarget,
} from './contract.ts';
import { creationOf } from './creation.ts';
import { delegate } from './delegate.ts';
import { Expiry } from './expiry.ts';
import { linkIdOf, replaceTerms, touchLinks } from './grant-links.ts';
import {
  accessInJournal,
  compiled,
  readGrant,
  readGrantPage,
  readLiveChildren,
  readOwnerGrants,
  readReadings,
  versionOf,
} from './grant-rows.ts';
import { hashKeyToken, type KeyTokenForm, newKeyToken } from './key-token.ts';
import { LiveGrants } from './live-grants.ts';
import { checkPins, formatPins } from './pins.ts';
import { checkProviderKeys } from './provider-keys.ts';
import { liveReader } from './read-live.ts';
import { readUsage } from './read-usage.ts';
import { recordRefusedDelegation } from './record-refused-delegation.ts';
import { revoke } from './revoke.ts';
import { readStanding, readStops, Stops, whyStopped } from './stops.ts';

/** What the room needs. */
export interface GrantsDeps {
  readonly db: Kysely<Schema>;
  readonly ledger: Ledger;
  readonly ambient: Ambient;
  /** How many delegations may lead to a grant, whatever its owner allows; 3 unless said. */
  readonly maxDelegationDepth?: number;
  /** How long a grant may stand unused before it ends; null, which it is unless said: for ever. */
  readonly idleMs?: number | null;
  /** Counts a flood of refused delegations; without it each is an entry. */
  readonly refusals?: Pick<RefusalTally, 'isTold'>;
}

const DEFAULT_MAX_DELEGATION_DEPTH = 3;

const refuse = (reason: GrantRefusal['reason'], detail: string) => fail<GrantRefusal>({ reason, detail });

const MOST_TRIES = 4;
const STALE = 'The grant keeps changing. Try again shortly.';
const CHANGED =
  'It was changed since you read it. Read it again, and repeat your change if it still makes sense.';

const REFUSALS = {
  unknown_link: 'not_found',
  duplicate_link: 'not_found',
  unknown_limit: 'no_limit',
  stale: 'unavailable',
  unavailable: 'unavailable',
} as const satisfies Record<ChangeRefusal['reason'], GrantRefusal['reason']>;

/** Decides again on what has changed since it was read. */
async function untilFresh(
  decide: () => Promise<Result<void, GrantRefusal>>,
): Promise<Result<void, GrantRefusal>> {
  for (let tries = 1; ; tries += 1) {
    const decided = await decide();
    if (decided.ok || decided.error.detail !== STALE || tries === MOST_TRIES) return decided;
  }
}

class LedgerGrants implements Grants {
  readonly #db: Kysely<Schema>;
  readonly #ledger: Ledger;
  readonly #ambient: Ambient;
  readonly #maxDelegationDepth: number;
  readonly #refusals: GrantsDeps['refusals'];
  readonly #live: LiveGrants;
  readonly #expiry: Expiry;
  readonly #stops: Stops;
  readonly #stopListeners = new Set<(stopped: Stopped) => number>();
  readonly #narrowListeners = new Set<(concerned: Concerned) => Promise<void>>();

  constructor({
    db,
    ledger,
    ambient,
    maxDelegationDepth = DEFAULT_MAX_DELEGATION_DEPTH,
    idleMs = null,
    refusals,
  }: GrantsDeps) {
    this.#refusals = refusals;
    this.#maxDelegationDepth = maxDelegationDepth;
    this.#db = db;
    this.#ledger = ledger;
    this.#ambient = ambient;
    this.#expiry = new Expiry({ db, ledger, ambient, idleMs });
    this.#live = new LiveGrants(liveReader(db, ambient.now, (links) => this.#expiry.renewAtMs(links)));
    const onStopped = (stopped: Stopped) => this.#stopped(stopped);
    const onResumed = (ownerId: string) => this.#live.forgetOwner(ownerId);
    this.#stops = new Stops({ db, ledger, ambient, onStopped, onResumed });
  }

  async create(input: NewGrant): Promise<Result<Grant, GrantRefusal>> {
    const keys = await checkProviderKeys(this.#db, input);
    if (!keys.ok) return keys;
    const pins = await checkPins(this.#db, input.ownerId, input.deviceIds ?? []);
    if (!pins.ok) return pins;
    const id = input.id ?? randomId(this.#ambient, 'gr_');
    const change = creationOf(id, input, {
      db: this.#db,
      nowMs: this.#ambient.now(),
      endOf: (access) => this.#expiry.endOf(access),
    });
    const changed = await this.#unlessStopped(input, (expects) => this.#change(id, { ...change, expects }));
    return changed.ok ? this.#require(input.ownerId, id) : changed;
  }

  async delegate(delegation: Delegation): Promise<Result<Grant, DelegationRefusal>> {
    const made = await delegate(delegation, {
      db: this.#db,
      ledger: this.#ledger,
      ambient: this.#ambient,
      reread: (grantId) => this.reread(grantId),
      maxDepth: this.#maxDelegationDepth,
      endOf: (access) => this.#expiry.endOf(access),
    });
    if (!made.ok) {
      const parent = await this.live(delegation.parentGrantId);
      const deps = { ledger: this.#ledger, now: this.#ambient.now, refusals: this.#refusals };
      if (parent) await recordRefusedDelegation(deps, parent.grant, delegation, made.error);
      return made;
    }
    const child = await readGrant(this.#db, made.value, this.#ambient.now());
    if (!child) throw new Error(`grant ${made.value} was written and is not there`);
    return succeed(child);
  }

  async issueKeyToken(
    ownerId: string,
    grantId: string,
    form?: KeyTokenForm,
  ): Promise<Result<string, GrantRefusal>> {
    const grant = await this.#require(ownerId, grantId);
    if (!grant.ok) return grant;
    if (grant.value.status !== 'active') return refuse('not_active', `The grant is ${grant.value.status}.`);
    const token = newKeyToken(this.#ambient, form);
    const rows = [
      compiled(
        this.#db
          .updateTable('grants')
          .set({ key_token_hash: hashKeyToken(token) })
          .where('id', '=', grantId),
      ),
    ];
    // Whoever knew the old token reads again.
    const links = touchLinks(grant.value);
    const entry = { ownerId, kind: 'grant.key_token_issued', grantId, body: {} };
    const changed = await this.#change(grantId, { links, rows, entries: [entry] });
    return changed.ok ? succeed(token) : changed;
  }

  async get(ownerId: string, grantId: string): Promise<Grant | null> {
    return (await readOwnerGrants(this.#db, ownerId, this.#ambient.now(), grantId))[0] ?? null;
  }

  page(ownerId: string, which: GrantPage): Promise<PageOfGrants> {
    return readGrantPage(this.#db, ownerId, which, this.#ambient.now());
  }

  list(ownerId: string): Promise<readonly Grant[]> {
    return readOwnerGrants(this.#db, ownerId, this.#ambient.now());
  }

  liveChildren(grantId: string): Promise<readonly Grant[]> {
    return readLiveChildren(this.#db, grantId, this.#ambient.now());
  }

  edit(
    ownerId: string,
    grantId: string,
    access: ModelAccess | readonly ModelAccess[],
    seen?: string,
  ): Promise<Result<Grant, GrantRefusal>> {
    const row = this.#db.updateTable('grants').set({ expired_at: null }).where('id', '=', grantId);
    return this.#changeTerms(ownerId, grantId, seen, async ({ parts }) => {
      const links: LinkChange[] = [];
      const entries: EntryInput[] = [];
      for (const to of [access].flat()) {
        const part = parts.find(({ provider }) => provider === to.provider);
        if (!part) return refuse('provider_mismatch', `This grant has no part for ${to.provider}.`);
        links.push(replaceTerms(linkIdOf(grantId, to.provider), to, this.#expiry.endOf(to)));
        const body = { from: accessInJournal(part.access), to: accessInJournal(to) };
        entries.push({ ownerId, kind: 'grant.edited', grantId, body });
      }
      return succeed({ links, rows: [compiled(row)], entries });
    });
  }

  async resetLimit(
    ownerId: string,
    grantId: string,
    { provider, unit, per }: NamedLimit,
  ): Promise<Result<Grant, GrantRefusal>> {
    const reset = await this.#changeTerms(ownerId, grantId, undefined, async ({ parts }) => {
      if (!parts.some((part) => part.provider === provider))
        return refuse('provider_mismatch', `This grant has no part for ${provider}.`);
      const link: LinkChange = { kind: 'reset', linkId: linkIdOf(grantId, provider), unit, per };
      return succeed({ links: [link], rows: [], entries: [] });
    });
    if (reset.ok || reset.error.reason !== 'no_limit') return reset;
    return refuse('no_limit', `This grant has no limit of ${unit} per ${per} for ${provider}.`);
  }

  pin(
    ownerId: string,
    grantId: string,
    deviceIds: readonly string[],
    seen?: string,
  ): Promise<Result<Grant, GrantRefusal>> {
    return this.#changeTerms(ownerId, grantId, seen, async (grant) => {
      const added = deviceIds.filter((id) => !grant.deviceIds.includes(id));
      const pins = await checkPins(this.#db, ownerId, added);
      if (!pins.ok) return pins;
      const devices = formatPins(deviceIds);
      const row = this.#db.updateTable('grants').set({ devices }).where('id', '=', grantId);
      const body = { from: grant.deviceIds, to: deviceIds };
      return succeed({
        links: touchLinks(grant),
        rows: [compiled(row)],
        entries: [{ ownerId, kind: 'grant.devices_changed', grantId, body }],
      });
    });
  }

  suspend(ownerId: string, grantId: string): Promise<Result<Grant, GrantRefusal>> {
    return this.#setStatus(ownerId, grantId, 'suspended');
  }

  resume(ownerId: string, grantId: string): Promise<Result<Grant, GrantRefusal>> {
    return this.#setStatus(ownerId, grantId, 'active');
  }

  async revoke(ownerId: string, grantId: string, by: string): Promise<Result<Revocation, GrantRefusal>> {
    const grant = await this.#require(ownerId, grantId);
    if (!grant.ok) return grant;
    return revoke(grant.value, by, {
      db: this.#db,
      nowMs: this.#ambient.now(),
      change: (change) => this.#change(grantId, change),
      onRevoked: (grantIds) => this.#stopped({ grantIds, as: 'revoked' }),
    });
  }

  endOf(access: ModelAccess): number | null {
    return this.#expiry.endOf(access);
  }

  async renew(live: LiveGrant): Promise<boolean> {
    const isRenewed = await this.#expiry.renew(live);
    // Also if another did it: this reading says that it is due.
    for (const { grantId } of live.path) this.#live.forget(grantId);
    return isRenewed;
  }

  tend(stopping?: AbortSignal): Promise<void> {
    return this.#expiry.tend(stopping);
  }

  usage(grantId: string): Promise<GrantUsage> {
    return readUsage(this.#db, this.#ledger, grantId, this.#ambient.now());
  }

  live(grantId: string) {
    return this.#live.byId(grantId);
  }

  liveByKeyToken(token: string) {
    return this.#live.byKeyToken(token);
  }

  reread(grantId: string) {
    this.#live.forget(grantId);
    return this.#live.byId(grantId);
  }

  async revokeToken(grantId: string, tokenId: string, expiresAtMs: number): Promise<void> {
    const grant = await readGrant(this.#db, grantId, this.#ambient.now());
    if (!grant) return;
    const row = { token_id: tokenId, grant_id: grantId, expires_at: expiresAtMs };
    const rows = [
      compiled(this.#db.deleteFrom('revoked_tokens').where('expires_at', '<', this.#ambient.now())),
      compiled(
        this.#db
          .insertInto('revoked_tokens')
          .values(row)
          .onConflict((clash) => clash.column('token_id').doNothing()),
      ),
    ];
    const links = touchLinks(grant);
    const entry = { ownerId: grant.ownerId, kind: 'token.revoked', grantId, body: { token_id: tokenId } };
    const changed = await this.#change(grantId, { links, rows, entries: [entry] });
    if (!changed.ok) throw refusedFault(changed.error);
  }

  stop(ownerId: string, what: StopTarget): Promise<Result<StopEffect, GrantRefusal>> {
    return this.#stops.begin(ownerId, what);
  }

  resumeStopped(ownerId: string, stopId: string | null): Promise<Result<Stop, GrantRefusal>> {
    return this.#stops.end(ownerId, stopId);
  }

  stops(ownerId: string): Promise<readonly Stop[]> {
    return readStops(this.#db, ownerId);
  }

  onStopped(listener: (stopped: Stopped) => number): () => void {
    this.#stopListeners.add(listener);
    return () => this.#stopListeners.delete(listener);
  }

  onNarrowed(listener: (concerned: Concerned) => Promise<void>): () => void {
    this.#narrowListeners.add(listener);
    return () => this.#narrowListeners.delete(listener);
  }

  async changedElsewhere(changed: ChangedElsewhere): Promise<void> {
    const { changedGrantIds, stoppedGrantIds, suspendedGrantIds = [] } = changed;
    const { providerKeyIds = [], stoppedKeyIds = [] } = changed;
    for (const id of changedGrantIds) this.#live.forget(id);
    const suspended = new Set(suspendedGrantIds);
    const revoked = stoppedGrantIds.filter((id) => !suspended.has(id));
    if (revoked.length > 0) this.#stopped({ grantIds: revoked, as: 'revoked' });
    if (suspended.size + stoppedKeyIds.length > 0)
      this.#stopped({ grantIds: suspendedGrantIds, providerKeyIds: stoppedKeyIds, as: 'suspended' });
    if (changedGrantIds.length + providerKeyIds.length > 0)
      await this.#narrowed({ grantIds: changedGrantIds, providerKeyIds });
  }

  forgetAll(): void {
    this.#live.forgetAll();
  }

  forgetOwner(ownerId: string): void {
    this.#live.forgetOwner(ownerId);
  }

  #stopped(stopped: Stopped): number {
    this.#live.forgetConcerned(stopped);
    return [...this.#stopListeners].reduce((cut, listener) => cut + listener(stopped), 0);
  }

  async #narrowed(concerned: Concerned): Promise<void> {
    this.#live.forgetConcerned(concerned);
    await Promise.all([...this.#narrowListeners].map((listener) => listener(concerned)));
  }

  async #setStatus(
    ownerId: string,
    grantId: string,
    status: 'active' | 'suspended',
  ): Promise<Result<Grant, GrantRefusal>> {
    const grant = await this.#require(ownerId, grantId);
    if (!grant.ok) return grant;
    if (grant.value.status !== 'active' && grant.value.status !== 'suspended') {
      return refuse('not_active', `A grant that is ${grant.value.status} can be neither paused nor resumed.`);
    }
    const links = grant.value.parts.map(
      (part): LinkChange => ({ kind: 'update', linkId: linkIdOf(grantId, part.provider), set: { status } }),
    );
    const kind = status === 'suspended' ? 'grant.suspended' : 'grant.resumed';
    const change = { links, rows: [], entries: [{ ownerId, kind, grantId, body: {} }] };
    const onDurable = () => this.#stopped({ grantIds: [grantId], as: 'suspended' });
    const changed =
      status === 'suspended'
        ? await this.#change(grantId, { ...change, onDurable })
        : await this.#unlessStopped(grant.value, (expects) => this.#change(grantId, { ...change, expects }));
    if (!changed.ok) return changed;
    // What was read of those below says that they are paused.
    if (status === 'active') this.#live.forgetConcerned({ grantIds: [grantId] });
    return this.#require(ownerId, grantId);
  }

  /** Changes what a grant may do; what was decided on `seen` is made of that state alone. */
  async #changeTerms(
    ownerId: string,
    grantId: string,
    seen: string | undefined,
    toChange: (grant: Grant) => Promise<Result<Change, GrantRefusal>>,
  ): Promise<Result<Grant, GrantRefusal>> {
    const changed = await untilFresh(async () => {
      // In this order: a change that lands in between has raised the versions.
      const expects = seen === undefined ? [] : await readReadings(this.#db, grantId);
      const grant = await this.#require(ownerId, grantId);
      if (!grant.ok) return grant;
      if (grant.value.status === 'revoked')
        return refuse('not_active', 'A revoked grant cannot be changed. Make a new one.');
      if (seen !== undefined && seen !== versionOf(grant.value)) return refuse('changed', CHANGED);
      const change = await toChange(grant.value);
      return change.ok ? this.#change(grantId, { ...change.value, expects }) : change;
    });
    if (!changed.ok) return changed;
    await this.#narrowed({ grantIds: [grantId] });
    return this.#require(ownerId, grantId);
  }

  async #require(ownerId: string, grantId: string): Promise<Result<Grant, GrantRefusal>> {
    const grant = await this.get(ownerId, grantId);
    return grant ? succeed(grant) : refuse('not_found', 'There is no such grant.');
  }

  /** Makes a change that no stop is in force for: one that comes meanwhile makes it stale, and then refuses it. */
  #unlessStopped(
    { ownerId, clientId }: Pick<Grant, 'ownerId' | 'clientId'>,
    change: (expects: Change['expects'] & object) => Promise<Result<void, GrantRefusal>>,
  ): Promise<Result<void, GrantRefusal>> {
    return untilFresh(async () => {
      const standing = await readStanding(this.#db, ownerId);
      const stopped = whyStopped(standing.stops, clientId);
      return stopped ? refuse('not_active', stopped) : change(standing.expects);
    });
  }

  async #change(grantId: string, change: Change): Promise<Result<void, GrantRefusal>> {
    const changed = await this.#ledger.change(change);
    this.#live.forget(grantId);
    if (changed.ok) return changed;
    const { reason, detail } = changed.error;
    return refuse(REFUSALS[reason], reason === 'stale' ? STALE : detail);
  }
}

/** The grants of every owner, kept in the ledger's order. */
export const createGrants = (deps: GrantsDeps): Grants => new LedgerGrants(deps);
