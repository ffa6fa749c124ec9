// What the checkpoints of one owner say, by the place in the journal that they speak of. The verifier asks entry by entry.

import { fail, type Result, succeed } from '@valetkey/core';
import { type Checkpoint, findCheckpoint, type ReadCheckpoint } from './checkpoint.ts';
import { linesOf } from './lines-of.ts';

/** The hash that was signed for a place in the chain, and when; places in no order. */
export type SignedHeads = ReadonlyMap<number, Pick<Checkpoint, 'hash' | 'at'>>;

/**
 * Every checkpoint of the owner in a file, which may hold those of others, and lines that are none, a torn one or another program's. Fails
 * with a sentence when there is none, one is not genuine, or two are that contradict each other.
 */
export async function readSignedHeads(
  chunks: AsyncIterable<Buffer>,
  owner: string,
  read: ReadCheckpoint,
): Promise<Result<SignedHeads, string>> {
  const heads = new Map<number, Pick<Checkpoint, 'hash' | 'at'>>();
  let line = 0;
  for await (const lines of linesOf(chunks)) {
    for (const text of lines) {
      line += 1;
      const jws = findCheckpoint(text ?? '', owner);
      if (jws === null) continue;
      const checkpoint = await read(jws);
      if (!checkpoint) return fail(`Line ${line} of the checkpoints was not signed with one of these keys.`);
      const { seq, hash, at } = checkpoint;
      const known = heads.get(seq);
      if (known && known.hash !== hash) {
        return fail(
          `Entry ${seq} was signed twice with different contents (line ${line} of the checkpoints is the second): the journal was set back and written anew.`,
        );
      }
      if (!known) heads.set(seq, { hash, at });
    }
  }
  return heads.size > 0 ? succeed(heads) : fail('The checkpoints hold none of this owner.');
}
