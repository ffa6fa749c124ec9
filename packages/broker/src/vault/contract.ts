// The only room that sees a provider key in the clear. Everyone else holds ids and last fours.

import type { Result } from '@valetkey/core';

/** A provider key as everyone but the gate may see it. */
export interface ProviderKeySummary {
  readonly id: string;
  readonly ownerId: string;
  readonly provider: string;
  readonly label: string;
  readonly lastFour: string;
  readonly createdAtMs: number;
  readonly replacedAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

/** Why a provider key was not accepted. MUST NOT repeat the key. */
export interface KeyRefusal {
  readonly reason:
    | 'invalid_provider_key'
    | 'unknown_provider'
    | 'consumer_subscription'
    | 'in_use'
    | 'not_found'
    | 'unavailable';
  readonly detail: string;
}

/** Keeps secrets of the broker itself: signing keys, cookie keys, answers. */
export interface SecretSealer {
  /** Seals a secret under `purpose`. Returns text fit for a column. */
  sealSecret(purpose: string, secret: string): string;
  /** Opens what `sealSecret` made; throws if it was moved or altered, or the vault is locked. */
  openSecret(purpose: string, sealed: string): string;
}

/** Seals with AES-256-GCM; the additional data binds a ciphertext to its purpose, owner, provider, id and version. */
export interface Vault extends SecretSealer {
  /** False when the master key does not open this database: the process then serves health only and writes nothing. */
  readonly unlocked: boolean;
  add(input: {
    readonly ownerId: string;
    readonly provider: string;
    readonly label?: string;
    readonly key: string;
  }): Promise<Result<ProviderKeySummary, KeyRefusal>>;
  /** Puts a new key under the same id: grants that draw on it go on with the new one. */
  replace(ownerId: string, id: string, key: string): Promise<Result<ProviderKeySummary, KeyRefusal>>;
  /** Removes the key for ever and revokes every grant that draws on it. */
  remove(ownerId: string, id: string): Promise<Result<void, KeyRefusal>>;
  list(ownerId: string): Promise<readonly ProviderKeySummary[]>;
  /**
   * The key in the clear, for one connection. MUST only be called by the gate's forward step and the key test. `version` is that of the
   * key's link at the admission, which rises when the key is replaced; without it the key is read anew.
   */
  unseal(
    id: string,
    version?: number,
  ): Promise<Result<string, { readonly reason: 'not_found' | 'sealed_badly' | 'unavailable' }>>;
  /** Another replica changed these keys, or any if none are named: they are read anew at their next use. */
  forget(ids?: readonly string[]): void;
}
