// GET /audit/changes: who changed what and when. Entries hold ids; how grants are called today is added for people.

import { z } from 'zod';
import { CHANGE_TOPICS, type ChangeTopic, readChanges } from '../../audit/read-changes.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { removedCalls, removedOf } from '../removed.ts';
import { errorResponses, pageOf, timeText, toTime } from '../wire.ts';

const change = z
  .object({
    seq: z.int().describe('Its place in the journal'),
    at: timeText,
    kind: z.string(),
    grant_id: z.string().nullable(),
    grant_name: z.string().nullable().describe('As it is called today'),
    call_id: z.string().nullable(),
    body: z.record(z.string(), z.unknown()).describe('Ids, amounts and hashes, as they stand in the entry'),
    hash: z.string(),
  })
  .meta({ id: 'Change' });

const querystring = z.strictObject({
  topic: z.enum(Object.keys(CHANGE_TOPICS) as [ChangeTopic, ...ChangeTopic[]]).optional(),
  grant_id: z.string().max(200).optional(),
  before: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the `next` of a page before')
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Registers the call. */
export const registerChanges = (app: App, { db, grants }: ApiParts): void => {
  const schema = {
    summary: 'List changes, newest first: every entry of the journal that is not of a call',
    tags: ['audit'],
    querystring,
    response: { 200: pageOf(change).extend({ removed: removedCalls }), ...errorResponses },
  };
  app.get('/api/v1/audit/changes', { schema }, async ({ owner: { ownerId }, query }) => {
    const { topic, grant_id: grantId, limit } = query;
    const before = query.before === undefined ? undefined : Number(query.before);
    const [found, owned, removed] = await Promise.all([
      readChanges(db, ownerId, { topic, grantId, before, limit: limit + 1 }),
      grants.list(ownerId),
      removedOf({ db }, ownerId),
    ]);
    const names = new Map(owned.map(({ id, name }) => [id, name]));
    const shown = found.slice(0, limit);
    return {
      data: shown.map((each) => ({
        seq: each.seq,
        at: toTime(each.atMs),
        kind: each.kind,
        grant_id: each.grantId,
        grant_name: names.get(each.grantId ?? '') ?? null,
        call_id: each.callId,
        body: { ...each.body },
        hash: each.hash,
      })),
      next: found.length > limit ? String(shown.at(-1)!.seq) : null,
      removed,
    };
  });
};
