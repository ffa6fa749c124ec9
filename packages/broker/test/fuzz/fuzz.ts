// Runs a reader on inputs that nobody meant for it, for a time: seeded, so that a find can be had again, and bounded, so that an input which
// takes long or keeps memory is a find too. FUZZ_SECONDS (1 unless told) is for each target, FUZZ_SEED where it starts: without it a long run
// starts somewhere else each day, and says where.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect } from 'vitest';

const IS_LONG = process.env.FUZZ_SECONDS !== undefined;
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 1);
const TODAY = new Date().toISOString().slice(0, 10).replaceAll('-', '');
const SEED = Number(process.env.FUZZ_SEED ?? (IS_LONG ? TODAY : 20_261_123));

/** Processor time that one input may take: many times what the dearest takes, far less than a hang. */
const MOST_MS_PER_INPUT = 1000;
const MOST_KEPT_BYTES = 32 * 1024 * 1024;

/** How long a test of one target may take. */
export const FUZZ_TIMEOUT_MS = 60_000 + 3000 * SECONDS;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const keptBytes = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** Whether there was time for as many inputs as make a run worth its name. */
const FEWEST_INPUTS = 20;

/** Checks inputs until the time is up. `check` throws, or rejects, for a find; what `T` is shows in the report. */
export const fuzz = async <T>(
  target: string,
  inputs: fc.Arbitrary<T>,
  check: (input: T) => void | Promise<void>,
): Promise<void> => {
  let executions = 0;
  let slowestMs = 0;
  const bounded = async (input: T) => {
    const before = process.cpuUsage();
    await check(input);
    const { user, system } = process.cpuUsage(before);
    const tookMs = (user + system) / 1000;
    executions += 1;
    slowestMs = Math.max(slowestMs, tookMs);
    if (tookMs > MOST_MS_PER_INPUT) throw new Error(`took ${tookMs} ms`);
  };
  const before = keptBytes();
  await fc.assert(fc.asyncProperty(inputs, bounded), {
    seed: SEED,
    numRuns: 1_000_000_000,
    interruptAfterTimeLimit: 1000 * SECONDS,
    markInterruptAsFailure: false,
  });
  const kept = keptBytes() - before;
  if (IS_LONG) console.log({ target, seed: SEED, executions, slowestMs, kept });
  expect(executions).toBeGreaterThan(FEWEST_INPUTS);
  expect(kept).toBeLessThan(MOST_KEPT_BYTES);
};

type Edit = (bytes: Buffer) => Buffer;

const at = (bytes: Buffer, share: number): number => Math.floor(share * (bytes.length + 1));
const place = fc.double({ min: 0, max: 0.999_999, noNaN: true });

const replace =
  (from: number, length: number, by: Uint8Array): Edit =>
  (bytes) => {
    const start = at(bytes, from);
    return Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(start + length)]);
  };

/** Texts and bytes near those of `corpus`: pieces taken out, put in, repeated and mixed, `words` among what is put in. */
export const near = (
  corpus: readonly (string | Uint8Array)[],
  words: readonly string[],
): fc.Arbitrary<Buffer> => {
  const seeds = corpus.map((seed) => Buffer.from(seed as string));
  const length = fc.nat(12);
  const edits = fc.oneof(
    fc
      .tuple(place, length, fc.constantFrom(...words))
      .map(([from, size, word]) => replace(from, size, Buffer.from(word))),
    fc
      .tuple(place, length, fc.uint8Array({ maxLength: 6 }))
      .map(([from, size, by]) => replace(from, size, by)),
    fc.tuple(place, place, fc.nat(200)).map(
      ([from, to, size]): Edit =>
        (bytes) => {
          const start = at(bytes, from);
          return replace(to, 0, bytes.subarray(start, start + size))(bytes);
        },
    ),
    fc.tuple(place, fc.constantFrom(...seeds)).map(
      ([from, other]): Edit =>
        (bytes) =>
          Buffer.concat([bytes.subarray(0, at(bytes, from)), other.subarray(at(other, from))]),
    ),
  );
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(edits, { maxLength: 6 }))
    .map(([seed, some]) => some.reduce<Buffer>((bytes, edit) => edit(bytes), seed));
};
