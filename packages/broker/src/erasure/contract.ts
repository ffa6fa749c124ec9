// Erasing what people wrote. The journal holds ids, amounts and hashes, so that it stays whole and verifiable when this is done.

import type { Result } from '@valetkey/core';

/** What is erased: an access with all that was delegated below it, an app with every access it had, or the owner with everything. */
export type EraseTarget =
  | { readonly what: 'grant'; readonly grantId: string }
  | { readonly what: 'app'; readonly clientId: string }
  | { readonly what: 'owner' };

/** What was erased. */
export interface Erased {
  /** Grants whose names, reasons and requests are gone. */
  readonly grants: number;
}

/** Why nothing was erased. `in_use`: end it first; what people need to see what they give cannot be erased under them. */
export interface EraseRefusal {
  readonly reason: 'not_found' | 'in_use' | 'unavailable';
  readonly detail: string;
}

/** Erases. Idempotent: what was erased can be erased again, and an attempt that broke off be finished. */
export interface Erasure {
  erase(ownerId: string, target: EraseTarget): Promise<Result<Erased, EraseRefusal>>;
}
