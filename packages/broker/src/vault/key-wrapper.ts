// How the vault's data keys are kept: wrapped by a master key that is not in the database, in this process or in a key service, which it
// never leaves. MUST NOT say yes to what was wrapped for anything else.

import { createHash, createSecretKey } from 'node:crypto';
import type { Ambient } from '../clock.ts';
import { openText, sealText } from './sealing.ts';

/** Wraps data keys for storage and unwraps them at start. */
export interface KeyWrapper {
  /** Which master key it is: two of one name are the same. Holds nothing secret. */
  readonly name: string;
  /** Whether it may have a newer version than the one that wrapped something. */
  readonly hasVersions: boolean;
  /**
   * Text without blanks, fit for a column. A key service is told `installation`, and opens it for no other; a master key that this process
   * holds is of one installation anyway. Rejects if the wrapper cannot be reached.
   */
  wrap(dataKey: Uint8Array, installation: string): Promise<string>;
  /** The data key; null if it was wrapped otherwise or altered. Rejects if the wrapper cannot be reached. */
  unwrap(wrapped: string, installation: string): Promise<Uint8Array | null>;
}

/** The master key, and while it is being replaced the one before, which still opens what it wrapped. */
export interface MasterKeys {
  readonly current: KeyWrapper;
  readonly former: KeyWrapper | null;
}

const BINDING = ['data-key'] as const;

/** What can be told of a random key of 256 bits: which it is, and nothing about it. */
export const fingerprintOf = (key: Uint8Array): string =>
  createHash('sha256').update('valetkey key ').update(key).digest('hex').slice(0, 16);

/** Wraps with AES-256-GCM under a master key held in this process, as the cipher's own object: `masterKey` may be overwritten afterwards. */
export const createLocalKeyWrapper = (masterKey: Uint8Array, ambient: Ambient): KeyWrapper => {
  const key = createSecretKey(masterKey);
  return {
    name: `local:${fingerprintOf(masterKey)}`,
    hasVersions: false,
    async wrap(dataKey) {
      const text = Buffer.from(dataKey).toString('base64');
      return sealText({ key, name: null }, BINDING, text, ambient.randomBytes(12));
    },
    async unwrap(wrapped) {
      const text = openText((name) => (name === null ? key : undefined), BINDING, wrapped);
      return text === null ? null : Buffer.from(text, 'base64');
    },
  };
};
