// What must hold at any moment between what callers were told, what the provider saw and billed, and the tables: the journal says what was
// admitted, the provider what came, and neither is asked of the product. Grows with the run; one poll looks at what is new and at all sums.

import { brokenChain, callFaults, exceededBySql, sumsBySql } from '../sim/sql-checks.ts';
import type { JournalCopy } from './journal-copy.ts';
import type { Told } from './traffic.ts';

/** A request as the provider had it. */
export interface Forwarded {
  readonly id: string;
  readonly text: string;
  readonly bodyHash: string;
  readonly billedNanos: number;
  readonly key: string;
}

/** What became known since the last poll. */
export interface News {
  readonly forwarded: readonly Forwarded[];
  readonly told: readonly Told[];
  /** Provider keys that were replaced: nothing that was offered from that number on may travel with them. */
  readonly retired: readonly { readonly key: string; readonly fromSeq: number }[];
  /** Nothing runs any more. */
  readonly isEnd: boolean;
}

/** Figures of everything so far. */
export interface Findings {
  readonly violations: readonly string[];
  readonly checks: number;
  /** How often all sums were made. */
  readonly tableChecks: number;
  readonly entries: number;
  readonly admitted: number;
  readonly forwarded: number;
  readonly ceilings: number;
  readonly released: number;
  readonly billedNanos: number;
  readonly settledNanos: number;
  readonly oldestOpenMs: number;
}

interface Call {
  readonly callId: string;
  readonly bodyHash: string;
  outcome: string | null;
  settled: number;
}

/** No call may be open for longer, whatever happened: the longest fault, and the 30 s after which a silent replica is dead. */
const MOST_OPEN_MS = 100_000;
const MINUTE_MS = 60_000;
/** Sums over all entries may take one part of so many of a core. */
const REST = 8;
/** Entries may become visible out of order. */
const READ_AGAIN = 2000;
/** What says that nothing was forwarded. A call that runs when its grant is revoked is told so, too. */
const REFUSALS = new Set([
  'unavailable',
  'rate_limited',
  'budget_exhausted',
  'insufficient_budget',
  'token_limit_exceeded',
  'invalid_token',
  'invalid_dpop_proof',
  'token_expired',
]);

const SINCE = `select id, kind, seq, grant_id as grantId, call_id as callId, settled_nanos as settled,
    json_extract(body, '$.request_sha256') as bodyHash, json_extract(body, '$.grant_path') as path
  from journal where id > ?
    and kind in ('call.admitted', 'call.settled', 'call.ceiling', 'call.released', 'grant.revoked') order by id`;

interface Entry {
  readonly id: number;
  readonly kind: string;
  readonly seq: number;
  readonly grantId: string;
  readonly callId: string;
  readonly settled: number;
  readonly bodyHash: string;
  readonly path: string | null;
}

/** See the top of this file. */
export class Judge {
  readonly #copy: JournalCopy;
  /** By grant: the provider key that its calls must travel with. */
  readonly #keyOf: ReadonlyMap<string, string>;
  readonly #violations = new Set<string>();
  readonly #calls = new Map<string, Call>();
  readonly #byHash = new Map<string, Call>();
  readonly #openSince = new Map<string, number>();
  readonly #forwarded = new Map<string, Forwarded>();
  readonly #textOf = new Map<string, string>();
  /** Texts that must never reach the provider, and why. */
  readonly #never = new Map<string, string>();
  readonly #answered = new Set<string>();
  /** By grant: the place of its end in its owner's journal. */
  readonly #endedAt = new Map<string, number>();
  /** Forwarded, and not looked for in the journal yet. */
  readonly #unproven: Forwarded[] = [];
  #lastId = 0;
  #checks = 0;
  #tableChecks = 0;
  #tablesDueAtMs = 0;

  constructor(copy: JournalCopy, keyOf: ReadonlyMap<string, string>) {
    this.#copy = copy;
    this.#keyOf = keyOf;
  }

  /** Takes the news, looks at the tables and tells what was found, in this poll and before. Rejects when they can not be read. */
  async poll({ forwarded, told, retired, isEnd }: News, nowMs: number): Promise<Findings> {
    for (const each of forwarded) this.#see(each, retired);
    for (const each of told) this.#hear(each);
    this.#unproven.push(...forwarded);
    await this.#copy.update();
    this.#readEntries();
    for (const { bodyHash, text } of this.#unproven.splice(0))
      this.#check(this.#byHash.has(bodyHash), `${text} was forwarded without an admission`);
    for (const text of this.#answered)
      if (!this.#forwarded.has(text)) this.#check(!isEnd, `${text} was answered and never forwarded`);
    this.#compareMoney();
    this.#checkOpen(nowMs, isEnd);
    if (isEnd || performance.now() > this.#tablesDueAtMs) this.#checkTables(nowMs);
    return this.#findings(nowMs);
  }

  #check(holds: boolean, violation: string): void {
    this.#checks += 1;
    if (!holds) this.#violations.add(violation);
  }

  #hear(told: Told): void {
    const { text, status, code, isLate, isRepeated, isDisturbed, isWhole } = told;
    const said = `${text} was told ${status}${code ? ` ${code}` : ''}`;
    this.#check(status !== 'lost', `${text} got neither an answer nor an error`);
    this.#check(status !== 'broken' || isDisturbed, `${text} was broken off by a process that ran`);
    this.#check(code !== 'internal_error', said);
    this.#check(code !== 'invalid_token', said);
    if (status === 200 && isWhole) this.#answered.add(text);
    if (status === 200 && !isRepeated)
      for (const id of told.answerIds)
        this.#check((this.#textOf.get(id) ?? text) === text, `${text} was shown the answer to another`);
    if (isLate) this.#forbid(text, 'sent for a grant that was revoked');
    const isRefused = code !== null && REFUSALS.has(code);
    if (isRefused && !isRepeated) this.#forbid(text, said);
  }

  #forbid(text: string, why: string): void {
    this.#never.set(text, why);
    this.#check(!this.#forwarded.has(text), `${why}, and was forwarded: ${text}`);
  }

  #see(each: Forwarded, retired: News['retired']): void {
    const { text, id, key } = each;
    const [grantId, seq] = text.split('/');
    this.#check(!this.#forwarded.has(text), `${text} was forwarded twice`);
    this.#check(!this.#never.has(text), `${this.#never.get(text)}, and was forwarded: ${text}`);
    const expected = this.#keyOf.get(grantId!);
    this.#check(expected === undefined || expected === key, `${text} travelled with another owner's key`);
    for (const old of retired)
      this.#check(old.key !== key || Number(seq) < old.fromSeq, `${text} travelled with a replaced key`);
    this.#forwarded.set(text, each);
    this.#textOf.set(id, text);
  }

  #readEntries(): void {
    const from = Math.max(0, this.#lastId - READ_AGAIN);
    const entries = this.#copy.tables.prepare(SINCE).all(from) as unknown as Entry[];
    for (const { kind, grantId, seq } of entries)
      if (kind === 'grant.revoked') this.#endedAt.set(grantId, seq);
    for (const entry of entries) {
      this.#lastId = Math.max(this.#lastId, entry.id);
      const known = this.#calls.get(entry.callId);
      if (entry.kind === 'call.admitted') {
        if (!known) this.#admit(entry);
      } else if (known) Object.assign(known, { outcome: entry.kind, settled: entry.settled });
    }
  }

  #admit({ callId, bodyHash, grantId, path, seq }: Entry): void {
    const call: Call = { callId, bodyHash, outcome: null, settled: 0 };
    this.#calls.set(callId, call);
    this.#byHash.set(bodyHash, call);
    for (const id of path === null ? [grantId] : (JSON.parse(path) as string[])) {
      const endedAt = this.#endedAt.get(id) ?? Number.POSITIVE_INFINITY;
      this.#check(endedAt > seq, `${callId} was admitted after its grant was revoked`);
    }
  }

  /** The provider's bill is an amount that we never fall short of, and meet where its report was believed. */
  #compareMoney(): void {
    for (const { text, bodyHash, billedNanos } of this.#forwarded.values()) {
      const call = this.#byHash.get(bodyHash);
      if (!call?.outcome) continue;
      const { settled, outcome } = call;
      const isRight = outcome === 'call.settled' ? settled === billedNanos : settled >= billedNanos;
      this.#check(isRight, `${text} was billed ${billedNanos} and stands as ${outcome} with ${settled}`);
    }
  }

  #checkOpen(nowMs: number, isEnd: boolean): void {
    for (const { callId, outcome } of this.#calls.values()) {
      if (outcome !== null) this.#openSince.delete(callId);
      else if (!this.#openSince.has(callId)) this.#openSince.set(callId, nowMs);
    }
    for (const [callId, sinceMs] of this.#openSince)
      this.#check(!isEnd && nowMs - sinceMs < MOST_OPEN_MS, `${callId} is open for ${nowMs - sinceMs} ms`);
  }

  /** Sums over everything there is, so not at every poll. */
  #checkTables(nowMs: number): void {
    const { tables } = this.#copy;
    const startedAtMs = performance.now();
    for (const fault of callFaults(tables)) this.#check(false, fault);
    for (const atMs of [nowMs - MINUTE_MS, nowMs])
      for (const link of exceededBySql(tables, atMs, sumsBySql(tables, atMs)))
        this.#check(false, `the limit ${link} is exceeded`);
    const broken = brokenChain(tables);
    this.#check(broken === null, String(broken));
    this.#tableChecks += 1;
    this.#tablesDueAtMs = performance.now() + REST * (performance.now() - startedAtMs);
  }

  #findings(nowMs: number): Findings {
    const calls = [...this.#calls.values()];
    const count = (outcome: string) => calls.filter((call) => call.outcome === outcome).length;
    const since = [...this.#openSince.values()];
    return {
      violations: [...this.#violations],
      checks: this.#checks,
      tableChecks: this.#tableChecks,
      entries: Number(this.#copy.tables.prepare('select count(*) as entries from journal').get()?.entries),
      admitted: calls.length,
      forwarded: this.#forwarded.size,
      ceilings: count('call.ceiling'),
      released: count('call.released'),
      billedNanos: [...this.#forwarded.values()].reduce((sum, { billedNanos }) => sum + billedNanos, 0),
      settledNanos: calls.reduce((sum, { settled }) => sum + settled, 0),
      oldestOpenMs: since.length === 0 ? 0 : nowMs - Math.min(...since),
    };
  }
}
