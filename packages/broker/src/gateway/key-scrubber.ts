// Takes a provider key out of what the provider answers: some echo it in errors, whole or cut. Any 16 characters in a row of it are
// masked, across chunk boundaries; every other byte stays as it was, and so does the length, which may have been announced.

const NOTHING = Buffer.alloc(0);

/** Shorter ones are no secrets but words that keyless providers are given (`sandbox`, `ollama`), and words stand in answers. */
const SHORTEST_KEY = 12;

/** More than the beginnings that all keys of a provider share (`sk-ant-api03-`), which stand in answers too; what is left is still a secret. */
const LONGEST_SHOWN_PART = 15;

const LINE_FEED = 0x0a;

/** A bit for each slot that a block of a key can have; a key of 200 characters sets few of them. */
const SLOTS = 8192;

/** Bytes from `from` to before `to`. */
interface Run {
  readonly from: number;
  readonly to: number;
}

/** Watches the bytes of one answer for one key. Keeps back less than a part of the key. */
export class KeyScrubber {
  readonly #key: Buffer;
  /** How many of its characters in a row are masked. */
  readonly #part: number;
  /** Each part holds a whole block that begins at a multiple of its length, wherever the part begins. */
  readonly #block: number;
  readonly #slots: Buffer;
  #kept: Buffer = NOTHING;
  /** How many of the kept bytes belong to a part that was found. */
  #keptFound = 0;

  constructor(key: string) {
    this.#key = key.length < SHORTEST_KEY ? NOTHING : Buffer.from(key, 'latin1');
    this.#part = Math.min(LONGEST_SHOWN_PART + 1, this.#key.length);
    this.#block = (this.#part + 1) >> 1;
    // From the pool of buffers, where this costs a tenth: there is one for each call.
    this.#slots = Buffer.allocUnsafe(SLOTS / 8).fill(0);
    for (let at = 0; at + this.#block <= this.#key.length; at += 1) {
      const slot = this.#slotOf(this.#key, at);
      this.#slots[slot >> 3]! |= 1 << (slot & 7);
    }
  }

  /** What may be passed on now: the same buffer when it holds no part of the key. */
  push(chunk: Buffer): Buffer {
    if (this.#key.length === 0) return chunk;
    const bytes = this.#kept.length > 0 ? Buffer.concat([this.#kept, chunk]) : chunk;
    const runs = this.#findParts(bytes);
    if (this.#keptFound > 0) runs.push({ from: 0, to: this.#keptFound });
    const end = bytes.length - this.#openEnd(bytes);
    this.#kept = end < bytes.length ? Buffer.from(bytes.subarray(end)) : NOTHING;
    this.#keptFound = runs.reduce((most, { to }) => Math.max(most, to - end), 0);
    const clean = masked(bytes, runs);
    return end < bytes.length ? clean.subarray(0, end) : clean;
  }

  /** A whole text, such as a header's, with every part of the key masked. */
  mask(text: string): string {
    if (this.#key.length === 0 || text.length < this.#part) return text;
    const bytes = Buffer.from(text, 'latin1');
    const runs = this.#findParts(bytes);
    return runs.length === 0 ? text : masked(bytes, runs).toString('latin1');
  }

  /** What was kept back: the answer ended, so it was no part of the key, or one that was found. */
  end(): Buffer {
    const rest = masked(this.#kept, [{ from: 0, to: this.#keptFound }]);
    this.#kept = NOTHING;
    this.#keptFound = 0;
    return rest;
  }

  #slotOf(bytes: Buffer, at: number): number {
    const last = at + this.#block - 1;
    return (bytes[at]! ^ (bytes[at + (this.#block >> 1)]! << 3) ^ (bytes[last]! << 6)) & (SLOTS - 1);
  }

  #findParts(bytes: Buffer): Run[] {
    const runs: Run[] = [];
    for (let at = 0; at + this.#block <= bytes.length; at += this.#block) {
      const slot = this.#slotOf(bytes, at);
      if ((this.#slots[slot >> 3]! & (1 << (slot & 7))) === 0) continue;
      const run = this.#partsAround(bytes, at);
      if (run !== null) runs.push(run);
    }
    return runs;
  }

  /** All parts that hold the block at `at`; null if none does. Looks no further than they reach: time MUST NOT grow with repetition. */
  #partsAround(bytes: Buffer, at: number): Run | null {
    const key = this.#key;
    const block = bytes.subarray(at, at + this.#block);
    const beside = this.#part - this.#block;
    let from = at;
    let to = at;
    for (let place = key.indexOf(block); place >= 0; place = key.indexOf(block, place + 1)) {
      let before = 0;
      while (before < beside && place > before && isSame(at - before - 1, place - before - 1)) before += 1;
      let after = this.#block;
      while (after < this.#part && isSame(at + after, place + after)) after += 1;
      if (before + after < this.#part) continue;
      from = Math.min(from, at - before);
      to = Math.max(to, at + after);
      if (to - from === beside + this.#part) break;
    }
    return from < to ? { from, to } : null;

    function isSame(inBytes: number, inKey: number): boolean {
      return key[inKey] !== undefined && bytes[inBytes] === key[inKey];
    }
  }

  /** How many bytes at the end could be the beginning of a part. */
  #openEnd(bytes: Buffer): number {
    // The end of an event: no header could hold a key with one.
    if (bytes[bytes.length - 1] === LINE_FEED) return 0;
    let length = 0;
    const most = Math.min(this.#part - 1, bytes.length);
    while (length < most && this.#key.includes(bytes.subarray(bytes.length - length - 1))) length += 1;
    return length;
  }
}

/** The bytes with those runs masked; the same buffer when there is nothing in them. */
function masked(bytes: Buffer, runs: readonly Run[]): Buffer {
  if (runs.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  for (const { from, to } of runs) copy.fill('*', from, to);
  return copy;
}
