// What a verification of the ledger tells, whichever way it went.

/** Something that does not add up. */
export interface LedgerFault {
  /** The journal entry at fault; null where it is not one entry. */
  readonly entryId: number | null;
  readonly ownerId: string | null;
  /** A sentence, after the name of the entry where there is one. */
  readonly problem: string;
}

/** The counts of a verification and what it found; it passed when there are no faults. */
export interface LedgerReport {
  readonly entries: number;
  readonly owners: number;
  readonly calls: number;
  readonly openCalls: number;
  /** Calls that are not in the journal any more, because they were old. */
  readonly removedCalls: number;
  /** Links whose balances were compared. */
  readonly links: number;
  /** The first faults, in the order of the journal. */
  readonly faults: readonly LedgerFault[];
}

/** Faults that are told; one often causes many. */
export const MOST_FAULTS = 20;
