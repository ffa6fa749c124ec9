// What matters most is done only for an owner who proved lately who they are (RFC 9470): neither a stolen cookie nor a session left open is enough.

import type { ModelAccess } from '@valetkey/core';
import type { SignedIn } from '../accounts/contract.ts';
import { isLargeBudget } from '../grants/large-budget.ts';
import { confirmAddress } from '../pages/confirmation.ts';
import { ApiError } from './api-error.ts';
import type { ApiParts } from './contract.ts';

type Needs = Pick<ApiParts, 'stepUpFor' | 'issuer'>;

/** Refuses unless the owner just proved who they are. MUST come before anything is changed. */
export const requireConfirmed = async ({ stepUpFor, issuer }: Needs, owner: SignedIn): Promise<void> => {
  const stepUp = await stepUpFor(owner);
  if (stepUp === null) return;
  const how = owner.via === 'bearer' ? 'run valetkey login' : `open ${issuer}${confirmAddress('/')}`;
  throw new ApiError(
    'insufficient_user_authentication',
    `Confirm first that it is you: ${how}, then try again.`,
    {
      max_age: stepUp.maxAgeSeconds,
      // "Phishing-resistant", of the registered values (OpenID Connect EAP ACR Values 1.0).
      ...(stepUp.method === 'passkey' && { acr_values: 'phr' }),
    },
  );
};

/** As {@link requireConfirmed}, for rights that can spend much more than before. */
export const requireConfirmedBudget = async (
  parts: Needs & Pick<ApiParts, 'largeBudgetNanos'>,
  owner: SignedIn,
  after: readonly ModelAccess[],
  before: readonly ModelAccess[] = [],
): Promise<void> => {
  if (isLargeBudget(parts.largeBudgetNanos, after, before)) await requireConfirmed(parts, owner);
};

/** What a grant can spend by itself and all above it, as it is written down now; nothing once it has ended. */
export const effectiveRights = async (
  { grants }: Pick<ApiParts, 'grants'>,
  grantId: string,
): Promise<ModelAccess[]> => ((await grants.reread(grantId))?.parts ?? []).map(({ access }) => access);
