// How the vault's data key is kept: wrapped by a key that is not in the database. Local today; a KMS or Vault Transit fits the same
// two calls, because the master key itself never leaves the wrapper.

import type { Ambient } from '../clock.ts';
import { openText, sealText } from './sealing.ts';

/** Wraps the data key for storage and unwraps it at start. */
export interface KeyWrapper {
  wrap(dataKey: Uint8Array): Promise<string>;
  /** The data key; null if it was wrapped by another master key or altered. Rejects if the wrapper cannot be reached. */
  unwrap(wrapped: string): Promise<Uint8Array | null>;
}

const BINDING = ['data-key'] as const;

/** Wraps with AES-256-GCM under a master key held in this process. */
export const createLocalKeyWrapper = (masterKey: Uint8Array, ambient: Ambient): KeyWrapper => ({
  async wrap(dataKey) {
    return sealText(masterKey, BINDING, Buffer.from(dataKey).toString('base64'), ambient.randomBytes(12));
  },
  async unwrap(wrapped) {
    const text = openText(masterKey, BINDING, wrapped);
    return text === null ? null : Buffer.from(text, 'base64');
  },
});
