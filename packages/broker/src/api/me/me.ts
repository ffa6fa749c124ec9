// GET /me: who is signed in, and to what.

import { z } from 'zod';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses } from '../wire.ts';

const me = z
  .object({
    owner: z.object({ id: z.string(), email: z.string(), name: z.string() }),
    issuer: z.string(),
    version: z.string(),
    locale: z.string(),
    step_up: z
      .enum(['password', 'passkey'])
      .nullable()
      .describe('What has to be shown again before what matters most; null if you just did'),
  })
  .meta({ id: 'Me' });

/** Registers the call. */
export const registerMe = (app: App, { issuer, version, stepUpFor }: ApiParts): void => {
  const schema = { summary: 'Who is signed in', tags: ['me'], response: { 200: me, ...errorResponses } };
  app.get('/api/v1/me', { schema }, async ({ owner }) => ({
    owner: { id: owner.ownerId, email: owner.email, name: owner.name },
    issuer,
    version,
    locale: 'en',
    step_up: (await stepUpFor(owner))?.method ?? null,
  }));
};
