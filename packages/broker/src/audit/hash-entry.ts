// The one encoding of a journal entry that its hash is computed over. MUST NOT change for entries already written: a new encoding needs a
// new genesis label, or old logs no longer verify.

import { hash } from 'node:crypto';

/**
 * An entry's own columns in their fixed order: owner_id, kind, call_id, grant_id, link_id, held_nanos, settled_nanos, held_tokens,
 * settled_tokens, held_requests, settled_requests, body.
 */
export type EntryColumns = readonly [
  ownerId: string,
  kind: string,
  callId: string | null,
  grantId: string | null,
  linkId: string | null,
  heldNanos: number,
  settledNanos: number,
  heldTokens: number,
  settledTokens: number,
  heldRequests: number,
  settledRequests: number,
  body: string,
];

/** What stands before an owner's first entry: it differs for every owner, so that chains can not be exchanged. */
export const genesisHash = (ownerId: string): string =>
  hash('sha256', JSON.stringify(['valetkey-journal-1', ownerId]), 'base64url');

/**
 * The hash of an entry: SHA-256, base64url, over the UTF-8 of the JSON array `[previous hash, seq, at, ...columns]` without white space.
 * JSON quotes every text and separates every value, so two different entries never have the same encoding.
 */
export const hashEntry = (previousHash: string, seq: number, atMs: number, columns: EntryColumns): string =>
  hash('sha256', JSON.stringify([previousHash, seq, atMs, ...columns]), 'base64url');
