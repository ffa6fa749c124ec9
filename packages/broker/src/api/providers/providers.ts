// GET /providers: what this broker can forward to. Origins are the operator's: there is no call to add or change one.

import { CAPABILITIES } from '@valetkey/core';
import { z } from 'zod';
import type { App } from '../app.ts';
import type { ApiParts, ApiProvider } from '../contract.ts';
import { errorResponses, onePage, pageOf } from '../wire.ts';
import { baseUrlOf } from './base-url.ts';

const provider = z
  .object({
    name: z.string(),
    label: z.string(),
    dialect: z.enum(['openai', 'anthropic', 'google']),
    base_url: z.string().describe('Where an app points its SDK'),
    key_required: z.boolean(),
    simulated: z.boolean().describe('True for the built-in sandbox, whose answers are made up'),
    models: z.array(z.object({ id: z.string(), name: z.string() })).describe('Those with a known price'),
    capabilities: z.array(z.enum(CAPABILITIES)),
    has_key: z.boolean().describe('Whether the owner has a key of it in the vault'),
  })
  .meta({ id: 'Provider' });

/** The one provider whose answers are simulated. */
const SANDBOX = 'sandbox';

const capabilitiesOf = ({ operations }: ApiProvider) =>
  CAPABILITIES.filter((capability) => operations.some((operation) => operation.capability === capability));

/** Registers the call. */
export const registerProviders = (app: App, { providers, vault, modelsOf, issuer }: ApiParts): void => {
  const schema = {
    summary: 'List providers',
    tags: ['providers'],
    response: { 200: pageOf(provider), ...errorResponses },
  };
  app.get('/api/v1/providers', { schema }, async ({ owner }) => {
    const owned = new Set((await vault.list(owner.ownerId)).map((key) => key.provider));
    return onePage(
      providers.map((each) => ({
        name: each.name,
        label: each.label,
        dialect: each.dialect,
        base_url: baseUrlOf(issuer, each),
        key_required: each.keyRequired,
        simulated: each.name === SANDBOX,
        models: [...modelsOf(each.name)],
        capabilities: capabilitiesOf(each),
        has_key: owned.has(each.name),
      })),
    );
  });
};
