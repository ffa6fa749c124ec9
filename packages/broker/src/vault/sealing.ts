// Authenticated encryption of short texts, bound to where they belong. The only place that calls the cipher.

import { createCipheriv, createDecipheriv } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 'v1.';

/** What a sealed text belongs to. A text opens only under exactly the parts it was sealed under. */
export type Binding = readonly (string | number)[];

// JSON keeps the parts apart: ['a', 'bc'] and ['ab', 'c'] differ, as do 1 and '1'.
const additionalData = (binding: Binding): Buffer => Buffer.from(JSON.stringify(binding));

/**
 * Seals `text` with AES-256-GCM (NIST SP 800-38D). `nonce` MUST be 12 fresh random bytes: one key stays safe for 2^32 of them.
 *
 * @returns `v1.` and nonce, tag and ciphertext in base64url
 */
export const sealText = (key: Uint8Array, binding: Binding, text: string, nonce: Uint8Array): string => {
  if (nonce.byteLength !== NONCE_BYTES) throw new Error('a nonce is 12 bytes');
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(additionalData(binding));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return FORMAT + Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url');
};

/** The text that was sealed; null if it was altered, moved to another binding, or sealed under another key. */
export const openText = (key: Uint8Array, binding: Binding, sealed: string): string | null => {
  const bytes = Buffer.from(sealed.slice(FORMAT.length), 'base64url');
  if (!sealed.startsWith(FORMAT) || bytes.byteLength < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(additionalData(binding));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return (
      decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    );
  } catch {
    return null;
  }
};
