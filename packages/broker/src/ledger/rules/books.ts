// What decides: links, their counters and the open calls, as they stand in memory. Decides and posts at once and writes into a draft what
// must be made durable. No clock, no waiting, no store: both engines decide with this same code.

import { fail, type Result, succeed } from '@valetkey/core';
import type {
  Admission,
  AdmissionRefusal,
  AdmissionRequest,
  Balance,
  Change,
  ChangeRefusal,
  Correction,
  Link,
  Outcome,
  Settlement,
  UsedLimit,
} from '../contract.ts';
import { checkAdmission } from './check-admission.ts';
import type { Draft } from './draft.ts';
import { resetEntries } from './limit-resets.ts';
import {
  heldBy,
  isOverrun,
  type OpenCall,
  postAdmission,
  postCorrection,
  postOutcome,
  releasedBy,
  settledBy,
} from './open-calls.ts';
import type { LinkShelf, ResidentLink } from './resident-link.ts';
import { stageChange } from './stage-change.ts';
import { tightestUsd } from './tightest-usd.ts';

const NOTHING = [0, 0, 0] as const;

/** The state that decides. Every method leaves it as if its draft had committed; if it does not, the state MUST be built anew. */
export class Books {
  /** The calls that were admitted and have no outcome, by id. */
  readonly calls: Map<string, OpenCall>;
  readonly #links: LinkShelf;

  constructor(links: LinkShelf, calls = new Map<string, OpenCall>()) {
    this.#links = links;
    this.calls = calls;
  }

  link(linkId: string): Link | null {
    return this.#links.get(linkId)?.link ?? null;
  }

  balance(linkId: string, atMs: number): Balance | null {
    const counters = this.#links.get(linkId)?.counters;
    counters?.rollTo(atMs);
    return counters?.toBalance(linkId) ?? null;
  }

  /** See `Ledger`; what is not there is left out. */
  usedLimits(linkIds: readonly string[], atMs: number): readonly UsedLimit[] {
    const links = new Set<ResidentLink>();
    for (const linkId of linkIds) for (const link of this.#links.get(linkId)?.path ?? []) links.add(link);
    for (const { counters } of links) counters.rollTo(atMs);
    return [...links].flatMap((link) => link.usedLimits());
  }

  /** Admits a call and posts its hold on its whole chain, or says why not. Throws on a call id that is open. */
  admit(request: AdmissionRequest, draft: Draft): Result<Admission, AdmissionRefusal> {
    const { callId, grantId } = request;
    if (this.calls.has(callId)) throw new Error(`call ${callId} is already open`);
    const fitted = checkAdmission(request, this.#links, draft.atMs);
    if (!fitted.ok) return fail(fitted.error);
    const { leaf, outputTokens, holdNanos, holdTokens } = fitted.value;
    const call = { callId, grantId, leaf, admittedAtMs: draft.atMs, holdNanos, holdTokens };
    postAdmission(call, this.#links);
    this.calls.set(callId, call);
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
    const call = this.calls.get(outcome.callId);
    if (!call) throw new Error(`call ${outcome.callId} is not open`);
    const settled = settledBy(call, outcome);
    const overrun = isOverrun(call, settled);
    const body = overrun ? { ...outcome.body, overrun } : outcome.body;
    draft.addCall(`call.${outcome.kind}`, call, releasedBy(call), settled, body);
    postOutcome(call, settled, draft.atMs, this.#links);
    this.calls.delete(outcome.callId);
    if (overrun) suspend(call.leaf, draft);
    return { nanos: settled[0], overrun, remainingNanos: tightestUsd(call.leaf).remainingNanos };
  }

  /** Drafts a change. Its links stay as they are until `put` is told that it is durable; a correction is posted at once. */
  stage(change: Change, draft: Draft): Result<readonly Link[], ChangeRefusal> {
    const staged = stageChange(change, this.#links, draft.atMs);
    if (!staged.ok) return staged;
    if (change.correction && !this.#correct(change.correction, draft))
      return fail({ reason: 'unknown_link', detail: change.correction.linkId });
    draft.rows.push(...change.rows);
    draft.links.push(...staged.value);
    for (const entry of [...change.entries, ...resetEntries(change, staged.value)]) draft.addEntry(entry);
    return succeed(draft.changedLinks());
  }

  /** Replaces or adds links that were stored. */
  put(links: readonly Link[]): void {
    for (const link of links) this.#links.put(link);
  }

  /** False if the link is not there. */
  #correct(correction: Correction, draft: Draft): boolean {
    const { callId, grantId, linkId, admittedAtMs, nanos, tokens, body } = correction;
    const leaf = this.#links.get(linkId);
    if (!leaf) return false;
    if (!(nanos <= 0 && tokens <= 0)) throw new Error(`call ${callId}: a correction never charges more`);
    const call = { callId, grantId, leaf, admittedAtMs };
    const change = [nanos, 0, tokens] as const;
    draft.addCall('call.corrected', call, NOTHING, change, body);
    postCorrection(call, change, draft.atMs, this.#links);
    return true;
  }
}

function suspend(leaf: ResidentLink, draft: Draft): void {
  // One that was stopped with others comes back with them, and MUST NOT after this.
  if (leaf.link.status !== 'active' && leaf.link.status !== 'stopped') return;
  const suspended: Link = { ...leaf.link, status: 'suspended', version: leaf.link.version + 1 };
  draft.links.push(suspended);
  leaf.replace(suspended);
}
