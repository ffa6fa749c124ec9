// One simulated life of the ledger, from a seed: waves of operations against a store that breaks, processes that crash and a clock that
// jumps, judged by the oracle after every wave.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { CallRemover } from '../../src/audit/retention/call-remover.ts';
import type { Ledger } from '../../src/ledger/contract.ts';
import {
  type EmbeddedLedger,
  type EmbeddedLedgerOptions,
  openEmbeddedLedger,
} from '../../src/ledger/embedded/embedded-ledger.ts';
import { BreakableStore, type Life } from './breakable-store.ts';
import { compareAccounts } from './compare-accounts.ts';
import { Inventor } from './invent.ts';
import type { Answer, Operation, Wave } from './operations.ts';
import { Oracle } from './oracle.ts';
import { Random } from './random.ts';
import { brokenChain } from './sql-checks.ts';

/** How a life is run. */
export interface SimulationOptions {
  readonly seed: number;
  /** Operations asked in all. */
  readonly steps: number;
  /** Waves between two looks at the raw tables; every wave is judged by the books. */
  readonly wavesBetweenSql?: number;
  /** Replaces the ledger under test, to show that the oracle finds what is wrong with it. */
  readonly disguise?: (ledger: Ledger) => Ledger;
}

/** What came of a life. */
export interface SimulationReport {
  readonly seed: number;
  /** Operations asked until the end, or until the first violation. */
  readonly steps: number;
  readonly checks: number;
  readonly violations: readonly string[];
  /** How often everything happened. */
  readonly counts: Readonly<Record<string, number>>;
}

const START_MS = Date.UTC(2026, 10, 22, 23, 59, 30);
const HOUR_MS = 3_600_000;
/** Waves between two removals of old calls. */
const REMOVAL_WAVES = 25;
/** No wave takes this long, whatever else the machine does. */
const STUCK_MS = 10_000;
/** Longer than any two turns of the loop, so that chance alone decides what is asked while nothing can be recorded. */
const RETRY_MS = 5;

/** Runs one life to its end or its first violation. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const simulation = new Simulation(options);
  await simulation.run();
  return simulation.report();
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #store: BreakableStore;
  readonly #oracle: Oracle;
  readonly #inventor: Inventor;
  readonly #counts: Record<string, number> = {};
  #ledgerOptions: Omit<EmbeddedLedgerOptions, 'store'>;
  #life: Life;
  #opened: EmbeddedLedger | null = null;
  #wallMs = START_MS;
  #wallBeforeMs = START_MS;
  #steps = 0;
  #waves = 0;
  #readings = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#store = new BreakableStore(options.seed + 1);
    this.#life = this.#store.openLife();
    this.#oracle = new Oracle(this.#store.database);
    this.#inventor = new Inventor(this.#random, this.#oracle.books);
    this.#ledgerOptions = {
      ambient: { now: () => this.#wallMs },
      checkpointEntries: this.#random.pick([2, 10, 50, 500]),
      residentLinks: this.#random.pick([1, 5, 1000]),
      retryMs: RETRY_MS,
    };
  }

  report(): SimulationReport {
    const { violations, checks } = this.#oracle;
    return { seed: this.#options.seed, steps: this.#steps, checks, violations, counts: this.#counts };
  }

  /** To its end, its first violation, or until nothing is answered any more. */
  async run(): Promise<void> {
    const stuck = Promise.withResolvers<void>();
    let seen = -1;
    // Also keeps the process awake: the ledger's own timers would let it end while they wait.
    const watch = setInterval(() => {
      if (seen === this.#readings)
        stuck.resolve(this.#oracle.expect(false, () => 'nothing is answered any more'));
      seen = this.#readings;
    }, STUCK_MS);
    await Promise.race([this.#live(), stuck.promise]).finally(() => clearInterval(watch));
  }

  async #live(): Promise<void> {
    await this.#store.migrate();
    await this.#open();
    while (this.#steps < this.#options.steps && this.#oracle.violations.length === 0) await this.#wave();
    if (this.#oracle.violations.length > 0) return;
    await this.#restart();
    await this.#lookAtTables();
    const broken = brokenChain(this.#store.database);
    this.#oracle.expect(broken === null, () => String(broken));
  }

  get #ledger(): Ledger {
    if (!this.#opened) throw new Error('no ledger is open');
    return this.#options.disguise?.(this.#opened) ?? this.#opened;
  }

  #count(what: string, times = 1): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + times;
  }

  async #open(): Promise<void> {
    this.#opened = await openEmbeddedLedger({ ...this.#ledgerOptions, store: this.#life.store });
  }

  /** Writes an entry and reads from it what the time is to the ledger. */
  async #readTime(): Promise<number> {
    this.#readings += 1;
    const id = `time_${this.#readings}`;
    await this.#ledger.record([{ ownerId: 'ada', kind: 'sim.time', body: { id } }]);
    const wallBeforeMs = this.#wallBeforeMs;
    this.#wallBeforeMs = this.#wallMs;
    return this.#oracle.readTime(id, wallBeforeMs, this.#wallMs);
  }

  async #wave(): Promise<void> {
    this.#waves += 1;
    this.#moveClock();
    const atMs = await this.#readTime();
    const length = this.#random.chance(0.1) ? 60 : 1 + this.#random.upTo(20);
    const operations = this.#inventor.wave(length, atMs).slice(0, this.#options.steps - this.#steps);
    const trouble = this.#armTrouble();
    const asked = await this.#ask(operations);
    this.#store.disarm();
    const hasCrashed = this.#life.isDead;
    if (hasCrashed) await this.#recover();
    else await this.#calm();
    this.#oracle.absorb({ asked, atMs, wasDisturbed: trouble !== null, hasCrashed });
    this.#countAnswers(asked);
    this.#steps += asked.length;
    if (this.#random.chance(0.02)) await this.#restart();
    if (this.#waves % REMOVAL_WAVES === 0) await this.#removeOldCalls();
    if (this.#waves % (this.#options.wavesBetweenSql ?? 10) === 0) {
      await this.#lookAtTables();
    }
  }

  /** Small steps mostly; sometimes to the very end of a window, far ahead, or back. */
  #moveClock(): void {
    const random = this.#random;
    const kind = random.weighted({ still: 2, step: 10, edge: 2, ahead: 1, far: 0.2, back: 0.6 });
    this.#count(`clock ${kind}`);
    const toMidnightMs = 24 * HOUR_MS - (this.#wallMs % (24 * HOUR_MS));
    const toMinuteMs = 60_000 - (this.#wallMs % 60_000);
    const moves = {
      still: 0,
      step: random.upTo(4000),
      edge: random.pick([toMidnightMs, toMinuteMs]) - 1 + random.upTo(2),
      ahead: random.anySize(24 * HOUR_MS),
      far: random.anySize(40 * 24 * HOUR_MS),
      back: -random.anySize(random.pick([HOUR_MS, 26 * HOUR_MS])),
    };
    this.#wallMs += moves[kind];
  }

  #armTrouble(): string | null {
    const random = this.#random;
    const kind = random.weighted({ none: 16, lost: 1, in_doubt: 1, crash_before: 0.7, crash_after: 0.7 });
    const [afterCommits, attempts] = [random.upTo(4), 1 + random.upTo(2)];
    if (kind === 'none') return null;
    this.#store.arm({ kind, afterCommits, attempts: kind.startsWith('crash') ? 1 : attempts });
    return kind;
  }

  /** Asks for everything, some in the same turn and some later, and waits for the answers or the crash. */
  async #ask(operations: readonly Operation[]): Promise<Wave['asked']> {
    const asked: { operation: Operation; answer: Answer }[] = [];
    const answers: Promise<void>[] = [];
    for (const operation of operations) {
      if (this.#life.isDead) break;
      const entry = { operation, answer: { kind: 'pending' } as Answer };
      asked.push(entry);
      answers.push(
        ask(this.#ledger, operation).then((answer) => {
          entry.answer = answer;
        }),
      );
      if (this.#random.chance(0.3) && this.#ledger.healthy) await nextTurn();
    }
    await Promise.race([Promise.all(answers), this.#life.crashed]);
    return asked;
  }

  /** Waits until the ledger can record again and has written what it kept. */
  async #calm(): Promise<void> {
    while (!this.#ledger.healthy) await nextTurn();
    await this.#ledger.record([]);
  }

  /** A new process on what the last one left, which may crash while it recovers. */
  async #recover(): Promise<void> {
    for (let crashes = this.#random.pick([0, 0, 1, 3]); crashes > 0; crashes -= 1) {
      const kind = this.#random.pick(['crash_before', 'crash_after'] as const);
      this.#store.arm({ kind, afterCommits: 0, attempts: 1 });
      this.#life = this.#store.openLife();
      await Promise.race([this.#open(), this.#life.crashed]);
      if (this.#life.isDead) this.#count('crashes in recovery');
      this.#store.disarm();
    }
    this.#life = this.#store.openLife();
    await this.#open();
    this.#count('crashes');
  }

  /** An orderly end and a new start. Calls that were open are then unknown, as after a crash. */
  async #restart(): Promise<void> {
    await this.#opened?.close();
    this.#life = this.#store.openLife();
    await this.#open();
    this.#count('restarts');
    this.#oracle.absorb({ asked: [], atMs: 0, wasDisturbed: false, hasCrashed: true });
  }

  /** Weeks pass, and calls leave the journal that are older than they are kept; in one of three times that breaks off. */
  async #removeOldCalls(): Promise<void> {
    this.#wallMs += 36 * 24 * HOUR_MS;
    await this.#readTime();
    const { db } = this.#store;
    const remover = new CallRemover({
      db,
      ledger: this.#ledger,
      checkpoint: async () => (await this.#opened?.checkpoint()) ?? 0,
      alone: (work) => work(),
      now: () => this.#wallMs,
      days: 35,
    });
    const kinds = [
      'none',
      'none',
      'none',
      'none',
      'lost',
      'in_doubt',
      'crash_before',
      'crash_after',
    ] as const;
    const kind = kinds[(this.#waves / REMOVAL_WAVES) % kinds.length] ?? 'none';
    if (kind !== 'none') this.#store.arm({ kind, afterCommits: this.#waves % 3, attempts: 1 });
    const done = remover.run().then(
      (calls) => this.#count('calls removed', calls),
      () => this.#count('removals broken off'),
    );
    await Promise.race([done, this.#life.crashed]);
    this.#store.disarm();
    if (this.#life.isDead) await this.#recover();
    else await this.#calm();
    this.#oracle.absorbRemoval();
    await this.#lookAtTables();
  }

  async #lookAtTables(): Promise<void> {
    const atMs = await this.#readTime();
    await compareAccounts(this.#oracle, this.#store.database, this.#ledger, atMs);
    this.#count('looks at the tables');
  }

  #countAnswers(asked: Wave['asked']): void {
    for (const { operation, answer } of asked) {
      this.#count(nameOf(operation));
      if (answer.kind === 'admit' && !answer.result.ok) this.#count(`refused: ${answer.result.error.reason}`);
      if (answer.kind === 'settle' && answer.settlement.overrun) this.#count('overruns (planted)');
      if (answer.kind === 'pending') this.#count('unanswered at a crash');
    }
    this.#counts.entries = Number(
      this.#store.database.prepare('select max(id) as n from journal').get()?.n ?? 0,
    );
  }
}

function nameOf(operation: Operation): string {
  if (operation.kind !== 'change') return operation.kind;
  if (operation.change.correction) return 'correct';
  return operation.change.links.some(({ kind }) => kind === 'reset') ? 'reset' : 'change';
}

async function ask(ledger: Ledger, operation: Operation): Promise<Answer> {
  try {
    switch (operation.kind) {
      case 'admit':
        return { kind: 'admit', result: await ledger.admit(operation.request) };
      case 'change':
        return { kind: 'change', result: await ledger.change(operation.change) };
      default:
        return { kind: 'settle', settlement: await ledger.settle(operation.outcome) };
    }
  } catch (error) {
    return { kind: 'rejected', message: (error as Error).message };
  }
}
