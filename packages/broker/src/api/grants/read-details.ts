// Reads the `authorization_details` an owner sends, and finds the provider key each part draws on.

import { type ModelAccess, parseAuthorizationDetails } from '@valetkey/core';
import type { ProviderKeySummary } from '../../vault/contract.ts';
import { ApiError } from '../api-error.ts';
import type { ApiParts, ApiProvider } from '../contract.ts';

const refuse = (field: string, detail: string): never => {
  const message = `${field} ${detail}`;
  throw new ApiError('invalid_request', message, { [field]: message });
};

/** The rights, at most one for each provider, none of them over already. */
export const readDetails = (
  input: unknown,
  { providers, ambient }: Pick<ApiParts, 'providers' | 'ambient'>,
): readonly ModelAccess[] => {
  const parsed = parseAuthorizationDetails(input, { maxEntries: 20 });
  if (!parsed.ok)
    throw new ApiError('invalid_request', parsed.error.message, {
      [parsed.error.member]: parsed.error.message,
    });
  const seen = new Set<string>();
  for (const [index, access] of parsed.value.entries()) {
    const at = `authorization_details[${index}]`;
    if (!providers.some(({ name }) => name === access.provider))
      refuse(`${at}.provider`, 'must be a provider of this broker');
    if (seen.has(access.provider)) refuse(`${at}.provider`, 'repeats a provider; send one entry for each');
    if (access.expiresAtMs !== null && access.expiresAtMs <= ambient.now())
      refuse(`${at}.expires`, 'must lie in the future');
    seen.add(access.provider);
  }
  return parsed.value;
};

const onlyKey = (keys: readonly ProviderKeySummary[], provider: ApiProvider): ProviderKeySummary | null => {
  if (keys.length > 1) {
    refuse(
      `provider_key_ids.${provider.name}`,
      `must name one of your ${keys.length} keys of ${provider.label}`,
    );
  }
  if (keys.length === 0 && provider.keyRequired) {
    throw new ApiError(
      'conflict',
      `Add a key of ${provider.label} first: valetkey keys add ${provider.name}`,
      { provider: provider.name },
    );
  }
  return keys[0] ?? null;
};

/**
 * The provider key that a part draws on: the one named, else the only one. A provider that needs no key gets an empty one at first use,
 * because every chain has a provider key at its root.
 */
export const chooseKey = async (
  parts: Pick<ApiParts, 'vault' | 'providers'>,
  ownerId: string,
  providerName: string,
  namedId: string | undefined,
): Promise<string> => {
  const provider = parts.providers.find(({ name }) => name === providerName)!;
  const keys = (await parts.vault.list(ownerId)).filter((key) => key.provider === providerName);
  if (namedId !== undefined) {
    return (
      keys.find(({ id }) => id === namedId)?.id ??
      refuse(`provider_key_ids.${providerName}`, 'must be a key of yours for this provider')
    );
  }
  const key = onlyKey(keys, provider);
  if (key) return key.id;
  const added = await parts.vault.add({ ownerId, provider: providerName, label: provider.label, key: '' });
  if (!added.ok) throw new ApiError('unavailable', added.error.detail);
  return added.value.id;
};
