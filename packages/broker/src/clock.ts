// Time and randomness as arguments, so that rules can be tested with a clock that stands still.

import { randomBytes } from 'node:crypto';

/** What a room needs from the outside world to decide: the time and unpredictable bytes. */
export interface Ambient {
  /** Epoch milliseconds, UTC. */
  readonly now: () => number;
  readonly randomBytes: (size: number) => Uint8Array;
}

/** The machine's own clock and generator. */
export const systemAmbient: Ambient = { now: () => Date.now(), randomBytes: (size) => randomBytes(size) };

const ALPHABET = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 'latin1');

/** An unguessable id: `prefix` (ASCII) and `length` base-62 characters (5.95 bits each), without modulo bias. */
export const randomId = (ambient: Ambient, prefix: string, length = 22): string => {
  // Written into bytes: a text that is put together of pieces stays in pieces, and `JSON.stringify` takes twice as long for an object with one.
  const id = Buffer.allocUnsafe(prefix.length + length);
  let end = id.write(prefix, 'latin1');
  while (end < id.length) {
    for (const byte of ambient.randomBytes(length)) {
      if (byte < 248 && end < id.length) id[end++] = ALPHABET[byte % 62]!;
    }
  }
  return id.toString('latin1');
};

/** As `randomId`, after 9 characters that sort by time (base 36 milliseconds): keeps unique indexes over many rows fast. */
export const timedId = (ambient: Ambient, prefix: string): string =>
  randomId(ambient, `${prefix}${ambient.now().toString(36).padStart(9, '0')}`, 16);
