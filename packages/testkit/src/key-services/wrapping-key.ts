// A key of a key service with its versions: what it wraps opens under the same context only, and only while that version is not retired.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** See the top of this file. */
export class WrappingKey {
  readonly #versions: Buffer[] = [randomBytes(32)];
  #oldest = 1;

  /** The newest version, which wraps. */
  get version(): number {
    return this.#versions.length;
  }

  rotate(): void {
    this.#versions.push(randomBytes(32));
  }

  /** From now on nothing opens that an older version wrapped. */
  retireOld(): void {
    this.#oldest = this.version;
  }

  encrypt(plaintext: Buffer, context: string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#versions[this.version - 1]!, nonce).setAAD(
      Buffer.from(context),
    );
    const text = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return Buffer.concat([Buffer.from([this.version]), nonce, cipher.getAuthTag(), text]);
  }

  /** Null if it was wrapped otherwise. */
  decrypt(wrapped: Buffer, context: string): Buffer | null {
    const [version = 0] = wrapped;
    const key = version < this.#oldest ? undefined : this.#versions[version - 1];
    if (!key) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(1, 13));
      decipher.setAAD(Buffer.from(context)).setAuthTag(wrapped.subarray(13, 29));
      return Buffer.concat([decipher.update(wrapped.subarray(29)), decipher.final()]);
    } catch {
      return null;
    }
  }
}
