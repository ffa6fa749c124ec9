// /me: who is signed in, and to what; in which language they are written to.

import { LANGUAGES } from '@valetkey/core';
import { z } from 'zod';
import type { SignedIn } from '../../accounts/contract.ts';
import { keepLanguage, languageOf } from '../../owners/owner-language.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { maxima, toMaxima } from '../owners/schema.ts';
import { errorResponses } from '../wire.ts';

const locale = z
  .enum(LANGUAGES)
  .describe(
    'The language of what is sent to you unasked, such as alerts: chosen here, or of the last browser you signed in with',
  );

const me = z
  .object({
    owner: z.object({ id: z.string(), email: z.string(), name: z.string() }),
    issuer: z.string(),
    version: z.string(),
    locale,
    role: z.enum(['operator', 'owner']).describe('Whether you run this house'),
    maxima: maxima.describe('What the operator lets you use in all, over all apps; none: no maximum'),
    step_up: z
      .enum(['password', 'passkey'])
      .nullable()
      .describe('What has to be shown again before what matters most; null if you just did'),
  })
  .meta({ id: 'Me' });

const show = async (owner: SignedIn, { db, issuer, version, stepUpFor, owners }: ApiParts) => ({
  owner: { id: owner.ownerId, email: owner.email, name: owner.name },
  issuer,
  version,
  locale: await languageOf(db, owner.ownerId),
  role: (await owners.roleOf(owner.ownerId)) ?? ('owner' as const),
  maxima: toMaxima((await owners.maximaOf(owner.ownerId)).limits),
  step_up: (await stepUpFor(owner))?.method ?? null,
});

/** Registers the calls. */
export const registerMe = (app: App, parts: ApiParts): void => {
  const tags = ['me'];
  const response = { 200: me, ...errorResponses };
  const read = { summary: 'Who is signed in', tags, response };
  const change = { summary: 'Choose your language', tags, body: z.strictObject({ locale }), response };
  app.get('/api/v1/me', { schema: read }, ({ owner }) => show(owner, parts));
  app.patch('/api/v1/me', { schema: change }, async ({ owner, body }) => {
    await keepLanguage(parts.db, owner.ownerId, body.locale);
    return show(owner, parts);
  });
};
