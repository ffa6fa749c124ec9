// POST /ledger/compare: adds up the owner's journal anew and compares it with what the broker decides by.

import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses, noBody } from '../wire.ts';

const report = z
  .object({
    entries: z.int(),
    calls: z.int(),
    open_calls: z.int(),
    removed_calls: z.int().describe('Calls that left the journal because they were old'),
    links: z.int(),
    faults: z
      .array(z.object({ entry_id: z.int().nullable(), problem: z.string() }))
      .describe('What does not add up, the first of it; empty when all does'),
  })
  .meta({ id: 'LedgerReport' });

/** Registers the call. */
export const registerLedger = (app: App, { compareLedger }: ApiParts): void => {
  const comparing = new Set<string>();
  const schema = {
    summary: 'Compare balances with the journal',
    tags: ['ledger'],
    body: noBody,
    response: { 200: report, ...errorResponses },
  };
  app.post('/api/v1/ledger/compare', { schema }, async ({ owner: { ownerId } }) => {
    // It reads the whole journal of an owner: once at a time.
    if (comparing.has(ownerId)) throw new ApiError('conflict', 'A comparison is running. Wait for its end.');
    comparing.add(ownerId);
    try {
      const found = await compareLedger(ownerId);
      if (!found) throw new ApiError('unavailable', 'Nothing can be recorded just now. Try again shortly.');
      const { entries, calls, openCalls: open_calls, removedCalls: removed_calls, links } = found;
      const faults = found.faults.map(({ entryId: entry_id, problem }) => ({ entry_id, problem }));
      return { entries, calls, open_calls, removed_calls, links, faults };
    } finally {
      comparing.delete(ownerId);
    }
  });
};
