// Bytes kept back until the rest of a line or event arrives. Copies what it keeps, so that many tiny chunks cost their bytes and not
// their buffers.

const NOTHING = Buffer.alloc(0);

/** A growing run of bytes. Its user MUST bound the length. */
export class ByteQueue {
  #buffer: Buffer = NOTHING;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Adds a copy of the bytes at the end. */
  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.length, 256));
      this.#buffer.copy(grown, 0, 0, this.#length);
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = needed;
  }

  /** The bytes kept, which now belong to the caller; the queue is empty afterwards. */
  take(): Buffer {
    const bytes = this.#buffer.subarray(0, this.#length);
    this.clear();
    return bytes;
  }

  clear(): void {
    this.#buffer = NOTHING;
    this.#length = 0;
  }
}
