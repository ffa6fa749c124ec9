// Where the owner is signed in, and the ways to sign out there. Ending a session never waits for anything.

import { z } from 'zod';
import type { SessionSummary } from '../../accounts/contract.ts';
import { found } from '../api-error.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses, idParams, noBody, noContent, onePage, pageOf, timeText, toTime } from '../wire.ts';

const session = z
  .object({
    id: z.string(),
    kind: z.enum(['browser', 'terminal']).describe('`terminal`: a command line that was let in'),
    program: z.string().nullable().describe('As it calls itself'),
    ip_address: z.string().nullable(),
    created_at: timeText,
    last_used_at: timeText.describe('At most a minute old'),
    is_this: z.boolean().describe('Whether it is the one that asks'),
  })
  .meta({ id: 'Session' });

const present = (
  { id, method, program, ipAddress, beganAtMs, usedAtMs }: SessionSummary,
  ownId: string,
): z.infer<typeof session> => ({
  id,
  kind: method === 'device' ? 'terminal' : 'browser',
  program,
  ip_address: ipAddress,
  created_at: toTime(beganAtMs),
  last_used_at: toTime(usedAtMs),
  is_this: id === ownId,
});

/** Registers the calls. */
export const registerSessions = (app: App, { sessions }: ApiParts): void => {
  const tags = ['sessions'];
  const path = '/api/v1/sessions';
  const list = {
    summary: 'List where you are signed in',
    tags,
    response: { 200: pageOf(session), ...errorResponses },
  };
  app.get(path, { schema: list }, async ({ owner: { ownerId, sessionId } }) =>
    onePage((await sessions.list(ownerId)).map((each) => present(each, sessionId))),
  );

  const end = {
    summary: 'Sign out there',
    tags,
    params: idParams,
    response: { 204: noContent, ...errorResponses },
  };
  app.delete(`${path}/:id`, { schema: end }, async ({ owner, params }, reply) => {
    found((await sessions.end(owner.ownerId, params.id)) || null, 'session');
    return reply.status(204).send(null);
  });

  const endOthers = {
    summary: 'Sign out everywhere else',
    tags,
    body: noBody,
    response: { 200: z.object({ ended: z.int() }), ...errorResponses },
  };
  app.post(`${path}/end-others`, { schema: endOthers }, async ({ owner: { ownerId, sessionId } }) => ({
    ended: await sessions.endOthers(ownerId, sessionId),
  }));
};
