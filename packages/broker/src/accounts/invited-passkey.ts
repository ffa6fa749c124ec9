// Passkeys are added by whoever is signed in, and by somebody who was invited: their account is made with the first one. MUST NOT make an
// account before the passkey has proved itself.

import type { passkey } from '@better-auth/passkey';
import { APIError } from 'better-auth/api';
import { z } from 'zod';
import type { Owners } from '../owners/contract.ts';

type Registration = NonNullable<NonNullable<Parameters<typeof passkey>[0]>['registration']>;

/** Stands for somebody who has no account yet; no owner has this id. */
const INVITED = 'invited';

const refuse = () =>
  new APIError('BAD_REQUEST', { message: 'The invitation is used up, or somebody has this address.' });

/** How passkeys are added. In the library's words `context` is the token of an invitation, and `name` the address that was typed. */
export const registerPasskeys = (
  invitations: Pick<Owners, 'invitationOf' | 'accept'>,
  requireUser: (isVerified: boolean | undefined) => void,
): Registration => ({
  requireSession: false,
  async resolveUser({ ctx, context }) {
    const invitation = await invitations.invitationOf(context ?? '');
    const email = z.email().safeParse(invitation?.email ?? ctx.query?.name);
    if (!invitation || !email.success) throw refuse();
    return { id: INVITED, name: email.data };
  },
  async afterVerification({ verification, user, context }) {
    requireUser(verification.registrationInfo?.userVerified);
    if (user.id !== INVITED) return undefined;
    const member = { email: user.name, name: user.name.split('@', 1)[0]!, passwordHash: null };
    const made = await invitations.accept(context ?? '', member);
    if (!made.ok) throw refuse();
    return { userId: made.value.ownerId };
  },
});
