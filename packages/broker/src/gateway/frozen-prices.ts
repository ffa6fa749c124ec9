// What a call was priced by, as evidence: the whole rate card stands once in its owner's journal, every admission names it by its hash.
// MUST be durable before the first admission that names it.

import { hash } from 'node:crypto';
import type { RateCard } from '@valetkey/core';
import type { Ledger } from '../ledger/contract.ts';

const MOST_OWNERS = 20_000;

/** Freezes rate cards into journals. One per process: after a start each card is written anew at its first use. */
export class FrozenPrices {
  readonly #ledger: Pick<Ledger, 'record'>;
  readonly #hashes = new WeakMap<RateCard, string>();
  readonly #frozen = new Map<string, Set<string>>();

  constructor(ledger: Pick<Ledger, 'record'>) {
    this.#ledger = ledger;
  }

  /** SHA-256, base64url, over the card's JSON as `prices.frozen` entries hold it. */
  hashOf(card: RateCard): string {
    const known = this.#hashes.get(card);
    if (known !== undefined) return known;
    const made = hash('sha256', JSON.stringify(card), 'base64url');
    this.#hashes.set(card, made);
    return made;
  }

  /** Whether the owner's journal holds the card; if not, `freeze` it first. */
  holds(ownerId: string, card: RateCard): boolean {
    return this.#frozen.get(ownerId)?.has(this.hashOf(card)) ?? false;
  }

  /** Writes the card into the owner's journal. Rejects when nothing can be recorded. */
  async freeze(ownerId: string, card: RateCard): Promise<void> {
    const rateCardHash = this.hashOf(card);
    const body = { rate_card_sha256: rateCardHash, rate_card: card };
    await this.#ledger.record([{ ownerId, kind: 'prices.frozen', body }]);
    if (this.#frozen.size >= MOST_OWNERS) this.#frozen.clear();
    const held = this.#frozen.get(ownerId) ?? new Set();
    this.#frozen.set(ownerId, held.add(rateCardHash));
  }
}
