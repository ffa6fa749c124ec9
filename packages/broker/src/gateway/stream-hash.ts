// The SHA-256 of an answer that goes by in many small pieces: they are gathered, because handing a piece to the digest costs more than
// hashing it.

import { createHash, type Hash, hash } from 'node:crypto';

const GATHERED_BYTES = 4096;

/** A digest of all bytes noted, in the order they came. */
export class StreamHash {
  /** Made when more came than is gathered: a short answer is hashed in one call. */
  #hash: Hash | null = null;
  readonly #gathered = Buffer.allocUnsafe(GATHERED_BYTES);
  #length = 0;

  /** Takes in `bytes`; they may be changed afterwards. */
  note(bytes: Uint8Array): void {
    if (this.#length + bytes.length > GATHERED_BYTES) this.#flush();
    if (bytes.length > GATHERED_BYTES) {
      this.#update(bytes);
      return;
    }
    this.#gathered.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The digest, base64url. Ends it. */
  digest(): string {
    if (!this.#hash) return hash('sha256', this.#gathered.subarray(0, this.#length), 'base64url');
    this.#flush();
    return this.#hash.digest('base64url');
  }

  #flush(): void {
    if (this.#length > 0) this.#update(this.#gathered.subarray(0, this.#length));
    this.#length = 0;
  }

  #update(bytes: Uint8Array): void {
    this.#hash ??= createHash('sha256');
    this.#hash.update(bytes);
  }
}
