// GET /calls/export: the calls of a list as a file, page by page as they are read, newest first.

import { Readable } from 'node:stream';
import { z } from 'zod';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses } from '../wire.ts';
import { readPage } from './read-page.ts';
import { type Call, exportFilter } from './schema.ts';
import { CSV_HEADER, csvLine } from './to-csv.ts';

type Query = z.infer<typeof exportFilter>;

const PAGE = 200;

const FORMATS = {
  csv: { type: 'text/csv; charset=utf-8', begin: CSV_HEADER, line: (call: Call) => csvLine(call), end: '' },
  json: {
    type: 'application/json',
    begin: '[',
    line: (call: Call, isFirst: boolean) => `${isFirst ? '' : ','}\n${JSON.stringify(call)}`,
    end: '\n]\n',
  },
};

async function* textOf(parts: ApiParts, ownerId: string, { format, ...filter }: Query, requestId: string) {
  const { begin, line, end } = FORMATS[format];
  yield begin;
  let isFirst = true;
  try {
    for (let before: string | null | undefined; before !== null; ) {
      const page = await readPage(parts, ownerId, { ...filter, before, limit: PAGE });
      let text = '';
      for (const call of page.data) {
        text += line(call, isFirst);
        isFirst = false;
      }
      yield text;
      before = page.next;
    }
  } catch (error) {
    // The answer has begun: all that can still be said is that it was broken off.
    parts.onFault(error, requestId);
    throw error;
  }
  yield end;
}

/** Registers the call. */
export const registerCallExport = (app: App, parts: ApiParts): void => {
  const schema = {
    summary: 'Export calls as CSV or JSON, newest first',
    description: 'The same calls as the list with the same filter has, on all its pages.',
    tags: ['calls'],
    produces: ['text/csv', 'application/json'],
    querystring: exportFilter,
    response: { 200: z.string().describe('A file'), ...errorResponses },
  };
  app.get('/api/v1/calls/export', { schema }, async ({ id, owner, query }, reply) =>
    // Sent as it is read: Fastify waits for whoever reads slowly, and so does the next page.
    reply
      .header('content-type', FORMATS[query.format].type)
      .header('content-disposition', `attachment; filename="valetkey-calls.${query.format}"`)
      .send(Readable.from(textOf(parts, owner.ownerId, query, id)) as never),
  );
};
