// The one account that is made without an invitation: by a link printed at start, or from the environment. MUST make at most one.

import { fail, type Result, succeed } from '@valetkey/core';
import { z } from 'zod';
import { sha256 } from '../digest.ts';
import type { Accounts, NewOwner, OwnerProblems } from './contract.ts';
import { messages } from './pages/messages.ts';
import { PASSWORD_LENGTH, type SignInLibrary, type SignInParts } from './sign-in-library.ts';

const HOUSE_KEY = 'setup_token_hash';

const EXISTS: OwnerProblems = { '': 'This broker already has an owner. Sign in instead.' };

const ownerShape = z.object({
  email: z.email({ error: () => messages.wrongEmail }),
  password: z
    .string()
    .min(PASSWORD_LENGTH.min, { error: () => messages.tooShort(PASSWORD_LENGTH.min) })
    .max(PASSWORD_LENGTH.max, { error: () => messages.tooLong(PASSWORD_LENGTH.max) }),
  name: z
    .string()
    .trim()
    .max(100, { error: () => messages.tooLong(100) })
    .optional(),
});

/** What is wrong with what was entered, by field; null if nothing is. */
export const findProblems = (owner: NewOwner): OwnerProblems | null => {
  const parsed = ownerShape.safeParse(owner);
  return parsed.success
    ? null
    : Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message]));
};

/** Makes the first owner, and the link that lets a person do it. */
export interface FirstOwner extends Pick<Accounts, 'createFirstOwner' | 'setupLink'> {
  hasOwner(): Promise<boolean>;
  /** Whether the link with this token is still good. */
  isSetupToken(token: string): Promise<boolean>;
  /** Makes the first owner and uses the link up; of several at once exactly one succeeds. */
  claimSetup(token: string, owner: NewOwner): ReturnType<Accounts['createFirstOwner']>;
}

/** See {@link FirstOwner}. `onCreated` runs before anyone can sign in: keys are imported there. */
export const createFirstOwnerRoom = (
  parts: Pick<SignInParts, 'db' | 'ambient' | 'issuer' | 'ledger'>,
  library: SignInLibrary,
  onCreated: (ownerId: string) => Promise<void>,
): FirstOwner => {
  const { db, ambient, issuer, ledger } = parts;
  const hasOwner = async () => (await (await library.$context).internalAdapter.countTotalUsers()) > 0;
  const saveTokenHash = (value: string) =>
    db
      .insertInto('house')
      .values({ key: HOUSE_KEY, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
  // Deleting is the decision: of two that hold the token, one finds the row gone.
  const takeTokenHash = async (hash: string): Promise<boolean> => {
    const taken = await db
      .deleteFrom('house')
      .where('key', '=', HOUSE_KEY)
      .where('value', '=', hash)
      .executeTakeFirst();
    return taken.numDeletedRows === 1n;
  };

  const insert = async (owner: NewOwner, via: string): Promise<{ readonly ownerId: string }> => {
    const { internalAdapter, password } = await library.$context;
    const hash = await password.hash(owner.password);
    const name = owner.name?.trim() || owner.email.split('@', 1)[0]!;
    const user = await internalAdapter.createUser(
      { email: owner.email, name, emailVerified: false },
      { method: via },
    );
    await internalAdapter.linkAccount({
      userId: user.id,
      accountId: user.id,
      providerId: 'credential',
      password: hash,
    });
    const row = { owner_id: user.id, role: 'operator', invitation_id: null, suspended_at: null };
    await db.insertInto('owners').values(row).execute();
    await ledger.record([{ ownerId: user.id, kind: 'owner.created', body: { via } }]);
    await onCreated(user.id);
    return { ownerId: user.id };
  };

  const claim = async (
    hash: string,
    owner: NewOwner,
    via: string,
  ): ReturnType<Accounts['createFirstOwner']> => {
    const problems = findProblems(owner);
    if (problems) return fail(problems);
    if ((await hasOwner()) || !(await takeTokenHash(hash))) return fail(EXISTS);
    try {
      return succeed(await insert(owner, via));
    } catch (error) {
      if (!(await hasOwner())) await saveTokenHash(hash);
      throw error;
    }
  };

  const newTokenHash = async (): Promise<{ token: string; hash: string }> => {
    const token = Buffer.from(ambient.randomBytes(24)).toString('base64url');
    await saveTokenHash(sha256(token));
    return { token, hash: sha256(token) };
  };

  return {
    hasOwner,
    async createFirstOwner(owner, via): Promise<Result<{ readonly ownerId: string }, OwnerProblems>> {
      if (await hasOwner()) return fail(EXISTS);
      return claim((await newTokenHash()).hash, owner, via);
    },
    async setupLink() {
      if (await hasOwner()) return null;
      return `${issuer}/setup?token=${(await newTokenHash()).token}`;
    },
    async isSetupToken(token) {
      const row = await db
        .selectFrom('house')
        .select('value')
        .where('key', '=', HOUSE_KEY)
        .where('value', '=', sha256(token))
        .executeTakeFirst();
      return row !== undefined;
    },
    claimSetup: (token, owner) => claim(sha256(token), owner, 'setup_link'),
  };
};
