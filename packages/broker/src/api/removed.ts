// Where lists of calls begin: what an owner's journal says of calls that were removed because they were old, as every answer that would
// have shown them says it.

import { z } from 'zod';
import { readRemoved } from '../audit/read-removals.ts';
import type { ApiParts } from './contract.ts';
import { timeText, toTime } from './wire.ts';

/** Null if no call of the owner's ever was removed. */
export const removedCalls = z
  .object({ before: timeText, seq: z.int().describe('The entry of the journal that said so last') })
  .nullable()
  .describe('Calls from before this moment have left the journal, because they were old');

/** What is gone of the owner's calls. */
export const removedOf = async ({ db }: Pick<ApiParts, 'db'>, ownerId: string) => {
  const removed = await readRemoved(db, ownerId);
  return removed && { before: toTime(removed.untilMs), seq: removed.seq };
};
