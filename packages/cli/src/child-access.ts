// Which right a child is asked: what the flags say, within what its parent may do. What no flag says is the parent's, but for the end and
// further delegation, which MUST NOT be unlimited by being left out.

import {
  fail,
  formatAccess,
  type ModelAccess,
  parseAccess,
  type Result,
  succeed,
  type WireAccess,
} from '@valetkey/core';
import { t } from './messages/messages.ts';

/** What the flags said: the right but for what was left out, and whose provider, if one was named. */
export interface AskedAccess {
  readonly provider: string | null;
  readonly access: ModelAccess;
}

/** How long a child lives if nobody says otherwise. */
const DEFAULT_LIFE_MS = 60 * 60 * 1000;

/** The child's `authorization_details`, or one sentence about the flag to change. `parent` are the parent's. */
export function childDetails(
  { provider, access }: AskedAccess,
  parent: readonly unknown[],
  nowMs: number,
): Result<readonly WireAccess[], string> {
  const parts: ModelAccess[] = [];
  for (const entry of parent) {
    const parsed = parseAccess(entry);
    if (!parsed.ok) return fail(t.grantEdit.notUnderstood(parsed.error.message));
    if (provider === null || parsed.value.provider === provider) parts.push(parsed.value);
  }
  if (parts.length === 0) return fail(t.delegate.noPart(String(provider)));
  const says = access.models !== null || access.capabilities !== null || access.limits.length > 0;
  if (parts.length > 1 && says) {
    const names = parts.map((part) => part.provider).join(', ');
    return fail(t.delegate.whichProvider(names));
  }
  const endMs = nowMs + DEFAULT_LIFE_MS;
  return succeed(
    parts.map((part) =>
      formatAccess({
        ...access,
        provider: part.provider,
        models: access.models ?? part.models,
        capabilities: access.capabilities ?? part.capabilities,
        locations: part.locations,
        tools: part.tools,
        delegationTo: access.delegationTo ?? part.delegationTo,
        expiresAtMs: access.expiresAtMs ?? Math.min(endMs, part.expiresAtMs ?? endMs),
      }),
    ),
  );
}
