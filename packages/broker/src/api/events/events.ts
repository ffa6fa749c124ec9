// GET /events: a page that stays open is told when there is something new to read, whichever replica wrote it.

import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses } from '../wire.ts';

const schema = {
  summary: 'Be told when something of yours changed',
  description:
    'Server-sent events. `changed` says that your journal has grown to `{"seq": ...}`, within about two seconds; what there is to see is read as ' +
    'always. A stream ends after five minutes: connect again with its last id as `Last-Event-ID`, as browsers do, and nothing is missed. 10 ' +
    'may be open at a time.',
  tags: ['events'],
  produces: ['text/event-stream'],
  response: { 200: z.string().describe('Events'), ...errorResponses },
};

/** Registers the call. */
export const registerEvents = (app: App, { events, sessionOf }: ApiParts): void => {
  app.get('/api/v1/events', { schema }, async ({ owner, headers, raw }, reply) => {
    const opened = await events.open({
      ownerId: owner.ownerId,
      lastEventId: headers['last-event-id']?.toString(),
      isGood: async () => (await sessionOf(raw))?.sessionId === owner.sessionId,
    });
    if (!opened.ok)
      throw opened.error === 'closed'
        ? new ApiError('unavailable', 'The broker is about to end. Connect again shortly.')
        : new ApiError(
            'rate_limited',
            'Too many event streams are open. Close one, or ask again now and then.',
          );
    // A proxy that collects answers would keep every event back.
    reply.header('content-type', 'text/event-stream').header('x-accel-buffering', 'no');
    return reply.send(opened.value as never);
  });
};
