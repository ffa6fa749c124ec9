// The keys that sign receipts, and nothing else. A receipt is signed at once and in this thread: it goes out with the answer.

import { sign } from 'node:crypto';
import { type EvidenceKeyParts, EvidenceKeys } from '../audit/evidence-keys.ts';
import { claimsOf, type SettledCall } from './claims.ts';

/** Says what was signed, so that a signature for something else is never taken for one of these. */
const TYPE = 'valetkey-receipt+jwt';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** See the top of this file. */
export class ReceiptKeys extends EvidenceKeys {
  readonly #issuer: string;
  readonly #now: () => number;
  /** The protected header of the key that signs. */
  #header: { readonly kid: string; readonly encoded: string } = { kid: '', encoded: '' };

  constructor(parts: EvidenceKeyParts & { readonly issuer: string }) {
    super(parts, 'receipts');
    this.#issuer = parts.issuer;
    this.#now = parts.ambient.now;
  }

  /** The receipt of a call: a compact JWS (RFC 7515) with ES256. Throws before the first `maintain`. */
  sign(call: SettledCall): string {
    const { kid, key } = this.signing;
    if (this.#header.kid !== kid) this.#header = { kid, encoded: encode({ alg: 'ES256', kid, typ: TYPE }) };
    const signed = `${this.#header.encoded}.${encode(claimsOf(call, this.#issuer, this.#now()))}`;
    const signature = sign('sha256', Buffer.from(signed, 'latin1'), { key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }
}
