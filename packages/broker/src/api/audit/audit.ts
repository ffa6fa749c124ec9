// GET /audit/export: the owner's journal as a file, line by line as it is read. Entries hold ids, amounts and hashes: nothing in them needs
// to be left out.

import { Readable } from 'node:stream';
import { z } from 'zod';
import { formatEntry } from '../../audit/export-line.ts';
import { readJournal } from '../../audit/read-journal.ts';
import { formatEcs } from '../../audit/to-ecs.ts';
import { ApiError } from '../api-error.ts';
import type { App } from '../app.ts';
import { requireConfirmed } from '../confirmed.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses } from '../wire.ts';

const moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: 'must be a date or an RFC 3339 time' })
  .transform((text) => Date.parse(text))
  .optional();

const querystring = z.strictObject({
  from: moment.describe('The first moment, inclusive; a date begins at 00:00 UTC'),
  to: moment.describe('The last moment, exclusive'),
  format: z.enum(['jsonl', 'ecs']).default('jsonl').describe('`ecs`: names of the Elastic Common Schema'),
});

const FORMATS = { jsonl: formatEntry, ecs: formatEcs };

type Query = z.infer<typeof querystring>;

async function* textOf({ db, onFault }: ApiParts, ownerId: string, query: Query, requestId: string) {
  const format = FORMATS[query.format];
  try {
    for await (const entries of readJournal(db, ownerId, { fromMs: query.from, toMs: query.to }))
      yield entries.map((entry) => `${format(entry)}\n`).join('');
  } catch (error) {
    // The answer has begun: all that can still be said is that it was broken off.
    onFault(error, requestId);
    throw error;
  }
}

/** Registers the call. */
export const registerAudit = (app: App, parts: ApiParts): void => {
  const schema = {
    summary: 'Export the journal as JSON Lines',
    description:
      'Every entry in the order of its chain; see docs/reference/audit.md for the members of a line.',
    tags: ['audit'],
    produces: ['application/x-ndjson'],
    querystring,
    response: { 200: z.string().describe('A JSON object on each line'), ...errorResponses },
  };
  app.get('/api/v1/audit/export', { schema }, async ({ id, owner, query }, reply) => {
    await requireConfirmed(parts, owner);
    if (query.from !== undefined && query.to !== undefined && query.to < query.from)
      throw new ApiError('invalid_request', 'to: must not be before `from`');
    // Sent as it is read: Fastify waits for whoever reads slowly, and so does the next page.
    return reply
      .header('content-type', 'application/x-ndjson')
      .header('content-disposition', 'attachment; filename="valetkey-journal.jsonl"')
      .send(Readable.from(textOf(parts, owner.ownerId, query, id)) as never);
  });
};
