// Random numbers that a seed repeats exactly: a life of the simulation is nothing but its seed.

/** A stream of random choices (mulberry32: 32 bits of state, enough to choose by, not to keep secrets). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 to `most`, both included. */
  upTo(most: number): number {
    return Math.floor(this.#next() * (most + 1));
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** One of the values, which MUST NOT be empty. */
  pick<Value>(values: readonly Value[]): Value {
    return values[this.upTo(values.length - 1)]!;
  }

  /** A key of `weights`, as often as its weight says. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key {
    const entries = Object.entries(weights) as [Key, number][];
    let left = this.#next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return entries.at(-1)![0];
  }

  /** A whole number from 0 to `most` of any size: small ones are as likely as large ones. */
  anySize(most: number): number {
    return Math.min(most, Math.floor(Math.exp(this.#next() * Math.log(most + 2))) - 1);
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}
