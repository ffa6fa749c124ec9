// Decides a batch on what was read of its owner, with the rules that both engines share. Pure: what it posts in memory counts only once
// the commit has said so.

import { succeed } from '@valetkey/core';
import type { Change, Link, Settlement } from '../contract.ts';
import { Books } from '../rules/books.ts';
import { Draft } from '../rules/draft.ts';
import type { OpenCall } from '../rules/open-calls.ts';
import { noticesOf } from './notices.ts';
import type { OwnerState } from './owner-state.ts';
import { toWrite, type Write } from './statements.ts';
import type { RunningCall, Waiting, WaitingFor } from './waiting.ts';

/** A decided batch. */
export interface Decision {
  /** Rows of other rooms, to be written before the rest. */
  readonly rows: Change['rows'];
  /** Null when there is nothing but refusals. */
  readonly write: Write | null;
  readonly admitted: readonly RunningCall[];
  /** Calls that are no longer open, whether by this batch or by an earlier one. */
  readonly closed: readonly string[];
  readonly overruns: number;
  /** Answers everyone; MUST be called only after the commit. */
  answer(): void;
}

/** Decides in order. `origin` marks the notices as this process's own. */
export function decideBatch(
  batch: readonly Waiting[],
  state: OwnerState,
  atMs: number,
  origin: string,
): Decision {
  const decision = new BatchDecision(state, new Draft(atMs));
  const answers = batch.map((waiting) => decision.decide(waiting));
  return decision.toDecision(answers, origin);
}

class BatchDecision {
  readonly #state: OwnerState;
  readonly #draft: Draft;
  readonly #books: Books;
  readonly #posted: string[] = [];
  readonly #closed: string[] = [];
  #links: readonly Link[] = [];
  #overruns = 0;

  constructor(state: OwnerState, draft: Draft) {
    this.#state = state;
    this.#draft = draft;
    this.#books = new Books(state);
  }

  decide(waiting: Waiting): () => void {
    try {
      switch (waiting.kind) {
        case 'admit': {
          const admission = this.#books.admit(waiting.request, this.#draft);
          return () => waiting.resolve(admission);
        }
        case 'settle': {
          const settlement = this.#settle(waiting);
          return () => waiting.resolve(settlement);
        }
        case 'change':
          return this.#stage(waiting);
        case 'record':
          for (const entry of waiting.entries) this.#draft.addEntry(entry);
          return waiting.resolve;
      }
    } catch (error) {
      return () => waiting.reject(error as Error);
    }
  }

  toDecision(answers: readonly (() => void)[], origin: string): Decision {
    const draft = this.#draft;
    const opened = [...this.#books.calls.values()];
    const notices = noticesOf(draft, origin);
    return {
      rows: draft.rows,
      write: toWrite(draft, this.#state, { opened, closed: this.#posted }, notices),
      admitted: opened.map(toRunning),
      closed: this.#closed,
      overruns: this.#overruns,
      answer: () => {
        this.#books.put(this.#links);
        for (const answer of answers) answer();
      },
    };
  }

  /** A call that has its outcome already is not posted again: it was recovered, or an earlier commit was taken for failed. */
  #settle({ outcome, call, linkId }: WaitingFor<'settle'>): Settlement {
    const { callId } = outcome;
    const standing = this.#state.standing(callId);
    if (standing && 'settledNanos' in standing) {
      this.#closed.push(callId);
      return { nanos: standing.settledNanos, overrun: false, remainingNanos: null };
    }
    const leaf = this.#state.get(linkId);
    const open = leaf && openCall(leaf, standing && 'open' in standing ? standing.open : null, call);
    if (!open || (standing && 'unknown' in standing)) {
      this.#closed.push(callId);
      throw new Error(`call ${callId} is not open`);
    }
    this.#books.calls.set(callId, open);
    const settlement = this.#books.settle(outcome, this.#draft);
    this.#posted.push(callId);
    this.#closed.push(callId);
    if (settlement.overrun) this.#overruns += 1;
    return settlement;
  }

  #stage({ change, resolve }: WaitingFor<'change'>): () => void {
    const staged = this.#books.stage(change, this.#draft);
    if (!staged.ok) return () => resolve(staged);
    this.#links = staged.value;
    return () => {
      change.onDurable?.();
      resolve(succeed(undefined));
    };
  }
}

function openCall(
  leaf: OpenCall['leaf'],
  row: {
    grant_id: string | null;
    admitted_at: number;
    held_nanos: number;
    held_tokens: number;
    call_id: string;
  } | null,
  call: RunningCall | null,
): OpenCall | null {
  if (row) {
    return {
      callId: row.call_id,
      grantId: row.grant_id,
      leaf,
      admittedAtMs: row.admitted_at,
      holdNanos: row.held_nanos,
      holdTokens: row.held_tokens,
    };
  }
  return call && { ...call, leaf };
}

const toRunning = ({ leaf, ...call }: OpenCall): RunningCall => ({
  callId: call.callId,
  ownerId: leaf.link.ownerId,
  grantId: call.grantId,
  linkId: leaf.link.id,
  admittedAtMs: call.admittedAtMs,
  holdNanos: call.holdNanos,
  holdTokens: call.holdTokens,
});
