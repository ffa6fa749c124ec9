// What a client asks for: `authorization_details` (RFC 9396) or, for clients that can send nothing else, scopes `ai:provider:model:work`.
// Both become the same value through core's parsers, and this is the only place where a request's rights are read.

import {
  type AccessError,
  accessFromScope,
  fail,
  formatAccess,
  type ModelAccess,
  parseAuthorizationDetails,
  type Result,
} from '@valetkey/core';
import { errors } from './library.ts';

/** Most entries of `authorization_details`: more would not fit a page that a person reads. */
export const MAX_ENTRIES = 5;

/** A refusal in the words of OAuth; `description` names the offending member. */
export interface RequestRefusal {
  readonly code: 'invalid_authorization_details' | 'invalid_scope' | 'invalid_request';
  readonly description: string;
}

const NOTHING_ASKED: RequestRefusal = {
  code: 'invalid_request',
  description:
    'authorization_details of type ai_model_access is required, or scopes of the form ai:provider:model:capability',
};

const refuse = (code: RequestRefusal['code'], { message }: AccessError) =>
  fail({ code, description: message });

/** The rights that a request asks for, at least one and at most one for each provider. */
export function readRequestedAccess(params: {
  readonly authorization_details?: unknown;
  readonly scope?: unknown;
}): Result<readonly ModelAccess[], RequestRefusal> {
  if (typeof params.authorization_details === 'string') return readDetails(params.authorization_details);
  const asked = accessFromScope(typeof params.scope === 'string' ? params.scope : '');
  if (!asked.ok) return refuse('invalid_scope', asked.error);
  return asked.value.length === 0 ? fail(NOTHING_ASKED) : oneOfEachProvider(asked.value, 'invalid_scope');
}

function readDetails(json: string): Result<readonly ModelAccess[], RequestRefusal> {
  let input: unknown;
  try {
    input = JSON.parse(json);
  } catch {
    return fail({
      code: 'invalid_authorization_details',
      description: 'authorization_details must be a JSON array',
    });
  }
  return readDetailEntries(input);
}

/** The rights of an `authorization_details` array, at most one for each provider. */
export function readDetailEntries(input: unknown): Result<readonly ModelAccess[], RequestRefusal> {
  const parsed = parseAuthorizationDetails(input, { maxEntries: MAX_ENTRIES });
  if (!parsed.ok) return refuse('invalid_authorization_details', parsed.error);
  return oneOfEachProvider(parsed.value, 'invalid_authorization_details');
}

/** A grant has one part for each provider, so two entries of one provider could not be kept apart at the gate. */
function oneOfEachProvider(
  access: readonly ModelAccess[],
  code: RequestRefusal['code'],
): Result<readonly ModelAccess[], RequestRefusal> {
  const providers = access.map(({ provider }) => provider);
  const repeated = providers.find((provider, at) => providers.indexOf(provider) !== at);
  if (repeated === undefined) return { ok: true, value: access };
  const description =
    code === 'invalid_scope'
      ? `scope must ask for the same capabilities of every model of ${repeated}`
      : `authorization_details must have at most one entry for the provider ${repeated}`;
  return fail({ code, description });
}

/** `authorization_details` as granted, on the wire. */
export const grantedDetails = (parts: readonly { readonly access: ModelAccess }[]) =>
  parts.map(({ access }) => ({ ...formatAccess(access) })) as { type: string }[];

/** The library's error for a refused request. */
export const requestError = ({ code, description }: RequestRefusal): Error => {
  if (code === 'invalid_scope') return new errors.InvalidScope(description, '');
  if (code === 'invalid_request') return new errors.InvalidRequest(description);
  return new errors.InvalidAuthorizationDetails(description);
};
