// The requests of one owner, in order. Everything that waits is decided together and committed in one statement, which fails when
// another replica wrote for this owner meanwhile: then it is decided again on what stands now. MUST NOT answer before the commit.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { fail } from '@valetkey/core';
import { LedgerClock } from '../rules/ledger-clock.ts';
import { type Decision, decideBatch } from './decide.ts';
import { OwnerState, type StateRow } from './owner-state.ts';
import { type CommitReply, type Connection, commitBatch, type Needs, readState } from './statements.ts';
import { needsOf, type Waiting } from './waiting.ts';

/** A connection that goes back to its pool; with an error it is closed instead. */
export interface PooledConnection extends Connection {
  release(error?: Error | boolean): void;
}

/** What a lane shares with all others of its process. */
export interface LaneDeps {
  readonly now: () => number;
  /** Throws when `now` can not be believed. */
  readonly checkClock: () => void;
  readonly connect: () => Promise<PooledConnection>;
  /** This replica as it is registered now. */
  readonly replicaId: () => string;
  /** Marks notices as this process's own. */
  readonly origin: string;
  readonly isHealthy: () => boolean;
  /** Takes note of what is committed, before anyone is answered. The commit began at `startedAt` of the monotonic clock. */
  readonly onCommitted: (decision: Decision, startedAt: number) => void;
  /** Entries of this owner were written. */
  readonly onWritten: (ownerId: string) => void;
  /** Nothing can be recorded: stop everyone. `callIds` were refused, but their admission may be durable. */
  readonly onFailure: (error: Error) => void;
  readonly onDoubtful: (callId: string, ownerId: string, linkId: string) => void;
}

/** The commit was refused because this replica was declared dead: its calls are posted by others. */
class ReplicaEndedError extends Error {
  constructor() {
    super('this replica was declared dead');
    this.name = 'ReplicaEndedError';
  }
}

/** Others were first each time, and the database is too slow to go on trying. */
class OwnerBusyError extends Error {
  readonly code = '55P03';
}

/** Keeps the time of one commit, and with it everyone's latency, bounded. */
const MAX_BATCH = 500;

/** After so many commits that came second, the owner's row is locked before deciding, so that nobody starves. */
const MAX_TRIES = 2;

/** A batch that took so long is not decided again, and an admission that waited so long is not decided at all: more wait behind it. */
const PATIENCE_MS = 3000;

/** Links that stay in memory between batches. */
const MAX_LINKS = 10_000;

/** SQLSTATE classes that blame the statement: data, constraint, syntax or name. */
const STATEMENT_FAULT = /^(22|23|42)/;

/** The owner's row was not to be had in time: nothing was written, and other owners are not concerned. */
const OWNER_BUSY = /^(55P03|40P01|40001)$/;

const BUSY = 'too much is under way for this owner at the moment';

/** See the head of this file. */
export class OwnerLane {
  readonly #ownerId: string;
  readonly #deps: LaneDeps;
  readonly #clock: LedgerClock;
  #queue: Waiting[] = [];
  #state: OwnerState | null = null;
  /** Set after a failure: a commit of ours may still be on its way and must not come after what is read next. */
  #inDoubt = false;
  #loop: Promise<void> | null = null;
  #writing: Promise<void> | null = null;

  constructor(ownerId: string, deps: LaneDeps) {
    this.#ownerId = ownerId;
    this.#deps = deps;
    this.#clock = new LedgerClock(deps.now, 0);
  }

  /** Whether nothing is lost when this lane is dropped and a new one made. */
  get isIdle(): boolean {
    return this.#loop === null && this.#queue.length === 0 && !this.#inDoubt;
  }

  push(waiting: Waiting): void {
    this.#queue.push(waiting);
    this.resume();
  }

  /** Goes on with what waits. */
  resume(): void {
    if (this.#queue.length > 0 && this.#deps.isHealthy()) this.#loop ??= this.#run();
  }

  /** Resolves when nothing is under way. */
  async whenIdle(): Promise<void> {
    await this.#loop;
  }

  /** Resolves when what is being written now has been answered: it may be durable already. */
  async whenWritten(): Promise<void> {
    await this.#writing;
  }

  /** Refuses what waits, except outcomes: they are kept until they can be written, or until `reject` is told to refuse them as well. */
  refuse(error: Error, keepOutcomes = true): void {
    this.#state = null;
    this.#inDoubt = true;
    this.#queue = this.#queue.filter((waiting) => keepOutcomes && isKept(waiting, error));
    if (keepOutcomes) return;
    for (const waiting of this.#queue.splice(0)) waiting.reject(error);
  }

  async #run(): Promise<void> {
    await nextTurn();
    while (this.#queue.length > 0 && this.#deps.isHealthy()) {
      this.#writing = this.#commitNext();
      await this.#writing;
      await nextTurn();
    }
    this.#loop = null;
  }

  async #commitNext(): Promise<void> {
    let batch: Waiting[] = [];
    let connection: PooledConnection | null = null;
    try {
      connection = await this.#deps.connect();
      // Only now: whatever came while waiting for the connection is in this batch.
      batch = this.#takeBatch().filter(isInTime);
      if (batch.length > 0) await this.#commit(connection, batch);
      connection.release();
    } catch (error) {
      connection?.release(true);
      this.#fail(batch, error as Error);
    }
  }

  /** What waits, up to the next change. A change comes alone, so that everything after it is decided on committed state. */
  #takeBatch(): Waiting[] {
    const change = this.#queue.findIndex((waiting) => waiting.kind === 'change');
    return this.#queue.splice(0, change === -1 ? MAX_BATCH : Math.min(Math.max(change, 1), MAX_BATCH));
  }

  async #commit(connection: Connection, batch: readonly Waiting[]): Promise<void> {
    const needs = needsOf(batch);
    const isChange = batch[0]?.kind === 'change';
    const beganAt = performance.now();
    for (let tries = 0; !isChange && tries < MAX_TRIES; tries++) {
      const state = await this.#stateFor(connection, needs);
      const decision = this.#decide(batch, state);
      const startedAt = performance.now();
      const reply = await this.#write(connection, state, needs, decision);
      if ('committed' in reply) return this.#finish(state, decision, startedAt);
      if ('moved' in reply) this.#take(reply.moved, needs);
      if (performance.now() - beganAt > PATIENCE_MS) throw new OwnerBusyError('the database is slow');
    }
    await this.#commitLocked(connection, batch, needs);
  }

  /** Holds the owner's row while deciding. For changes, whose rows take several statements, and for lanes that came second too often. */
  async #commitLocked(connection: Connection, batch: readonly Waiting[], needs: Needs): Promise<void> {
    await connection.query({ text: 'begin' });
    this.#state = null;
    const state = this.#take(await readState(connection, this.#ownerId, needs, true), needs);
    const decision = this.#decide(batch, state);
    const startedAt = performance.now();
    try {
      for (const { sql, parameters } of decision.rows) {
        await connection.query({ text: sql, values: [...parameters] });
      }
      const reply = await this.#write(connection, state, needs, decision);
      if (!('committed' in reply)) throw new Error('an owner moved although its row is locked');
      await connection.query({ text: 'commit' });
    } catch (error) {
      this.#state = null;
      const [first] = batch;
      if (first?.kind !== 'change' || !STATEMENT_FAULT.test(codeOf(error))) throw error;
      await connection.query({ text: 'rollback' });
      return first.reject(error as Error);
    }
    this.#finish(state, decision, startedAt);
  }

  async #stateFor(connection: Connection, needs: Needs): Promise<OwnerState> {
    const state = this.#state;
    const isKnown = state && this.#covers(state, needs);
    if (isKnown) return state;
    const lock = this.#inDoubt;
    const read = this.#take(await readState(connection, this.#ownerId, needs, lock), needs);
    if (lock) this.#inDoubt = false;
    return read;
  }

  #covers(state: OwnerState, { linkIds, callIds }: Needs): boolean {
    return linkIds.every((linkId) => state.get(linkId)) && callIds.every((callId) => state.standing(callId));
  }

  /** Takes in what was read: into what is known at the same revision, else in its place. */
  #take(row: StateRow, { callIds }: Needs): OwnerState {
    const known = this.#state?.revision === row.revision && this.#state.size < MAX_LINKS ? this.#state : null;
    this.#state = known ?? new OwnerState(row);
    this.#state.add(row, callIds);
    this.#clock.raise(row.at);
    return this.#state;
  }

  #decide(batch: readonly Waiting[], state: OwnerState): Decision {
    this.#deps.checkClock();
    return decideBatch(batch, state, this.#clock.nowMs(), this.#deps.origin);
  }

  async #write(
    connection: Connection,
    state: OwnerState,
    needs: Needs,
    { write }: Decision,
  ): Promise<CommitReply> {
    const [ownerId, replicaId] = [this.#ownerId, this.#deps.replicaId()];
    const reply = await commitBatch(connection, { ownerId, replicaId, state, needs, write });
    if ('ended' in reply) throw new ReplicaEndedError();
    return reply;
  }

  #finish(state: OwnerState, decision: Decision, startedAt: number): void {
    if (decision.write) {
      state.advance(decision.write.seq, decision.write.hash);
      this.#deps.onWritten(this.#ownerId);
    }
    this.#deps.onCommitted(decision, startedAt);
    decision.answer();
  }

  #fail(batch: readonly Waiting[], error: Error): void {
    if (OWNER_BUSY.test(codeOf(error))) {
      this.#queue.unshift(...batch);
      this.refuse(new Error(BUSY));
      return;
    }
    for (const waiting of batch) {
      if (waiting.kind !== 'admit') continue;
      const { callId, chain } = waiting.request;
      this.#deps.onDoubtful(callId, this.#ownerId, chain[0]?.linkId ?? '');
    }
    this.#queue.unshift(...batch);
    this.#deps.onFailure(error);
  }
}

/** Refuses an admission that has waited for too long. */
function isInTime(waiting: Waiting): boolean {
  const isLate = waiting.kind === 'admit' && performance.now() - waiting.sinceMs > PATIENCE_MS;
  if (isLate) waiting.resolve(fail({ reason: 'unavailable', detail: BUSY }));
  return !isLate;
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

/** Answers a request that can not be recorded; true for an outcome, which is kept and looked up before it is tried again. */
function isKept(waiting: Waiting, error: Error): boolean {
  if (waiting.kind === 'settle') waiting.call = null;
  else if (waiting.kind === 'record') waiting.reject(error);
  else waiting.resolve(fail({ reason: 'unavailable', detail: error.message }));
  return waiting.kind === 'settle';
}
