// What tools take and answer, in words for models. Names are those of the API, so that what a model reads in the documentation fits.

import { z } from 'zod';

/** One provider's part of a grant, as the broker answers it. */
export const access = z
  .looseObject({
    provider: z.string(),
    models: z
      .array(z.string())
      .optional()
      .describe('Absent: every model that has a price. A * at the end is a prefix'),
    capabilities: z.array(z.string()).optional(),
    limits: z
      .record(z.string(), z.union([z.number(), z.string()]))
      .optional()
      .describe('*_spend are USD'),
    delegation: z.looseObject({ max_depth: z.number() }).optional().describe('Absent: may not delegate'),
    expires: z.string().optional(),
  })
  .describe('What may be used of one provider');

/** Base URLs, by the API that an SDK speaks. */
export const baseUrls = z
  .partialRecord(z.enum(['openai', 'anthropic', 'google']), z.string())
  .describe('Base URL for an official SDK, by the API that it speaks; the token goes where its API key goes');

/** What is left of a money limit. */
export const budget = z
  .object({ used_usd: z.string(), reserved_usd: z.string(), remaining_usd: z.string() })
  .nullable()
  .describe('Null: no money limit');

/** When something ends. */
export const endsAt = z.string().nullable().describe('RFC 3339, UTC; null: no end of its own');

const models = z.array(z.string()).optional();
const capabilities = z.array(z.string()).optional();
const expiresIn = z.string().optional();
const limitUsd = z.number().positive().optional();
const provider = z.string().optional().describe('Needed where whoami shows several providers');

/** What both a child and a request for more can name. */
export type CommonInput = z.infer<
  z.ZodObject<{
    provider: typeof provider;
    models: typeof models;
    capabilities: typeof capabilities;
    limit_usd: typeof limitUsd;
    expires_in: typeof expiresIn;
  }>
>;

/** What a child is to be. */
export const childInput = {
  name: z.string().describe('What the owner sees it called, such as "search-worker"'),
  limit_usd: limitUsd.describe('The most it may spend in all, in USD, such as 0.25. Always say it'),
  models: models.describe('Models it may use, of those in whoami. Default: all of them'),
  provider,
  capabilities: capabilities.describe('Such as ["chat"]. Default: those of this grant'),
  expires_in: expiresIn.describe('How long it lives, such as "15m" or "8h". Default: "1h"'),
  depth: z.number().int().min(0).optional().describe('How many levels it may delegate further. Default: 0'),
};

/** What more is asked for. */
export const moreInput = {
  reason: z.string().describe('Why, in a sentence or two for the person who decides'),
  limit_usd: limitUsd.describe('The new limit in all, in USD; not what is added'),
  models: models.describe('Models to be able to use as well'),
  provider,
  capabilities: capabilities.describe('Kinds of work to be able to do as well'),
  expires_in: expiresIn.describe('How long from now on it should live, such as "7d"'),
  max_delegation_depth: z.number().int().min(0).optional().describe('How many levels it may delegate'),
};
