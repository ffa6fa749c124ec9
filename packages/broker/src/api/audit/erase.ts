// POST /audit/erase: erases names and other words of people; the journal stays whole and verifiable.

import { z } from 'zod';
import type { EraseTarget } from '../../erasure/contract.ts';
import { ApiError } from '../api-error.ts';
import type { App } from '../app.ts';
import { requireConfirmed } from '../confirmed.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses } from '../wire.ts';

const id = z.string().min(1).max(500);
const body = z.union(
  [
    z.strictObject({
      grant_id: id.describe('An access that has ended, with all that was delegated below it'),
    }),
    z.strictObject({ client_id: id.describe('An app that was removed, with every access it had') }),
    z.strictObject({
      owner_email: z.string().max(320).describe('Your own address: you, and all that is yours'),
    }),
  ],
  { error: 'must name one of grant_id, client_id and owner_email' },
);

/** Registers the call. */
export const registerErase = (app: App, parts: ApiParts): void => {
  const schema = {
    summary: 'Erase names and other words of people; entries of the journal hold none',
    tags: ['audit'],
    body,
    response: {
      200: z.object({ grants: z.int().describe('How many grants were erased') }),
      ...errorResponses,
    },
  };
  app.post('/api/v1/audit/erase', { schema }, async ({ owner, body: asked }) => {
    // Whoever erases everything says whose: a slip MUST NOT do it.
    if ('owner_email' in asked && asked.owner_email !== owner.email)
      throw new ApiError('invalid_request', 'owner_email: must be the address that you signed in with');
    if ('owner_email' in asked && (await leavesOthers(parts, owner.ownerId)))
      throw new ApiError('conflict', 'You run this house. Remove its other owners first.');
    await requireConfirmed(parts, owner);
    const erased = await parts.erasure.erase(owner.ownerId, targetOf(asked));
    if (erased.ok) return { grants: erased.value.grants };
    const { reason, detail } = erased.error;
    throw new ApiError(reason === 'in_use' ? 'conflict' : reason, detail);
  });
};

const leavesOthers = async ({ owners }: ApiParts, ownerId: string): Promise<boolean> =>
  (await owners.roleOf(ownerId)) === 'operator' && (await owners.list()).length > 1;

const targetOf = (asked: z.infer<typeof body>): EraseTarget => {
  if ('grant_id' in asked) return { what: 'grant', grantId: asked.grant_id };
  return 'client_id' in asked ? { what: 'app', clientId: asked.client_id } : { what: 'owner' };
};
