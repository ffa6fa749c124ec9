// What the ledger knows: links, their counters and the open calls. Decides and posts at once, in memory, and writes into a draft what
// must be made durable. No clock, no waiting, no disk but reading links at their first use.

import { fail, type Result, succeed } from '@valetkey/core';
import type { SqlStatement } from '../../store/sqlite/messages.ts';
import type { StatementCache } from '../../store/sqlite/statement-cache.ts';
import type {
  Admission,
  AdmissionRefusal,
  AdmissionRequest,
  Balance,
  Change,
  ChangeRefusal,
  Link,
  Outcome,
  Settlement,
} from '../contract.ts';
import { checkAdmission } from './check-admission.ts';
import { saveCheckpoint } from './checkpoint.ts';
import type { Draft } from './draft.ts';
import { LinkMemory } from './link-memory.ts';
import { updateLink } from './link-rows.ts';
import {
  heldBy,
  isOverrun,
  type OpenCall,
  postAdmission,
  postOutcome,
  releasedBy,
  settledBy,
} from './open-calls.ts';
import { type Replayed, replay } from './replay.ts';
import type { ResidentLink } from './resident-link.ts';
import { stageChange } from './stage-change.ts';
import { tightestUsd } from './tightest-usd.ts';

const NOTHING = [0, 0, 0] as const;

/** The state that decides. Every method leaves it as if its draft had committed; if it does not, `rebuild` MUST follow. */
export class Books {
  readonly #reader: StatementCache;
  readonly #memory: LinkMemory;
  #calls = new Map<string, OpenCall>();

  constructor(reader: StatementCache) {
    this.#reader = reader;
    this.#memory = new LinkMemory(reader);
  }

  /** Forgets everything and reads what is durable. */
  rebuild(): Omit<Replayed, 'calls'> {
    this.#memory.clear();
    const { calls, ...journal } = replay(this.#reader, this.#memory);
    this.#calls = calls;
    return journal;
  }

  /** The call, while it is open. */
  openCall(callId: string): OpenCall | null {
    return this.#calls.get(callId) ?? null;
  }

  openCallIds(): readonly string[] {
    return [...this.#calls.keys()];
  }

  link(linkId: string): Link | null {
    return this.#memory.get(linkId)?.link ?? null;
  }

  balance(linkId: string, atMs: number): Balance | null {
    const counters = this.#memory.get(linkId)?.counters;
    counters?.rollTo(atMs);
    return counters?.toBalance(linkId) ?? null;
  }

  /** Admits a call and posts its hold on its whole chain, or says why not. Throws on a call id that is open. */
  admit(request: AdmissionRequest, draft: Draft): Result<Admission, AdmissionRefusal> {
    const { callId, grantId } = request;
    if (this.#calls.has(callId)) throw new Error(`call ${callId} is already open`);
    const fitted = checkAdmission(request, this.#memory, draft.atMs);
    if (!fitted.ok) return fail(fitted.error);
    const { leaf, outputTokens, holdNanos, holdTokens } = fitted.value;
    const call = { callId, grantId, leaf, admittedAtMs: draft.atMs, holdNanos, holdTokens };
    postAdmission(call, this.#memory);
    this.#calls.set(callId, call);
    draft.addCall('call.admitted', call, heldBy(call), NOTHING, { ...request.intent, outputTokens });
    return succeed({
      callId,
      admittedAtMs: draft.atMs,
      outputTokens,
      holdNanos,
      holdTokens,
      ...tightestUsd(leaf),
    });
  }

  /** Posts the outcome of an open call. An overrun is posted in full and suspends the leaf in the same draft. */
  settle(outcome: Outcome, draft: Draft): Settlement {
    const call = this.#calls.get(outcome.callId);
    if (!call) throw new Error(`call ${outcome.callId} is not open`);
    const settled = settledBy(call, outcome);
    const overrun = isOverrun(call, settled);
    const body = overrun ? { ...outcome.body, overrun } : outcome.body;
    draft.addCall(`call.${outcome.kind}`, call, releasedBy(call), settled, body);
    postOutcome(call, settled, draft.atMs, this.#memory);
    this.#calls.delete(outcome.callId);
    if (overrun) suspend(call.leaf, draft);
    return { nanos: settled[0], overrun, remainingNanos: tightestUsd(call.leaf).remainingNanos };
  }

  /** Drafts a change. Its links stay as they are until `put` is told that it is durable. */
  stage(change: Change, draft: Draft): Result<readonly Link[], ChangeRefusal> {
    const staged = stageChange(change, this.#memory);
    if (!staged.ok) return staged;
    draft.statements.push(...staged.value.statements);
    for (const entry of change.entries) draft.addEntry(entry);
    for (const { id } of staged.value.links) draft.changedLinkIds.add(id);
    return succeed(staged.value.links);
  }

  /** Replaces or adds links that were stored. */
  put(links: readonly Link[]): void {
    for (const link of links) this.#memory.put(link);
  }

  /** The statements that save every balance as of the journal entry `journalId`, which MUST be the last one posted. */
  checkpoint(journalId: number, atMs: number): SqlStatement[] {
    const openCallIds = this.openCallIds();
    return saveCheckpoint({ journalId, openCallIds }, this.#memory.takeUnsaved(), atMs);
  }

  /** Forgets the links that no open call needs, if there are more than `maxLinks`. MUST follow a durable checkpoint at once. */
  trim(maxLinks: number): void {
    if (this.#memory.size <= maxLinks) return;
    this.#memory.keepOnly([...this.#calls.values()].map((call) => call.leaf));
  }
}

function suspend(leaf: ResidentLink, draft: Draft): void {
  if (leaf.link.status !== 'active') return;
  const suspended: Link = { ...leaf.link, status: 'suspended', version: leaf.link.version + 1 };
  draft.statements.push(updateLink(suspended));
  leaf.replace(suspended);
  draft.changedLinkIds.add(suspended.id);
}
