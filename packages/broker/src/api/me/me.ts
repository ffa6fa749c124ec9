// GET /me: who is signed in, and to what.

import { z } from 'zod';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { maxima, toMaxima } from '../owners/schema.ts';
import { errorResponses } from '../wire.ts';

const me = z
  .object({
    owner: z.object({ id: z.string(), email: z.string(), name: z.string() }),
    issuer: z.string(),
    version: z.string(),
    locale: z.string(),
    role: z.enum(['operator', 'owner']).describe('Whether you run this house'),
    maxima: maxima.describe('What the operator lets you use in all, over all apps; none: no maximum'),
    step_up: z
      .enum(['password', 'passkey'])
      .nullable()
      .describe('What has to be shown again before what matters most; null if you just did'),
  })
  .meta({ id: 'Me' });

/** Registers the call. */
export const registerMe = (app: App, { issuer, version, stepUpFor, owners }: ApiParts): void => {
  const schema = { summary: 'Who is signed in', tags: ['me'], response: { 200: me, ...errorResponses } };
  app.get('/api/v1/me', { schema }, async ({ owner }) => ({
    owner: { id: owner.ownerId, email: owner.email, name: owner.name },
    issuer,
    version,
    locale: 'en',
    role: (await owners.roleOf(owner.ownerId)) ?? 'owner',
    maxima: toMaxima((await owners.maximaOf(owner.ownerId)).limits),
    step_up: (await stepUpFor(owner))?.method ?? null,
  }));
};
