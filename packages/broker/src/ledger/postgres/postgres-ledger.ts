// The ledger of many replicas on one PostgreSQL: the commit decides. Each owner's requests are decided together on what was read of that
// owner, and are written only if the owner still stands as it was read. MUST NOT resolve anything before its commit.

import { setTimeout as delay } from 'node:timers/promises';
import { fail, type Result } from '@valetkey/core';
import type pg from 'pg';
import { type Ambient, randomId } from '../../clock.ts';
import { throwOutage } from '../../store/outage.ts';
import { throwQueryError } from '../../store/postgres/connections.ts';
import type {
  Admission,
  AdmissionRefusal,
  AdmissionRequest,
  Balance,
  Change,
  ChangeRefusal,
  EntryInput,
  Ledger,
  Link,
  Outcome,
  Settlement,
  UsedLimit,
} from '../contract.ts';
import { assertHold } from '../hold.ts';
import { Counters } from '../rules/counters.ts';
import { linkFromRow } from '../rules/link-row.ts';
import { assertOutcome, crashedCall, unmetered } from '../rules/open-calls.ts';
import { ResidentLink } from '../rules/resident-link.ts';
import type { Promised } from '../rules/waiting.ts';
import type { Decision } from './decide.ts';
import { type NoticeListener, NoticeReceiver } from './notices.ts';
import { type LaneDeps, OwnerLane, type PooledConnection } from './owner-lane.ts';
import { Registration } from './registration.ts';
import {
  endSilentReplicas,
  NameTakenError,
  type OrphanedCall,
  readOrphanedCalls,
  readOthers,
} from './replica.ts';
import { UnsentCalls } from './unsent-calls.ts';
import type { RunningCall, Waiting } from './waiting.ts';

/** The ledger's connections. */
export interface LedgerStore {
  readonly ledgerPool: Pick<pg.Pool, 'query'> & { connect(): Promise<PooledConnection> };
  newClient(): pg.Client;
}

/** How the ledger is run; all but the first two have defaults. */
export interface PostgresLedgerOptions {
  readonly store: LedgerStore;
  readonly ambient: Ambient;
  /**
   * The name of this replica, a random one unless given. A process that starts under it takes the place of the one before, whose open calls
   * are posted at once; if that one still runs, it admits nothing until this one has ended.
   */
  readonly name?: string;
  /** Requests that may wait for a commit before more are refused as `unavailable`. */
  readonly queueLength?: number;
  /** How long after a failure the next attempt is made. */
  readonly retryMs?: number;
  readonly heartbeatMs?: number;
  /** A replica that was silent for so long is declared dead. Many heartbeats, so that one that is only slow is not. */
  readonly silentMs?: number;
  /** How long this replica hears nothing of the database before it tells its listeners, who cut what runs. */
  readonly silenceMs?: number;
  /** Told why nothing can be recorded, for the log: it may name hosts, which callers need not know. */
  readonly onTrouble?: (error: Error) => void;
  /** Told whose journal has grown, after the commit. */
  readonly onWritten?: (ownerId: string) => void;
  /** How far this machine's clock may be from the database's before nothing is admitted. */
  readonly maxClockSkewMs?: number;
}

const DEFAULTS = {
  queueLength: 20_000,
  retryMs: 250,
  heartbeatMs: 3000,
  silentMs: 30_000,
  silenceMs: 30_000,
  maxClockSkewMs: 60_000,
  onTrouble: () => undefined,
  onWritten: () => undefined,
};

/**
 * How long after the commit of its admission began a call may be forwarded. Whoever changes a grant waits so long, and no longer, for
 * replicas that do not answer. So one that was frozen forwards nothing that it had admitted before.
 */
const FORWARD_WITHIN_MS = 2000;

const ORPHANS_AT_ONCE = 500;
const MAX_LANES = 20_000;
const MAX_OWNERS = 100_000;

/**
 * The ledger over an open store, registered among the replicas. Calls that ended replicas left open may have been forwarded: they are
 * posted at their ceiling before this resolves.
 */
export async function openPostgresLedger(options: PostgresLedgerOptions): Promise<PostgresLedger> {
  const ledger = new PostgresLedger(options);
  await ledger.start();
  return ledger;
}

/** See `Ledger`. */
export class PostgresLedger implements Ledger {
  /** Settlements above their hold since the start. Must stay 0. */
  overruns = 0;
  readonly #options: Required<PostgresLedgerOptions>;
  readonly #registration: Registration;
  readonly #laneDeps: LaneDeps;
  readonly #notices: NoticeReceiver;
  readonly #lanes = new Map<string, OwnerLane>();
  readonly #calls = new Map<string, RunningCall>();
  readonly #unsent = new UnsentCalls();
  /** Calls whose outcome waits to be written. */
  readonly #closing = new Set<string>();
  /** Calls admitted by a registration that has ended: another replica may have posted them. */
  readonly #unsure = new Set<string>();
  /** Calls refused because the commit of their admission failed, which may be durable all the same. */
  readonly #doubtful = new Map<string, { readonly ownerId: string; readonly linkId: string }>();
  /** Owners of links; a link never moves. */
  readonly #owners = new Map<string, string>();
  readonly #stopping = new AbortController();
  #waiting = 0;
  #trouble: string | null = 'the ledger has not started';
  /** What was last said of it. */
  #told: string | null = null;
  #recovery: Promise<void> | null = null;
  #heart: NodeJS.Timeout | null = null;

  constructor(options: PostgresLedgerOptions) {
    const origin = randomId(options.ambient, 'rp_');
    this.#options = { ...DEFAULTS, name: origin, ...options };
    const { store, ambient, retryMs, silenceMs } = this.#options;
    this.#registration = new Registration({ ...this.#options, onNewId: () => this.#doubtAdmitted() });
    const heed = (ownerId: string) => this.#unsent.whenSent(ownerId, this.#lanes.get(ownerId)?.whenWritten());
    const replicaId = () => this.#registration.id;
    this.#notices = new NoticeReceiver(() => store.newClient(), {
      origin,
      retryMs,
      silenceMs,
      heed,
      replicaId,
    });
    this.#laneDeps = {
      now: ambient.now,
      checkClock: () => this.#registration.checkClock(),
      connect: () => store.ledgerPool.connect(),
      replicaId,
      origin,
      isHealthy: () => this.#trouble === null,
      onCommitted: (decision, startedAt) => this.#onCommitted(decision, startedAt),
      onWritten: this.#options.onWritten,
      onFailure: (error) => this.#stop(error),
      onDoubtful: (callId, ownerId, linkId) => this.#doubtful.set(callId, { ownerId, linkId }),
    };
  }

  get healthy(): boolean {
    return this.#trouble === null && !this.#stopping.signal.aborted;
  }

  /** Its registration among the replicas; another after it was declared dead. */
  get replicaId(): string {
    return this.#registration.id;
  }

  /** Calls the listener with what other replicas did. Returns what ends that. */
  listen(listener: NoticeListener): () => void {
    return this.#notices.listen(listener);
  }

  /** See `openPostgresLedger`. */
  async start(): Promise<void> {
    await this.#withConnection((connection) => this.#registration.begin(connection, true));
    await this.#notices.open();
    this.#trouble = null;
    await this.#postOrphans();
    this.#beatLater();
  }

  admit(request: AdmissionRequest): Promise<Result<Admission, AdmissionRefusal>> {
    return this.#enqueue(request.ownerId, (promised) => {
      assertHold(request.hold);
      const detail = this.#whyUnavailable();
      if (detail) return void promised.resolve(fail({ reason: 'unavailable', detail }));
      if (this.#calls.has(request.callId)) throw new Error(`call ${request.callId} is already open`);
      return { kind: 'admit', request, sinceMs: performance.now(), ...promised };
    });
  }

  mayForward(callId: string): boolean {
    return this.#unsent.send(callId);
  }

  settle(outcome: Outcome): Promise<Settlement> {
    const { callId } = outcome;
    const call = this.#calls.get(callId);
    return this.#enqueue(call?.ownerId ?? '', (promised) => {
      if (!call || this.#closing.has(callId)) throw new Error(`call ${callId} is not open`);
      assertOutcome(outcome);
      if (this.#stopping.signal.aborted) throw new Error('the ledger is closed');
      this.#closing.add(callId);
      const known = this.#unsure.has(callId) ? null : call;
      return { kind: 'settle', outcome, linkId: call.linkId, call: known, ...promised };
    });
  }

  async change(change: Change): Promise<Result<void, ChangeRefusal>> {
    const ownerId = this.#ownerOf(change) ?? (await this.#findOwner(change));
    if (ownerId === null) {
      const detail = change.links.map((step) => (step.kind === 'open' ? step.link.id : step.linkId)).join();
      return fail({ reason: 'unknown_link', detail });
    }
    const changed = await this.#enqueue<Result<void, ChangeRefusal>>(ownerId, (promised) => {
      const detail = this.#whyUnavailable();
      if (detail) return void promised.resolve(fail({ reason: 'unavailable', detail }));
      return { kind: 'change', change, ...promised };
    });
    if (changed.ok && changesLinks(change)) await this.#whenHeeded(ownerId);
    return changed;
  }

  async record(entries: readonly EntryInput[]): Promise<void> {
    const byOwner = Map.groupBy(entries, (entry) => entry.ownerId);
    const recorded = [...byOwner].map(([ownerId, own]) =>
      this.#enqueue<void>(ownerId, (promised) => {
        const detail = this.#whyUnavailable();
        if (detail) throw new Error(detail);
        return { kind: 'record', entries: own, ...promised };
      }),
    );
    await Promise.all(recorded).catch(throwOutage);
  }

  async link(linkId: string): Promise<Link | null> {
    const rows = await this.#read('select * from links where id = $1', [linkId]);
    if (rows.length === 0) return null;
    const link = linkFromRow(rows[0]!);
    this.#noteOwner(link.id, link.ownerId);
    return link;
  }

  /** In the order asked; links that do not exist are left out. */
  async balances(linkIds: readonly string[]): Promise<readonly Balance[]> {
    const rows = await this.#read(
      `select links.id, balances.counters from unnest($1::text[]) with ordinality as asked (id, place)
        join links on links.id = asked.id left join balances on balances.link_id = links.id order by place`,
      [linkIds],
    );
    return rows.map((row) => this.#countersOf(row).toBalance(row.id as string));
  }

  async usedLimits(linkIds: readonly string[]): Promise<readonly UsedLimit[]> {
    const rows = await this.#read(
      `with recursive chains (id) as (
          select unnest($1::text[]) union
          select parent_id from links join chains using (id) where parent_id is not null)
        select links.*, balances.counters from chains join links using (id)
        left join balances on balances.link_id = links.id where links.limits <> '[]'`,
      [linkIds],
    );
    return rows.flatMap((row) =>
      new ResidentLink(linkFromRow(row), null, this.#countersOf(row)).usedLimits(),
    );
  }

  /** The counters of a row, in the windows that are open now. */
  #countersOf(row: Readonly<Record<string, unknown>>): Counters {
    const { counters, atMs } =
      row.counters === null ? { counters: new Counters(), atMs: 0 } : Counters.parse(row.counters as string);
    counters.rollTo(Math.max(atMs, this.#options.ambient.now()));
    return counters;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#recovery;
    await Promise.all([...this.#lanes.values()].map((lane) => lane.whenIdle()));
    await this.halt();
    if (this.#trouble === null) {
      const ended = this.#withConnection((connection) => this.#registration.end(connection));
      // If that fails the others declare it dead when it has been silent for long enough.
      await ended.catch(() => undefined);
    }
  }

  /** Stops at once and tells nobody, as a crash does. */
  async halt(): Promise<void> {
    this.#stopping.abort();
    if (this.#heart) clearTimeout(this.#heart);
    const closed = new Error('the ledger is closed');
    for (const lane of this.#lanes.values()) lane.refuse(closed, false);
    await this.#notices.close();
  }

  #whyUnavailable(): string | null {
    if (this.#stopping.signal.aborted) return 'the ledger is closed';
    return (
      this.#trouble ??
      (this.#waiting > this.#options.queueLength ? 'too many requests wait to be recorded' : null)
    );
  }

  /** Makes a promise and queues what answers it; `prepare` may also answer at once, or throw. */
  async #enqueue<Value>(
    ownerId: string,
    prepare: (promised: Promised<Value>) => Waiting | undefined,
  ): Promise<Value> {
    this.#waiting += 1;
    try {
      return await new Promise<Value>((resolve, reject) => {
        const waiting = prepare({ resolve, reject });
        if (waiting) this.#lane(ownerId).push(waiting);
      });
    } finally {
      this.#waiting -= 1;
    }
  }

  #lane(ownerId: string): OwnerLane {
    const known = this.#lanes.get(ownerId);
    if (known) return known;
    if (this.#lanes.size >= MAX_LANES) {
      for (const [id, lane] of this.#lanes) if (lane.isIdle) this.#lanes.delete(id);
    }
    const lane = new OwnerLane(ownerId, this.#laneDeps);
    this.#lanes.set(ownerId, lane);
    return lane;
  }

  #onCommitted({ admitted, closed, overruns }: Decision, startedAt: number): void {
    for (const call of admitted) {
      this.#calls.set(call.callId, call);
      this.#unsent.add(call.callId, call.ownerId, startedAt + FORWARD_WITHIN_MS);
    }
    for (const callId of closed) {
      this.#calls.delete(callId);
      this.#unsent.delete(callId);
      this.#closing.delete(callId);
      this.#unsure.delete(callId);
    }
    this.overruns += overruns;
  }

  /**
   * Every replica, this one too, may have admitted calls just before a change: when this resolves they are sent, or cut as those of a
   * grant that was stopped, or will not be sent any more.
   */
  async #whenHeeded(ownerId: string): Promise<void> {
    const sentHere = this.#unsent.whenSent(ownerId);
    const others = await this.#withConnection((connection) => readOthers(connection, this.replicaId)).catch(
      () => null,
    );
    const question = { id: randomId(this.#options.ambient, 'q_'), ownerId };
    await Promise.all([sentHere, this.#notices.heeded(others, question, FORWARD_WITHIN_MS)]);
  }

  #ownerOf({ links, entries, correction }: Change): string | null {
    for (const step of links) {
      if (step.kind !== 'open') continue;
      this.#noteOwner(step.link.id, step.link.ownerId);
    }
    const [first] = links;
    const owner = first && (first.kind === 'open' ? first.link.ownerId : this.#owners.get(first.linkId));
    return owner ?? entries[0]?.ownerId ?? correction?.ownerId ?? null;
  }

  async #findOwner({ links: [first] }: Change): Promise<string | null> {
    if (!first || first.kind === 'open') throw new Error('a change must name a link or an owner');
    return (await this.link(first.linkId))?.ownerId ?? null;
  }

  #noteOwner(linkId: string, ownerId: string): void {
    if (this.#owners.size >= MAX_OWNERS) this.#owners.clear();
    this.#owners.set(linkId, ownerId);
  }

  /** Stops admitting. What waits is refused; outcomes are kept until they can be written. */
  #stop(error: Error): void {
    this.#tell(error);
    this.#trouble = 'nothing can be recorded at the moment';
    for (const lane of this.#lanes.values()) lane.refuse(new Error(this.#trouble));
    this.#recovery ??= this.#recover().finally(() => {
      this.#recovery = null;
    });
  }

  /** Says once why nothing is recorded, and again when there is another reason that somebody has to mend. */
  #tell(error: Error): void {
    if (this.#trouble !== null && !(error instanceof NameTakenError)) return;
    if (error.message !== this.#told) this.#options.onTrouble(error);
    this.#told = error.message;
  }

  async #recover(): Promise<void> {
    const { signal } = this.#stopping;
    let waitMs = this.#options.retryMs;
    while (!signal.aborted) {
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      try {
        await this.#withConnection((connection) => this.#registration.renew(connection));
        return this.#goOn();
      } catch (error) {
        // Still broken: `healthy` says so.
        this.#tell(error as Error);
        if (error instanceof NameTakenError) waitMs = this.#options.heartbeatMs;
      }
    }
  }

  #goOn(): void {
    this.#trouble = null;
    this.#told = null;
    for (const [callId, { ownerId, linkId }] of this.#doubtful) {
      const outcome = unmetered(callId, 'released', { reason: 'commit_failed' });
      void this.#closeIfOpen({ callId, ownerId, linkId }, outcome);
    }
    this.#doubtful.clear();
    for (const lane of this.#lanes.values()) lane.resume();
  }

  #beatLater(): void {
    if (this.#stopping.signal.aborted) return;
    this.#heart = setTimeout(
      () => void this.#beat().finally(() => this.#beatLater()),
      this.#options.heartbeatMs,
    );
    this.#heart.unref();
  }

  async #beat(): Promise<void> {
    if (this.#trouble !== null) return;
    try {
      await this.#withConnection((connection) => this.#registration.renew(connection));
      await this.#withConnection((connection) => endSilentReplicas(connection, this.#options.silentMs));
      await this.#postOrphans();
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#stop(error as Error);
    }
  }

  /** Calls that were admitted under an earlier id may have been posted by others. */
  #doubtAdmitted(): void {
    this.#unsent.clear();
    for (const callId of this.#calls.keys()) this.#unsure.add(callId);
  }

  /** Posts what ended replicas left open at its ceiling: it may have been forwarded. */
  async #postOrphans(): Promise<void> {
    for (let found = ORPHANS_AT_ONCE; found === ORPHANS_AT_ONCE && this.#trouble === null; ) {
      const orphans = await this.#withConnection((connection) =>
        readOrphanedCalls(connection, ORPHANS_AT_ONCE),
      );
      await Promise.all(orphans.map((orphan) => this.#closeIfOpen(orphan, crashedCall(orphan.callId, true))));
      found = orphans.length;
    }
  }

  /** Writes this outcome if the database has the call open. */
  async #closeIfOpen({ ownerId, linkId }: OrphanedCall, outcome: Outcome): Promise<void> {
    const closed = this.#enqueue<Settlement>(ownerId, (promised) => ({
      ...{ kind: 'settle', outcome, linkId, call: null },
      ...promised,
    }));
    // Rejects when it is not open, or when the ledger is closed first: then the next replica finds it.
    await closed.catch(() => undefined);
  }

  async #read(text: string, values: unknown[]): Promise<Readonly<Record<string, unknown>>[]> {
    return this.#options.store.ledgerPool.query(text, values).then(({ rows }) => rows, throwQueryError);
  }

  async #withConnection<Value>(work: (connection: PooledConnection) => Promise<Value>): Promise<Value> {
    const connection = await this.#options.store.ledgerPool.connect();
    try {
      const value = await work(connection);
      connection.release();
      return value;
    } catch (error) {
      connection.release(true);
      throw error;
    }
  }
}

/** Whether it may forbid what was allowed before: limits, rights, tokens and keys all hang on the versions of links. */
const changesLinks = ({ links }: Change): boolean => links.some((step) => step.kind !== 'open');
