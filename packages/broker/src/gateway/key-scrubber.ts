// Takes a provider key out of what the provider answers: some echo it in errors. Works across chunk boundaries and leaves every other
// byte as it was; the mask is as long as the key, so that a length that was announced stays true.

const NOTHING = Buffer.alloc(0);

/** Shorter ones are no secrets but words that keyless providers are given (`sandbox`, `ollama`), and words stand in answers. */
const SHORTEST_KEY = 12;

/** Watches the bytes of one answer for one key. Keeps back at most the key's length less one byte. */
export class KeyScrubber {
  readonly #key: Buffer;
  #kept: Buffer = NOTHING;

  constructor(key: string) {
    this.#key = key.length < SHORTEST_KEY ? NOTHING : Buffer.from(key, 'latin1');
  }

  /** What may be passed on now: the same buffer when it holds no part of the key. */
  push(chunk: Buffer): Buffer {
    if (this.#key.length === 0) return chunk;
    let rest = this.#kept.length > 0 ? Buffer.concat([this.#kept, chunk]) : chunk;
    const clean: Buffer[] = [];
    for (let at = rest.indexOf(this.#key); at >= 0; at = rest.indexOf(this.#key)) {
      clean.push(rest.subarray(0, at), Buffer.alloc(this.#key.length, '*'));
      rest = rest.subarray(at + this.#key.length);
    }
    const keep = this.#openEnd(rest);
    this.#kept = keep > 0 ? Buffer.from(rest.subarray(rest.length - keep)) : NOTHING;
    const passed = keep > 0 ? rest.subarray(0, rest.length - keep) : rest;
    return clean.length > 0 ? Buffer.concat([...clean, passed]) : passed;
  }

  /** A whole text, such as a header's, with the key masked. */
  mask(text: string): string {
    return this.#key.length === 0
      ? text
      : text.replaceAll(this.#key.toString('latin1'), '*'.repeat(this.#key.length));
  }

  /** What was kept back: the answer ended, so it was not the key. */
  end(): Buffer {
    const kept = this.#kept;
    this.#kept = NOTHING;
    return kept;
  }

  /** How many bytes at the end could be the beginning of the key. */
  #openEnd(bytes: Buffer): number {
    const key = this.#key;
    for (let length = Math.min(key.length - 1, bytes.length); length > 0; length -= 1) {
      const from = bytes.length - length;
      let same = 0;
      while (same < length && bytes[from + same] === key[same]) same += 1;
      if (same === length) return length;
    }
    return 0;
  }
}
