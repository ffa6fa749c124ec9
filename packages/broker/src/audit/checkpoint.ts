// A signed checkpoint: how far an owner's journal had come, as a compact JWS (RFC 7515). Kept outside the database it shows what no look
// at the database can: that the newest entries are gone, or that all of it was written anew.

import type { KeyObject } from 'node:crypto';
import { CompactSign, compactVerify, createLocalJWKSet, decodeJwt, type JSONWebKeySet } from 'jose';
import { isTime } from './export-line.ts';
import type { ChainHead } from './verify-journal.ts';

/** The head of an owner's chain at a moment, as one broker had it. */
export interface Checkpoint extends ChainHead {
  readonly owner: string;
  /** Epoch milliseconds, UTC: when it was signed. */
  readonly at: number;
  /** The issuer that signed. */
  readonly broker: string;
}

/** Says what was signed, so that a signature for something else is never taken for one of these. */
const TYPE = 'valetkey-checkpoint+jws';

/** ES256 has signatures of 64 bytes: 86 characters. A line that was cut off while it was written has no match. */
const COMPACT_JWS = /eyJ[\w-]{1,300}\.eyJ[\w-]{1,2000}\.[\w-]{86}(?![\w-])/;

/** The checkpoint as a compact JWS. */
export const signCheckpoint = (checkpoint: Checkpoint, kid: string, key: KeyObject): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(checkpoint)))
    .setProtectedHeader({ alg: 'ES256', kid, typ: TYPE })
    .sign(key);

/** A line of a file of checkpoints. As one member of a JSON object it is found in logs as well. */
export const checkpointLine = (jws: string): string => JSON.stringify({ checkpoint: jws });

/** The JWS in a line of any text, if it holds one that speaks of this owner. Whether it is genuine is not looked at. */
export const findCheckpoint = (line: string, owner: string): string | null => {
  const jws = COMPACT_JWS.exec(line)?.[0];
  if (jws === undefined) return null;
  try {
    return decodeJwt(jws).owner === owner ? jws : null;
  } catch {
    return null;
  }
};

/** The checkpoint of a JWS; null if it is not genuine. */
export type ReadCheckpoint = (jws: string) => Promise<Checkpoint | null>;

/** A reader that believes what one of `keys` has signed. Throws if they are no JWK set. MUST take the algorithm and the keys from here, never from the JWS. */
export const checkpointReader = (keys: JSONWebKeySet): ReadCheckpoint => {
  const findKey = createLocalJWKSet(keys);
  return async (jws) => {
    try {
      const { payload, protectedHeader } = await compactVerify(jws, findKey, { algorithms: ['ES256'] });
      const checkpoint = JSON.parse(new TextDecoder().decode(payload)) as Checkpoint;
      return protectedHeader.typ === TYPE && isCheckpoint(checkpoint) ? checkpoint : null;
    } catch {
      return null;
    }
  };
};

const isCheckpoint = ({ owner, seq, hash, at, broker }: Checkpoint): boolean =>
  typeof owner === 'string' &&
  Number.isSafeInteger(seq) &&
  typeof hash === 'string' &&
  isTime(at) &&
  typeof broker === 'string';
