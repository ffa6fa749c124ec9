// Whether somebody may be in this house at all. Asked at every sign-in and with every session: MUST NOT be remembered.

import type { Kysely } from 'kysely';
import type { Schema } from '../store/schema.ts';

/** Whether this person owns an account here that is not suspended. */
export const isAdmitted = async (db: Kysely<Schema>, ownerId: string): Promise<boolean> => {
  const owners = db.selectFrom('owners').select('owner_id').where('owner_id', '=', ownerId);
  return (await owners.where('suspended_at', 'is', null).executeTakeFirst()) !== undefined;
};
