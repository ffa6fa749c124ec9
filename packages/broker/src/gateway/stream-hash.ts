// The SHA-256 of an answer that goes by in many small pieces: they are gathered, because handing a piece to the digest costs more than
// hashing it.

import { createHash } from 'node:crypto';

const GATHERED_BYTES = 4096;

/** A digest of all bytes noted, in the order they came. */
export class StreamHash {
  readonly #hash = createHash('sha256');
  readonly #gathered = Buffer.allocUnsafe(GATHERED_BYTES);
  #length = 0;

  /** Takes in `bytes`; they may be changed afterwards. */
  note(bytes: Uint8Array): void {
    if (this.#length + bytes.length > GATHERED_BYTES) this.#flush();
    if (bytes.length > GATHERED_BYTES) {
      this.#hash.update(bytes);
      return;
    }
    this.#gathered.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The digest, base64url. Ends it. */
  digest(): string {
    this.#flush();
    return this.#hash.digest('base64url');
  }

  #flush(): void {
    if (this.#length > 0) this.#hash.update(this.#gathered.subarray(0, this.#length));
    this.#length = 0;
  }
}
