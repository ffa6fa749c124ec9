// Reads the `authorization_details` of a request for more, or of what an owner gives of one. The same entries as everywhere; what differs
// is that a member which is left out stays as it is.

import {
  type AccessError,
  accessError,
  fail,
  type ModelAccess,
  parseAuthorizationDetails,
  type Result,
  succeed,
} from '@valetkey/core';

/** Most entries: more would not fit a page that a person reads. */
const MAX_ENTRIES = 5;

/** What should change, at most one entry for each provider; every model is `['*']`, because null is "not named" here. */
export const readMore = (input: unknown): Result<readonly ModelAccess[], AccessError> => {
  const parsed = parseAuthorizationDetails(input, { maxEntries: MAX_ENTRIES });
  if (!parsed.ok) return parsed;
  const providers = parsed.value.map(({ provider }) => provider);
  const repeated = providers.find((provider, at) => providers.indexOf(provider) !== at);
  if (repeated !== undefined) {
    const says = `must have at most one entry for the provider ${repeated}`;
    return fail(accessError('authorization_details', says));
  }
  const entries = input as readonly { readonly models?: readonly string[] }[];
  return succeed(
    parsed.value.map((access, at) =>
      entries[at]?.models?.includes('*') ? { ...access, models: ['*'] } : access,
    ),
  );
};
