// Which provider keys a grant may draw on: its owner's own, one for each part. MUST hold before anything of the grant is written.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Kysely } from 'kysely';
import type { Schema } from '../store/schema.ts';
import type { GrantRefusal, NewGrant } from './contract.ts';

const refuse = (reason: GrantRefusal['reason'], detail: string) => fail<GrantRefusal>({ reason, detail });

/** Why the grant can not draw on the chosen keys. They MUST be the owner's own and of the provider that the part names. */
export const checkProviderKeys = async (
  db: Kysely<Schema>,
  { ownerId, parts }: Pick<NewGrant, 'ownerId' | 'parts'>,
): Promise<Result<void, GrantRefusal>> => {
  const providers = new Set(parts.map((part) => part.access.provider));
  if (providers.size !== parts.length || providers.size === 0)
    return refuse('provider_mismatch', 'A grant has one part for each provider, and at least one.');
  for (const { access, providerKeyId } of parts) {
    const key = await db
      .selectFrom('provider_keys')
      .select('provider')
      .where('id', '=', providerKeyId)
      .where('owner_id', '=', ownerId)
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    if (!key)
      return refuse(
        'no_provider_key',
        `There is no ${access.provider} key to draw on. Add one under AI accounts.`,
      );
    if (key.provider !== access.provider)
      return refuse('provider_mismatch', `The chosen key is not one of ${access.provider}.`);
  }
  return succeed(undefined);
};
