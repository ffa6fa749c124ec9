// Which providers and keys AI accounts lists, and where. Every account has a row in the vault, those that need no key an empty one.

import type { Provider, ProviderKey } from '../api/types.ts';

/** The keys to list: not the empty one of a simulated provider, which stands among the providers that need none. */
export const ownKeys = (
  keys: readonly ProviderKey[],
  providers: readonly Provider[],
): readonly ProviderKey[] =>
  keys.filter((key) => !providers.some(({ name, simulated }) => simulated && name === key.provider));

/** The providers that need no key and are not among the keys. */
export const keylessProviders = (providers: readonly Provider[]): readonly Provider[] =>
  providers.filter(({ simulated, key_required, has_key }) => simulated || !(key_required || has_key));

/** Whether `wanted` names a provider that a key can be added for and that has none. */
export const lacksKey = (providers: readonly Provider[], wanted: string | undefined): boolean =>
  providers.some(({ name, simulated, has_key }) => name === wanted && !simulated && !has_key);
