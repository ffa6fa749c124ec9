// Judges a simulated life: reads what the journal gained with plain SQL, keeps its own books from it, and compares every answer of the
// ledger with what it ought to have been. MUST NOT use the ledger's code.

import type { DatabaseSync } from 'node:sqlite';
import type { Correction, LinkChange, Outcome } from '../../src/ledger/contract.ts';
import { type BookCall, type BookLink, Books, type Three } from './books.ts';
import { currentChain, isTrue, largestCap, leastUsdLeft, needAt, reasonToRefuse } from './expectations.ts';
import type { Answer, JournalRow, Operation, Wave } from './operations.ts';

type Asked = Wave['asked'][number];
type AskedFor<Kind extends Operation['kind']> = Operation & { readonly kind: Kind };

/** See the top of this file. */
export class Oracle {
  readonly books = new Books();
  /** What was found wrong, in sentences. MUST stay empty. */
  readonly violations: string[] = [];
  /** Limits that are exceeded for a reason, as `link unit per`: lowered below what was spent, or overrun by a provider. */
  readonly excused = new Set<string>();
  /** Comparisons made. */
  checks = 0;
  readonly #database: DatabaseSync;
  #lastId = 0;
  #lastAtMs = 0;
  #rows: readonly JournalRow[] = [];
  #next = 0;
  /** Outcomes that were kept over a failed commit and come later. */
  #late: AskedFor<'settle'>[] = [];
  /** Calls whose admission was written although it was refused: their holds MUST be given back. */
  #doubtful = new Set<string>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Notes a violation unless `holds`. */
  expect(holds: boolean, sentence: () => string): void {
    this.checks += 1;
    if (!holds) this.violations.push(sentence());
  }

  /**
   * Takes in the entry that began a wave and returns its time. The machine's clock went from `wallBeforeMs` to `wallMs`: the ledger's time
   * MUST follow it forward, never go back, and never run faster than it.
   */
  readTime(id: string, wallBeforeMs: number, wallMs: number): number {
    const row = this.#readRows().at(-1);
    this.expect(row?.kind === 'sim.time' && row.body === JSON.stringify({ id }), () => `no entry for ${id}`);
    const atMs = row?.at ?? 0;
    const beforeMs = Math.max(this.#lastAtMs, wallBeforeMs);
    const isRight =
      wallMs >= beforeMs ? atMs === wallMs : atMs <= beforeMs + Math.max(0, wallMs - wallBeforeMs);
    const sentence = () => `time went from ${this.#lastAtMs} to ${atMs} by a clock at ${wallMs}`;
    this.expect(isRight && atMs >= this.#lastAtMs, sentence);
    this.#lastAtMs = atMs;
    return atMs;
  }

  /** Compares the answers of a wave with the rows that it left, in the order in which both came about. */
  absorb(wave: Wave): void {
    this.#rows = this.#readRows();
    this.#next = 0;
    this.#checkRows();
    for (const asked of wave.asked) {
      this.#takeBackground();
      if (this.#isOf(asked.operation)) this.#takeRow(asked, wave);
      else this.#judgeWithoutRow(asked, wave);
    }
    this.#takeBackground();
    if (wave.hasCrashed) {
      this.#takeCeilings();
      this.#late = [];
    }
    const left = this.#rows[this.#next];
    this.expect(left === undefined, () => `nobody asked for ${left?.kind} of ${left?.call_id}`);
    this.expect(
      this.#late.length === 0,
      () => `outcomes were lost: ${this.#late.map((each) => each.outcome.callId)}`,
    );
    const doubtful = [...this.#doubtful].filter((callId) => this.books.calls.has(callId));
    this.expect(doubtful.length === 0, () => `holds of refused calls were kept: ${doubtful}`);
    this.#doubtful.clear();
  }

  /** Takes in what a removal of old calls wrote: its own entries, and nothing else. Sums and chains are compared as ever. */
  absorbRemoval(): void {
    for (const { id, kind } of this.#readRows())
      this.expect(kind === 'calls.removed', () => `entry ${id} of a removal is ${kind}`);
  }

  #readRows(): JournalRow[] {
    const found = this.#database.prepare('select * from journal where id > ? order by id').all(this.#lastId);
    const rows = found as unknown as JournalRow[];
    this.#lastId = rows.at(-1)?.id ?? this.#lastId;
    return rows;
  }

  #checkRows(): void {
    for (const row of this.#rows) {
      this.expect(row.at >= this.#lastAtMs, () => `entry ${row.id} is older than the one before it`);
      this.#lastAtMs = row.at;
    }
  }

  #isOf(operation: Operation): boolean {
    const row = this.#rows[this.#next];
    if (!row) return false;
    switch (operation.kind) {
      case 'admit':
        return row.kind === 'call.admitted' && row.call_id === operation.request.callId;
      case 'settle':
        return isOutcome(row) && row.call_id === operation.outcome.callId && !isRecovery(row);
      case 'change':
        return (
          /^sim\.changed$|^call\.corrected$/.test(row.kind) &&
          row.body === JSON.stringify({ id: operation.id })
        );
      case 'settle_again':
        return false;
    }
  }

  #takeRow({ operation, answer }: Asked, wave: Wave): void {
    const row = this.#rows[this.#next++]!;
    const isLate = answer.kind === 'pending' && wave.hasCrashed;
    if (operation.kind === 'admit') this.#takeAdmission(operation, answer, row, wave);
    else if (operation.kind === 'settle') this.#takeOutcome(operation, answer, row);
    else if (operation.kind === 'change') {
      const isDone = answer.kind === 'change' && (answer.result.ok || isUnavailable(answer));
      this.expect(
        isLate || isDone,
        () => `change ${operation.id} is in force and was answered ${say(answer)}`,
      );
      this.expect(this.books.faultOf(operation.change) === null, () => `change ${operation.id} can not be`);
      this.books.apply(operation.change, row.at);
      for (const step of operation.change.links) if (step.kind === 'reset') this.#takeReset(step, row.at);
      if (operation.change.correction) this.#takeCorrection(operation.change.correction, row);
      for (const step of operation.change.links) {
        const id = step.kind === 'open' ? step.link.id : step.linkId;
        this.#excuse(this.books.links.get(id)!, row.at);
      }
    }
  }

  /** A reset lets go of what the books have settled, and says so in an entry of its own. */
  #takeReset({ linkId, unit, per }: LinkChange & { kind: 'reset' }, atMs: number): void {
    const row = this.#rows[this.#next++];
    const link = this.books.links.get(linkId)!;
    const body = row?.kind === 'grant.limit_reset' ? JSON.parse(row.body) : {};
    const amount = this.books.resetOf(link, { unit, per }, atMs)?.amount;
    const isRight =
      `${[body.link_id, body.unit, body.per, body.amount]}` === `${[linkId, unit, per, amount]}`;
    const isOfGrant = row?.grant_id === link.grantId && row.link_id === null;
    this.expect(isRight && isOfGrant, () => `reset of ${linkId}: not ${amount} in ${JSON.stringify(row)}`);
  }

  /** Lowers what was charged, of a call that was posted at its ceiling, once. */
  #takeCorrection({ callId, nanos, tokens }: Correction, row: JournalRow): void {
    const call = this.books.ceilings.get(callId);
    this.expect(call !== undefined, () => `${callId} was corrected, and has no ceiling to correct`);
    if (!call) return;
    this.books.correct(call, [nanos, 0, tokens], row.at);
    const written = [
      row.settled_nanos,
      row.settled_requests,
      row.settled_tokens,
      row.held_nanos,
      row.held_requests,
    ];
    const isRight = `${written}` === `${[nanos, 0, tokens, 0, 0]}` && row.link_id === call.chain[0]?.id;
    this.expect(isRight, () => `correction of ${callId}: a wrong entry ${JSON.stringify(row)}`);
  }

  /** Nothing more fits under a limit that is exceeded already; that it stays exceeded is no fault. */
  #excuse(link: BookLink, atMs: number): void {
    for (const limit of link.limits) {
      if (this.books.roomOf(link, limit, atMs) < 0) this.excused.add(`${link.id} ${limit.unit} ${limit.per}`);
    }
  }

  #takeAdmission({ request }: AskedFor<'admit'>, answer: Answer, row: JournalRow, wave: Wave): void {
    const { books } = this;
    const name = `admission of ${request.callId}`;
    const reason = reasonToRefuse(books, request, row.at);
    this.expect(reason === null, () => `${name}: it MUST be refused as ${reason}`);
    const chain = currentChain(books, request);
    if (chain === null) return;
    const cap = largestCap(books, chain, request.hold, row.at) ?? request.hold.minOutputTokens;
    const held = needAt(request.hold, cap);
    const call: BookCall = { callId: request.callId, chain, atMs: row.at, held, closedAtMs: null };
    books.admit(call);
    const written: Three = [row.held_nanos, row.held_requests, row.held_tokens];
    this.expect(`${written}` === `${held}`, () => `${name}: held ${written} instead of ${held}`);
    const isPosted =
      row.link_id === chain[0]?.id && row.grant_id === request.grantId && row.settled_nanos === 0;
    this.expect(
      isPosted && row.owner_id === request.ownerId,
      () => `${name}: a wrong entry ${JSON.stringify(row)}`,
    );
    this.#checkLimits(call, name);
    if (answer.kind === 'pending' && wave.hasCrashed) return;
    if (wave.wasDisturbed && isUnavailable(answer)) {
      this.#doubtful.add(request.callId);
      return;
    }
    const admission = answer.kind === 'admit' && answer.result.ok ? answer.result.value : null;
    const told = admission && [
      admission.outputTokens,
      admission.holdNanos,
      admission.holdTokens,
      admission.admittedAtMs,
    ];
    this.expect(`${told}` === `${[cap, held[0], held[2], row.at]}`, () => `${name}: answered ${say(answer)}`);
    const left = leastUsdLeft(books, chain, row.at);
    this.expect(
      admission?.remainingNanos === left,
      () => `${name}: ${admission?.remainingNanos} left, not ${left}`,
    );
  }

  /** The budget: in no committed state more is settled and held than any limit of any link allows. */
  #checkLimits({ chain, atMs }: BookCall, name: string): void {
    for (const link of chain) {
      for (const limit of link.limits) {
        const room = this.books.roomOf(link, limit, atMs);
        this.expect(
          room >= 0,
          () => `${name}: ${link.id} is ${-room} ${limit.unit} over its limit per ${limit.per}`,
        );
      }
    }
  }

  #takeOutcome({ outcome, bill }: AskedFor<'settle'>, answer: Answer | null, row: JournalRow): void {
    const name = `outcome of ${outcome.callId}`;
    const call = this.books.calls.get(outcome.callId);
    this.expect(call !== undefined, () => `${name}: the call is not open`);
    if (!call) return;
    const expected = expectedSettled(call, outcome);
    const isOverrun = expected[0] > call.held[0] || expected[2] > call.held[2];
    this.#post(call, row, expected, `call.${outcome.kind}`, name);
    if (isOverrun) this.#takeOverrun(call, row.at);
    if (bill) {
      const isPaid = bill.isReported ? bill.nanos === row.settled_nanos : bill.nanos <= row.settled_nanos;
      this.expect(
        isPaid,
        () => `${name}: the provider bills ${bill.nanos}, settled was ${row.settled_nanos}`,
      );
    }
    if (answer?.kind !== 'settle') return;
    const { settlement } = answer;
    const isTold = settlement.nanos === expected[0] && settlement.overrun === isOverrun;
    this.expect(isTold, () => `${name}: answered ${say(answer)}`);
  }

  #takeOverrun({ chain }: BookCall, atMs: number): void {
    for (const link of chain) this.#excuse(link, atMs);
    const leaf = chain[0]!;
    if (leaf.status !== 'active') return;
    leaf.status = 'suspended';
    leaf.version += 1;
  }

  #post(call: BookCall, row: JournalRow, expected: Three, kind: string, name: string): void {
    this.books.close(call, expected, row.at);
    if (kind === 'call.ceiling') this.books.ceilings.set(call.callId, call);
    const [nanos, requests, tokens] = call.held;
    const given: Three = [-row.held_nanos, -row.held_requests, -row.held_tokens];
    const settled: Three = [row.settled_nanos, row.settled_requests, row.settled_tokens];
    const isRight =
      `${given}` === `${[nanos, requests, tokens]}` && `${settled}` === `${expected}` && row.kind === kind;
    this.expect(
      isRight,
      () => `${name}: ${row.kind} gave back ${given} and settled ${settled}, not ${kind} ${expected}`,
    );
  }

  /** What the ledger writes by itself once it can again: outcomes that it kept, and releases of calls that it had refused. */
  #takeBackground(): void {
    for (let row = this.#rows[this.#next]; row; row = this.#rows[++this.#next]) {
      const [late] = this.#late;
      if (isOutcome(row) && late?.outcome.callId === row.call_id) {
        this.#late.shift();
        this.#takeOutcome(late, null, row);
      } else if (isOutcome(row) && this.#doubtful.delete(row.call_id ?? '')) {
        const call = this.books.calls.get(row.call_id ?? '');
        if (call) this.#post(call, row, [0, 0, 0], 'call.released', `release of ${row.call_id}`);
      } else return;
    }
  }

  /** After a crash every call that is open may have been forwarded: unknown means spent. */
  #takeCeilings(): void {
    for (let row = this.#rows[this.#next]; row; row = this.#rows[++this.#next]) {
      const call = isRecovery(row) ? this.books.calls.get(row.call_id ?? '') : undefined;
      if (!call) return;
      this.#post(call, row, call.held, 'call.ceiling', `recovery of ${row.call_id}`);
    }
    this.expect(
      this.books.calls.size === 0,
      () => `recovery left calls open: ${[...this.books.calls.keys()]}`,
    );
  }

  #judgeWithoutRow({ operation, answer }: Asked, wave: Wave): void {
    if (answer.kind === 'pending' && wave.hasCrashed) return;
    if (operation.kind === 'admit') this.#judgeRefusal(operation, answer, wave);
    else if (operation.kind === 'settle_again') {
      this.expect(
        answer.kind === 'rejected',
        () => `two outcomes of ${operation.outcome.callId}: ${say(answer)}`,
      );
    } else if (operation.kind === 'settle') {
      this.expect(
        wave.wasDisturbed && answer.kind === 'settle',
        () => `outcome lost, answered ${say(answer)}`,
      );
      this.#late.push(operation);
    } else if (operation.change.correction && answer.kind === 'rejected') {
      const { callId } = operation.change.correction;
      this.expect(!this.books.ceilings.has(callId), () => `correction of ${callId}: answered ${say(answer)}`);
    } else if (!(wave.wasDisturbed && isUnavailable(answer))) {
      const fault = this.books.faultOf(operation.change);
      const told = answer.kind === 'change' && !answer.result.ok ? answer.result.error.reason : null;
      this.expect(
        told !== null && told === fault,
        () => `change ${operation.id}: answered ${say(answer)}, not ${fault}`,
      );
    }
  }

  /** No false refusal: what was refused really did not fit, for the reason that was given. */
  #judgeRefusal({ request }: AskedFor<'admit'>, answer: Answer, wave: Wave): void {
    const refusal = answer.kind === 'admit' && !answer.result.ok ? answer.result.error : null;
    this.expect(refusal !== null, () => `${request.callId} was lost, answered ${say(answer)}`);
    if (refusal === null || (wave.wasDisturbed && refusal.reason === 'unavailable')) return;
    const reason = reasonToRefuse(this.books, request, wave.atMs);
    const isRight = reason === refusal.reason && isTrue(this.books, request, refusal, wave.atMs);
    this.expect(
      isRight,
      () => `${request.callId}: refused with ${JSON.stringify(refusal)}, expected ${reason}`,
    );
  }
}

const isOutcome = ({ kind }: JournalRow): boolean => kind.startsWith('call.') && kind !== 'call.admitted';

/** Written by the next process for a call that was open when this one crashed. */
const isRecovery = ({ body }: JournalRow): boolean => JSON.parse(body).reason === 'crash';

const isUnavailable = (answer: Answer): boolean =>
  (answer.kind === 'admit' || answer.kind === 'change') &&
  !answer.result.ok &&
  answer.result.error.reason === 'unavailable';

const say = (answer: Answer): string => JSON.stringify(answer);

function expectedSettled(call: BookCall, { kind, forwarded, nanos, tokens }: Outcome): Three {
  if (kind === 'ceiling') return call.held;
  return kind === 'settled' ? [nanos, 1, tokens] : [0, forwarded ? 1 : 0, 0];
}
