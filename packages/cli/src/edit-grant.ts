// Changes what a grant may do, starting from what it may do now: what nobody names stays, and a change that somebody else made meanwhile is
// not written over.

import { formatAccess, type ModelAccess, parseAccess, type Result } from '@valetkey/core';
import type { Grant } from './api-types.ts';
import type { Context } from './command.ts';
import { type Failure, failWith, usageError } from './failure.ts';
import { t } from './messages/messages.ts';

/** The right in place of the one that is there; fails with one sentence. */
export type AccessChange = (access: ModelAccess) => Result<ModelAccess, string>;

/** The grant after the change of its part for `provider`, which may be left out where there is one part. */
export async function editGrant(
  id: string,
  provider: string | null,
  change: AccessChange,
  { api }: Pick<Context, 'api'>,
): Promise<Result<Grant, Failure>> {
  const path = `/grants/${encodeURIComponent(id)}`;
  const grant = await api.call<Grant>('GET', path);
  if (!grant.ok) return grant;
  const { authorization_details: details, version } = grant.value;
  const names = details.map((detail) => detail.provider).join(', ');
  const parts = details.filter((detail) => provider === null || detail.provider === provider);
  if (parts.length === 0) return failWith(t.grantEdit.noPart(String(provider), names));
  if (parts.length > 1) return usageError(t.grantEdit.whichPart(names));
  const before = parseAccess(parts[0]);
  if (!before.ok) return failWith(t.grantEdit.notUnderstood(before.error.message));
  const after = change(before.value);
  if (!after.ok) return usageError(after.error);
  return api.call<Grant>('PATCH', path, { authorization_details: [formatAccess(after.value)], version });
}
