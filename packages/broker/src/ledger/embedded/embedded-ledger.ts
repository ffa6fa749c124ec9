// The ledger of one process on SQLite: memory decides, the journal is the truth. Requests are decided in order when their batch is put
// together, a batch is one transaction, and the next is put together when it has committed. MUST NOT resolve anything before its commit.

import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { fail, type Result, succeed } from '@valetkey/core';
import type { Ambient } from '../../clock.ts';
import type { Headroom } from '../../store/sqlite/headroom.ts';
import type { StatementCache } from '../../store/sqlite/statement-cache.ts';
import { isDiskFull, type SqliteWriter, StoreError } from '../../store/sqlite/writer.ts';
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
import { Draft } from '../rules/draft.ts';
import { LedgerClock } from '../rules/ledger-clock.ts';
import {
  assertOutcome,
  crashedCall,
  isOverrun,
  type OpenCall,
  settledBy,
  unmetered,
} from '../rules/open-calls.ts';
import type { WaitingWith } from '../rules/waiting.ts';
import { CheckpointPace } from './checkpoint-pace.ts';
import type { ForwardMarks, MarkFolder, MarksLeft } from './forward-marks.ts';
import { ResidentBooks } from './resident-books.ts';
import { toBatch } from './to-batch.ts';

/** How the ledger is run; all but the first two have defaults. */
export interface EmbeddedLedgerOptions {
  readonly store: {
    readonly reader: StatementCache;
    readonly writer: Pick<SqliteWriter, 'append' | 'restart'>;
    readonly headroom?: Headroom | null;
  };
  readonly ambient: Pick<Ambient, 'now'>;
  /** Journal entries that a balance may be ahead of its checkpoint: about what a start has to read again. */
  readonly checkpointEntries?: number;
  /** Links that may stay in memory although neither an open call nor a checkpoint needs them. */
  readonly residentLinks?: number;
  /** Requests that may wait for a commit before more are refused as `unavailable`. */
  readonly queueLength?: number;
  /** How long after a failed commit the next is tried. */
  readonly retryMs?: number;
  /** Where calls are marked that go out, so that a crash takes nothing for those that did not; without it all of them count. */
  readonly marks?: MarkFolder | null;
  /** Crashed calls that are closed before the first request; more wait, held as they were, for their turns beside new ones. */
  readonly closedAtStart?: number;
}

const DEFAULTS = {
  checkpointEntries: 65_536,
  residentLinks: 100_000,
  queueLength: 20_000,
  retryMs: 250,
  closedAtStart: 10_000,
  marks: null,
};

/** How long an outcome waits for an admission to be committed with; a crash within it posts the call at its ceiling. */
const OUTCOMES_WAIT_MS = 2;

/** Keeps the time of one commit, and with it everyone's latency, bounded. */
const MAX_BATCH = 1000;

/** Crashed calls that go into one batch with new ones, which they delay by a few milliseconds. */
const CLOSED_PER_BATCH = 200;

/** One request with the promise that answers it. */
type Waiting = WaitingWith<unknown, { readonly call: OpenCall }>;
type WaitingOutcome = Waiting & { readonly kind: 'settle' };

/** What is written now: on a full disk only outcomes, in the room that is kept for them. */
type Accepted = 'everything' | 'outcomes' | 'nothing';

const NO_HEADROOM: Headroom = { isHeld: true, release: () => {}, restore: () => true };

const WRITE_HOUSE = `insert into house (key, value) values (?, ?)
  on conflict (key) do update set value = excluded.value`;
const READ_HOUSE = 'select value from house where key = ?';
/** Where the house notes the name of the running process's marks. */
const MARKS = 'ledger.marks';

/**
 * The ledger over an open store, its memory rebuilt. Calls that were open when the last process ended may have been forwarded: they are
 * posted at their ceiling, unless its marks show that they never went out; the first 10,000 before this resolves. Throws if the journal contradicts itself or can not be written.
 */
export async function openEmbeddedLedger(options: EmbeddedLedgerOptions): Promise<EmbeddedLedger> {
  const ledger = new EmbeddedLedger(options);
  await ledger.start();
  return ledger;
}

/** See `Ledger`. */
export class EmbeddedLedger implements Ledger {
  /** Settlements above their hold since the start. Must stay 0. */
  overruns = 0;
  readonly #options: Required<EmbeddedLedgerOptions>;
  readonly #books: ResidentBooks;
  readonly #pace: CheckpointPace;
  readonly #clock: LedgerClock;
  readonly #stopping = new AbortController();
  /** Calls whose outcome waits in the queue. */
  readonly #closing = new Set<string>();
  /** Calls refused because the commit of their admission failed, which may have reached the disk all the same. */
  readonly #doubtful = new Set<string>();
  #queue: Waiting[] = [];
  readonly #headroom: Headroom;
  #accepts: Accepted = 'everything';
  #journalId: number;
  #loop: Promise<void> | null = null;
  /** Runs while outcomes wait for company. */
  #outcomesDue: NodeJS.Timeout | null = null;
  #marks: ForwardMarks | null = null;
  #recovery: Promise<void> | null = null;
  #crashedCalls: Promise<void> = Promise.resolve();
  #commit: { readonly done: Promise<void>; readonly draft: Draft } | null = null;

  /** Builds memory from the store; see `openEmbeddedLedger`. */
  constructor(options: EmbeddedLedgerOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#headroom = options.store.headroom ?? NO_HEADROOM;
    this.#books = new ResidentBooks(options.store.reader);
    const { journalId, markId, lastAtMs } = this.#books.rebuild();
    this.#journalId = journalId;
    this.#pace = new CheckpointPace(this.#books, this.#options.checkpointEntries, markId);
    this.#clock = new LedgerClock(options.ambient.now, lastAtMs);
  }

  get healthy(): boolean {
    return this.#accepts === 'everything' && !this.#stopping.signal.aborted;
  }

  admit(request: AdmissionRequest): Promise<Result<Admission, AdmissionRefusal>> {
    return new Promise((resolve, reject) => {
      assertHold(request.hold);
      const detail = this.#whyUnavailable();
      if (detail) resolve(fail({ reason: 'unavailable', detail }));
      else this.#enqueue({ kind: 'admit', request, resolve, reject });
    });
  }

  /** Nobody else decides on this database: what is open here is open. */
  mayForward(callId: string): boolean {
    return this.#books.calls.has(callId) && (this.#marks?.mark(callId, this.#journalId) ?? true);
  }

  settle(outcome: Outcome): Promise<Settlement> {
    return new Promise((resolve, reject) => {
      const { callId } = outcome;
      const call = this.#books.calls.get(callId);
      if (!call || this.#closing.has(callId)) throw new Error(`call ${callId} is not open`);
      assertOutcome(outcome);
      if (this.#stopping.signal.aborted) throw new StoreError('the ledger is closed', null);
      this.#closing.add(callId);
      this.#enqueue({ kind: 'settle', outcome, call, resolve, reject });
    });
  }

  change(change: Change): Promise<Result<void, ChangeRefusal>> {
    return new Promise((resolve, reject) => {
      const detail = this.#whyUnavailable();
      if (detail) resolve(fail({ reason: 'unavailable', detail }));
      else this.#enqueue({ kind: 'change', change, resolve, reject });
    });
  }

  record(entries: readonly EntryInput[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const detail = this.#whyUnavailable();
      if (detail) throw new StoreError(detail, null);
      this.#enqueue({ kind: 'record', entries, resolve, reject });
    });
  }

  async link(linkId: string): Promise<Link | null> {
    while (this.#commit?.draft.links.some((link) => link.id === linkId)) await this.#commit.done;
    return this.#books.link(linkId);
  }

  /** In the order asked; links that do not exist are left out. */
  async balances(linkIds: readonly string[]): Promise<readonly Balance[]> {
    const atMs = this.#clock.nowMs();
    return linkIds.flatMap((linkId) => this.#books.balance(linkId, atMs) ?? []);
  }

  async usedLimits(linkIds: readonly string[]): Promise<readonly UsedLimit[]> {
    return this.#books.usedLimits(linkIds, this.#clock.nowMs());
  }

  /** Saves what changed by now, some with each batch: no start needs an entry of a call that has ended by the one it resolves with. */
  async checkpoint(): Promise<number> {
    const id = this.#journalId;
    for (this.#pace.catchUp(id); this.#pace.isCatchingUp; ) await this.record([]);
    return id;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    if (this.#accepts !== 'nothing') this.#commitSoon();
    await this.#loop;
    await this.#recovery;
    await this.#crashedCalls;
    for (const { reject } of this.#queue.splice(0)) reject(new StoreError('the ledger is closed', null));
    if (this.#accepts !== 'nothing') await this.#saveEverything();
    this.#marks?.end();
  }

  /** See `openEmbeddedLedger`. */
  async start(): Promise<void> {
    const { marks, store } = this.#options;
    const name = String(store.reader.prepare(READ_HOUSE).get(MARKS)?.value ?? '');
    const found = marks?.read(name) ?? null;
    const left = found && found.journalId <= this.#journalId ? found : null;
    await this.#recoverCrashedCalls(left);
    marks?.remove(name);
    await this.#beginMarks(left);
    if (this.#headroom.isHeld) return;
    this.#accepts = 'outcomes';
    this.#recoverSoon();
  }

  async #recoverCrashedCalls(left: MarksLeft | null): Promise<void> {
    try {
      await this.#closeCrashedCalls(left);
    } catch (error) {
      if (!isDiskFull(error) || !this.#headroom.isHeld) throw error;
      this.#headroom.release();
      await this.#options.store.writer.restart();
      this.#books.rebuild();
      await this.#closeCrashedCalls(left);
    }
  }

  /** Marks calls from now on; goes without, if there is no room for marks. Calls that still wait to be closed keep what is known of them. */
  async #beginMarks(left: MarksLeft | null): Promise<void> {
    const marks = this.#options.marks?.create() ?? null;
    if (!marks) return;
    for (const callId of this.#books.calls.keys())
      if (mayBeSent(left, callId)) marks.mark(callId, this.#journalId);
    const statements = [{ sql: WRITE_HOUSE, parameters: [MARKS, marks.name] }];
    try {
      await this.#options.store.writer.append({ atMs: this.#clock.nowMs(), statements, entries: [] });
      this.#marks = marks;
    } catch {
      marks.end();
    }
  }

  /** Closes the calls that are open: as never forwarded if `left` shows it, else at their ceiling. MUST only run before the first request. */
  async #closeCrashedCalls(left: MarksLeft | null): Promise<void> {
    const crashed = (callId: string) => crashedCall(callId, mayBeSent(left, callId));
    const callIds = [...this.#books.calls.keys()];
    const first = callIds.splice(0, this.#options.closedAtStart);
    while (first.length > 0) {
      const draft = new Draft(this.#clock.nowMs());
      for (const callId of first.splice(0, MAX_BATCH)) this.#books.settle(crashed(callId), draft);
      await this.#append(draft);
    }
    // What is still open when the ledger is closed is found open again by the next start.
    this.#crashedCalls = this.#closeLater(callIds.map(crashed)).catch(() => {});
  }

  async #closeLater(outcomes: Outcome[]): Promise<void> {
    while (outcomes.length > 0) {
      await this.#recovery;
      if (this.#stopping.signal.aborted) return;
      const some = outcomes.splice(-CLOSED_PER_BATCH);
      await Promise.all(some.map((outcome) => this.settle(outcome)));
    }
  }

  #whyUnavailable(): string | null {
    if (this.#stopping.signal.aborted) return 'the ledger is closed';
    if (this.#accepts === 'outcomes') return 'the disk is full';
    if (this.#accepts === 'nothing') return 'nothing can be recorded at the moment';
    return this.#queue.length >= this.#options.queueLength ? 'too many requests wait to be recorded' : null;
  }

  #enqueue(waiting: Waiting): void {
    this.#queue.push(waiting);
    if (this.#accepts === 'nothing') return;
    // Nobody's answer waits for an outcome: the next admission may share its commit, instead of waiting for one that was begun without it.
    if (waiting.kind === 'settle')
      this.#outcomesDue ??= setTimeout(() => this.#commitOutcomes(), OUTCOMES_WAIT_MS);
    else this.#commitSoon();
  }

  #commitOutcomes(): void {
    this.#outcomesDue = null;
    this.#commitSoon();
  }

  #commitSoon(): void {
    if (this.#queue.length > 0) this.#loop ??= this.#commitQueue();
  }

  async #commitQueue(): Promise<void> {
    await nextTurn();
    while (this.#queue.length > 0 && this.#accepts !== 'nothing') {
      if (this.#outcomesDue) clearTimeout(this.#outcomesDue);
      this.#outcomesDue = null;
      const draft = new Draft(this.#clock.nowMs());
      this.#commit = { draft, done: this.#commitBatch(this.#takeBatch(), draft) };
      await this.#commit.done;
      this.#commit = null;
      this.#books.trim(this.#options.residentLinks);
      await nextTurn();
      if (this.#outcomesDue && this.#queue.every(({ kind }) => kind === 'settle')) break;
    }
    this.#loop = null;
  }

  /** What waits, up to the next change. A change comes alone, so that everything after it is decided on committed state. */
  #takeBatch(): Waiting[] {
    const change = this.#queue.findIndex((waiting) => waiting.kind === 'change');
    return this.#queue.splice(0, change === -1 ? MAX_BATCH : Math.min(Math.max(change, 1), MAX_BATCH));
  }

  async #commitBatch(batch: readonly Waiting[], draft: Draft): Promise<void> {
    try {
      const answers = batch.map((waiting) => this.#decide(waiting, draft));
      if (!draft.isEmpty || this.#pace.isCatchingUp) await this.#append(draft, batch[0]?.kind !== 'change');
      for (const answer of answers) answer();
    } catch (error) {
      const [first] = batch;
      const isOwnFault = error instanceof StoreError && error.isStatementFault;
      if (first?.kind === 'change' && isOwnFault) {
        // A correction is posted when it is decided; what is durable knows nothing of it.
        if (first.change.correction) this.#books.rebuild();
        first.reject(error);
      } else this.#stop(batch, error as Error);
    }
  }

  /** Decides one request in memory. Returns what answers it once the batch is durable. */
  #decide(waiting: Waiting, draft: Draft): () => void {
    try {
      switch (waiting.kind) {
        case 'admit': {
          const admission = this.#books.admit(waiting.request, draft);
          return () => waiting.resolve(admission);
        }
        case 'settle':
          return this.#decideSettlement(waiting, draft);
        case 'change': {
          const links = this.#books.stage(waiting.change, draft);
          if (!links.ok) return () => waiting.resolve(links);
          return () => {
            this.#books.put(links.value);
            waiting.change.onDurable?.();
            waiting.resolve(succeed(undefined));
          };
        }
        case 'record':
          for (const entry of waiting.entries) draft.addEntry(entry);
          return waiting.resolve;
      }
    } catch (error) {
      if ((error as { code?: string }).code === 'ERR_SQLITE_ERROR') throw error;
      return () => waiting.reject(error as Error);
    }
  }

  #decideSettlement({ outcome, call, resolve }: WaitingOutcome, draft: Draft): () => void {
    const isOpen = this.#books.calls.has(outcome.callId);
    const settlement = isOpen ? this.#books.settle(outcome, draft) : durableAlready(outcome, call);
    return () => {
      this.#closing.delete(outcome.callId);
      this.#marks?.clear(outcome.callId);
      if (settlement.overrun) this.overruns += 1;
      resolve(settlement);
    };
  }

  /** Stops admitting after a failed commit. What was decided is undone; outcomes are kept until they can be written. */
  #stop(batch: readonly Waiting[], error: Error): void {
    this.#accepts = 'nothing';
    if (isDiskFull(error)) this.#headroom.release();
    const refusal = fail({ reason: 'unavailable' as const, detail: error.message });
    const kept: Waiting[] = [];
    for (const waiting of [...batch, ...this.#queue]) {
      if (waiting.kind === 'settle') kept.push(waiting);
      else if (waiting.kind === 'record') waiting.reject(error);
      else waiting.resolve(refusal);
    }
    for (const waiting of batch) if (waiting.kind === 'admit') this.#doubtful.add(waiting.request.callId);
    this.#queue = kept;
    this.#recoverSoon();
    try {
      this.#books.rebuild();
    } catch {
      // Not even readable: recovery rebuilds before anything is decided again.
    }
  }

  #recoverSoon(): void {
    this.#recovery ??= this.#recover().finally(() => {
      this.#recovery = null;
    });
  }

  /** Tries until everything can be written again. Between nothing and everything come outcomes, while the head-room is given up. */
  async #recover(): Promise<void> {
    const { signal } = this.#stopping;
    while (this.#accepts !== 'everything' && !signal.aborted) {
      await delay(this.#options.retryMs, undefined, { signal, ref: false }).catch(() => {});
      try {
        if (this.#accepts === 'nothing') await this.#reopen();
        if (this.#accepts === 'outcomes' && this.#headroom.restore()) this.#accepts = 'everything';
      } catch {
        // Still broken: `healthy` says so, and the next attempt comes after the same delay.
      }
    }
  }

  async #reopen(): Promise<void> {
    const { writer } = this.#options.store;
    await writer.restart();
    const atMs = this.#clock.nowMs();
    const statements = [{ sql: WRITE_HOUSE, parameters: ['ledger.probe', String(atMs)] }];
    await writer.append({ atMs, statements, entries: [] });
    this.#rebuild();
  }

  #rebuild(): void {
    const { journalId, markId } = this.#books.rebuild();
    this.#journalId = journalId;
    this.#pace.markedAt = markId;
    this.#accepts = this.#headroom.isHeld ? 'everything' : 'outcomes';
    for (const callId of this.#doubtful) this.#releaseIfAdmitted(callId);
    this.#doubtful.clear();
    this.#commitSoon();
  }

  /** Gives back the hold of a call that was refused as `unavailable` although its admission is durable: it was never forwarded. */
  #releaseIfAdmitted(callId: string): void {
    if (!this.#books.calls.has(callId)) return;
    const settled = this.settle(unmetered(callId, 'released', { reason: 'commit_failed' }));
    // Rejects only when the ledger is closed first; the next start then posts the call at its ceiling.
    settled.catch(() => {});
  }

  /** Writes a batch, with the balances whose turn it is. Those of a change wait for the next: it may be refused alone. */
  async #append(draft: Draft, withBalances = true): Promise<void> {
    const batch = toBatch(draft);
    const balances = withBalances ? this.#pace.due(batch, this.#journalId) : [];
    const statements = [...batch.statements, ...balances];
    this.#journalId = await this.#options.store.writer.append({ ...batch, statements });
    this.#books.committed(this.#journalId);
  }

  /** Leaves the next start nothing to read again. What can not be written is no loss: it reads it from the journal. */
  async #saveEverything(): Promise<void> {
    const { writer } = this.#options.store;
    const atMs = this.#clock.nowMs();
    const nextStatements = () => this.#books.saveBalances(this.#journalId, MAX_BATCH, 0, atMs);
    try {
      for (let statements = nextStatements(); statements.length > 0; statements = nextStatements()) {
        await writer.append({ atMs, statements, entries: [] });
      }
      await writer.append({ atMs, statements: [this.#books.saveMark(0)], entries: [] });
    } catch {
      this.#accepts = 'nothing';
    }
  }
}

/** Whether a call of the last process may have gone out, by the marks that it left. */
const mayBeSent = (left: MarksLeft | null, callId: string): boolean => left?.callIds.has(callId) ?? true;

/** The settlement of a call whose outcome was written by a commit that was taken for failed. */
function durableAlready(outcome: Outcome, call: OpenCall): Settlement {
  const settled = settledBy(call, outcome);
  return { nanos: settled[0], overrun: isOverrun(call, settled), remainingNanos: null };
}
