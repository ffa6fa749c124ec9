// The rows behind idempotency keys: who claimed a key, for which request, and the sealed answer. One conditional insert decides between
// requests that arrive together, on any replica. MUST NOT give a claimed key to a second request while the first may have been forwarded.

import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Schema } from '../../store/schema.ts';
import type { SecretSealer } from '../../vault/contract.ts';

/** How long a key is remembered, counted from its first request. */
const KEPT_MS = 24 * 3_600_000;

/** How long after its outcome, or without an admission, a call may still be about to keep its answer. */
const SETTLING_MS = 30_000;

/** The request that has the key never went out: its outcome gives all back, and counts no request. Served by the index of outcomes. */
const NEVER_SENT = sql<boolean>`idempotency_keys.answer is null and exists (
  select 1 from journal where journal.call_id = idempotency_keys.call_id
    and kind in ('call.settled', 'call.ceiling', 'call.released')
    and kind = 'call.released' and settled_requests = 0)`;

/** A request that wants a key. */
export interface WantedKey {
  readonly id: string;
  readonly ownerId: string;
  readonly grantId: string;
  readonly callId: string;
  readonly requestHash: string;
}

/** An answer as it is kept: what the caller got, without what belongs to one request alone. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Base64. */
  readonly body: string;
}

/** What became of a key that was claimed before. */
export type EarlierRequest =
  | { readonly state: 'answered'; readonly callId: string; readonly answer: KeptAnswer }
  | { readonly state: 'running' | 'lost' | 'other_request' };

/** What the rows need. */
export interface KeyRowsParts {
  readonly db: Kysely<Schema>;
  readonly vault: SecretSealer;
  readonly now: () => number;
}

const purposeOf = (id: string): string => `idempotency.${id}`;

/** The table `idempotency_keys`. Every promise resolves after the commit. */
export class KeyRows {
  readonly #parts: KeyRowsParts;

  constructor(parts: KeyRowsParts) {
    this.#parts = parts;
  }

  /** Claims the key, durably, and resolves with null; or tells what became of the request that has it. */
  async claim(wanted: WantedKey): Promise<EarlierRequest | null> {
    const { db, now } = this.#parts;
    const atMs = now();
    const set = {
      owner_id: wanted.ownerId,
      grant_id: wanted.grantId,
      call_id: wanted.callId,
      request_hash: wanted.requestHash,
      answer: null,
      created_at: atMs,
      expires_at: atMs + KEPT_MS,
    };
    const claimed = await db
      .insertInto('idempotency_keys')
      .values({ id: wanted.id, ...set })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet(set)
          .where(({ eb, or }) => or([eb('idempotency_keys.expires_at', '<=', atMs), NEVER_SENT])),
      )
      .returning('id')
      .executeTakeFirst();
    return claimed ? null : this.#earlier(wanted, atMs);
  }

  /** Keeps the answer of the call that claimed the key. */
  async keep(id: string, callId: string, answer: KeptAnswer): Promise<void> {
    const { db, vault } = this.#parts;
    const sealed = vault.sealSecret(purposeOf(id), JSON.stringify(answer));
    await db
      .updateTable('idempotency_keys')
      .set({ answer: sealed })
      .where('id', '=', id)
      .where('call_id', '=', callId)
      .execute();
  }

  /** Gives the key back. MUST only be called when nothing of the call was forwarded, or ever will be. */
  async release(id: string, callId: string): Promise<void> {
    const byCall = this.#parts.db.deleteFrom('idempotency_keys').where('id', '=', id);
    await byCall.where('call_id', '=', callId).where('answer', 'is', null).execute();
  }

  /** Forgets keys and answers whose time is over. */
  async purge(): Promise<void> {
    const { db, now } = this.#parts;
    await db.deleteFrom('idempotency_keys').where('expires_at', '<=', now()).execute();
  }

  /** Gives back the keys of calls that a crash kept from being admitted. MUST only run while no gate is open on this database. */
  async releaseUnadmitted(): Promise<void> {
    await sql`delete from idempotency_keys where answer is null and not exists (
      select 1 from journal where journal.call_id = idempotency_keys.call_id and journal.kind = 'call.admitted'
    )`.execute(this.#parts.db);
  }

  async #earlier({ id, requestHash }: WantedKey, atMs: number): Promise<EarlierRequest> {
    const { db, vault } = this.#parts;
    const row = await db.selectFrom('idempotency_keys').selectAll().where('id', '=', id).executeTakeFirst();
    // Given back between the two statements: as good as running, and free at the next try.
    if (!row) return { state: 'running' };
    if (row.request_hash !== requestHash) return { state: 'other_request' };
    if (row.answer !== null) {
      const answer = JSON.parse(vault.openSecret(purposeOf(id), row.answer)) as KeptAnswer;
      return { state: 'answered', callId: row.call_id, answer };
    }
    const sinceMs = await this.#settlingSince(row.call_id, Number(row.created_at));
    return { state: sinceMs === null || atMs < sinceMs + SETTLING_MS ? 'running' : 'lost' };
  }

  /** When the call got its outcome, or its key if it was never admitted; null while it runs. */
  async #settlingSince(callId: string, createdAtMs: number): Promise<number | null> {
    const entries = () => this.#parts.db.selectFrom('journal').select('at').where('call_id', '=', callId);
    // Literals, not parameters: a partial index only serves a query that names its condition word by word.
    const outcome = await entries()
      .where(sql<boolean>`kind in ('call.settled', 'call.ceiling', 'call.released')`)
      .executeTakeFirst();
    if (outcome) return Number(outcome.at);
    const admission = await entries().where(sql<boolean>`kind = 'call.admitted'`).executeTakeFirst();
    return admission ? null : createdAtMs;
  }
}
