// What an owner's journal holds of a consent: what was shown and that it was refused. That it was allowed is the entry of the grant, with
// the same hash. MUST hold no word of the app or the owner: what was shown is named by its hash.

import { formatAccess } from '@valetkey/core';
import type { PendingRequest } from '../grants/requests-contract.ts';
import type { Ledger } from '../ledger/contract.ts';
import type { Offer } from './offer.ts';

/** Pages that are remembered, so that looking again at the same one is no second entry. */
const MOST_REMEMBERED = 10_000;

/** Writes these entries; both are durable when the promise resolves. */
export class ConsentJournal {
  readonly #ledger: Pick<Ledger, 'record'>;
  readonly #shown = new Set<string>();

  constructor(ledger: Pick<Ledger, 'record'>) {
    this.#ledger = ledger;
  }

  /** Once for everything that was shown, however often. */
  async shown(ownerId: string, pending: PendingRequest, offer: Offer): Promise<void> {
    if (this.#shown.has(offer.hash)) return;
    const asked = pending.asked.map((access) => formatAccess({ ...access, reason: null }));
    const body = { ...bodyOf(pending, offer.hash), authorization_details: asked };
    await this.#ledger.record([{ ownerId, kind: 'consent.shown', body }]);
    if (this.#shown.size >= MOST_REMEMBERED) this.#shown.clear();
    this.#shown.add(offer.hash);
  }

  async denied(ownerId: string, pending: PendingRequest, shownHash: string): Promise<void> {
    await this.#ledger.record([{ ownerId, kind: 'consent.denied', body: bodyOf(pending, shownHash) }]);
  }
}

const bodyOf = ({ client, fingerprint }: PendingRequest, shownHash: string) => ({
  client_id: client.id,
  request_sha256: fingerprint,
  shown_hash: shownHash,
});
