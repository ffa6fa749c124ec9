// A map for what can be read again: it forgets its oldest entries, so that a flood of strangers can not fill the memory.

/** How many of the entries go at once, when it is full. */
const FORGOTTEN_SHARE = 1 / 16;

/**
 * A map of at most `mostKept` entries. The oldest go many at once: a map finds its first entry by walking past all that were deleted before
 * it, which would cost each new entry as much as 10 us (20,000 kept).
 */
export class BoundedMap<Value> extends Map<string, Value> {
  readonly #mostKept: number;

  constructor(mostKept: number) {
    super();
    this.#mostKept = mostKept;
  }

  override set(key: string, value: Value): this {
    if (this.size >= this.#mostKept && !this.has(key)) this.#forgetOldest();
    return super.set(key, value);
  }

  #forgetOldest(): void {
    const left = Math.floor(this.#mostKept * (1 - FORGOTTEN_SHARE));
    for (const key of this.keys()) {
      if (this.size <= left) return;
      this.delete(key);
    }
  }
}
