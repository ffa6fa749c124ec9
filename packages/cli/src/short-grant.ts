// A small, short grant for one run or one shell: its flags, what they mean when left out, and the making of it. What nobody says MUST stay
// small: little money, a few hours.

import { formatAccess, type ModelAccess, type Result, succeed } from '@valetkey/core';
import type { CreatedGrant, Provider } from './api-types.ts';
import type { Context } from './command.ts';
import type { Failure } from './failure.ts';
import { t } from './messages/messages.ts';
import { type AccessFlags, readAccess } from './read-access.ts';

/** The flags of every command that makes one. */
export const SHORT_GRANT_FLAGS = {
  provider: {
    type: 'string',
    value: 'NAME',
    help: t.shortGrant.provider,
  },
  model: {
    type: 'string',
    multiple: true,
    value: 'MODEL',
    help: t.shortGrant.model,
  },
  limit: {
    type: 'string',
    multiple: true,
    value: 'USD[/PERIOD]',
    help: t.shortGrant.limit,
  },
  requests: { type: 'string', value: 'N', help: t.grantFlags.requests },
  capability: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: t.shortGrant.capability,
  },
  expires: { type: 'string', value: 'WHEN', help: t.shortGrant.expires },
  name: { type: 'string', value: 'TEXT', help: t.shortGrant.name },
} as const;

/** What the flags said. */
export interface ShortGrantOptions {
  /** Null where none was named. */
  readonly provider: string | null;
  /** For whichever provider it will be. */
  readonly access: ModelAccess;
  readonly name: string | null;
}

/** The options, or one sentence that names the flag to change. */
export function readShortGrant(
  flags: AccessFlags & { readonly name?: string },
  nowMs: number,
): Result<ShortGrantOptions, string> {
  const { provider = null, name = null } = flags;
  // Worst cases are held: one request of an agent on one of the dearest models asks for almost 3 dollars.
  const whole = { model: ['*'], limit: ['5'], expires: '8h', ...flags, provider: provider ?? 'any' };
  const access = readAccess(whole, nowMs);
  return access.ok ? succeed({ provider, access: access.value, name }) : access;
}

/** The grant with its token, made by the owner's login; `name` is what it is called if the flags do not say. */
export function makeShortGrant(
  { access, name: asked }: ShortGrantOptions,
  provider: Provider,
  name: string,
  { api }: Context,
): Promise<Result<CreatedGrant, Failure>> {
  const details = formatAccess({ ...access, provider: provider.name });
  return api.call('POST', '/grants', { name: asked ?? name, authorization_details: [details] });
}
