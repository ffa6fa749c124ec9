// Checking a password takes a thread and 32 MB for a while, on purpose. Few are checked at a time, so that a flood of sign-ins leaves the rest
// of the process its threads; browsers that are known have a turn of their own, so that it leaves their owners one, too.

import { AsyncLocalStorage } from 'node:async_hooks';

/** There are more than can wait. */
export class TooManyWaiting extends Error {}

/** Does at most `atOnce` things at a time; at most `waiting` wait for theirs, in order. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  readonly #most: { readonly atOnce: number; readonly waiting: number };
  #running = 0;

  constructor(most: { readonly atOnce: number; readonly waiting: number }) {
    this.#most = most;
  }

  /** Does `work` when it is its turn. Throws {@link TooManyWaiting} at once, with nothing done, if too many wait before it. */
  async take<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#running < this.#most.atOnce) this.#running += 1;
    else if (this.#waiting.length >= this.#most.waiting) throw new TooManyWaiting('too many wait');
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Whoever waits next takes this place over.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

/** Of the four threads that Node has for this, names and files one: three at most check passwords. */
const STRANGERS = new Turns({ atOnce: 2, waiting: 40 });
const KNOWN = new Turns({ atOnce: 1, waiting: 40 });

const tries = new AsyncLocalStorage<{ isKnown: boolean }>();

/** Calls what may check a password; it is a stranger's until {@link vouchForTry} is called within. */
export const beginTry = <Value>(work: () => Promise<Value>): Promise<Value> =>
  tries.run({ isKnown: false }, work);

/** From here on the call that runs is that of a known browser. */
export const vouchForTry = (): void => {
  const tried = tries.getStore();
  if (tried) tried.isKnown = true;
};

/** Checks or hashes a password in its turn. */
export const takePasswordTurn = <Value>(work: () => Promise<Value>): Promise<Value> =>
  (tries.getStore()?.isKnown ? KNOWN : STRANGERS).take(work);
