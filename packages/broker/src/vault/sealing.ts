// Authenticated encryption of short texts, bound to where they belong. The only place that calls the cipher.

import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TAG_OPTIONS = { authTagLength: TAG_BYTES };
const FORMAT = 'v1.';

/** 32 bytes, or the same as a key object, which is made ready for the cipher only once. */
export type SealingKey = Uint8Array | KeyObject;

/** What a sealed text belongs to. A text opens only under exactly the parts it was sealed under. */
export type Binding = readonly (string | number)[];

// JSON keeps the parts apart: ['a', 'bc'] and ['ab', 'c'] differ, as do 1 and '1'.
const additionalData = (binding: Binding): Buffer => Buffer.from(JSON.stringify(binding));

/**
 * Seals `text` with AES-256-GCM (NIST SP 800-38D). `nonce` MUST be 12 fresh random bytes: one key stays safe for 2^32 of them.
 *
 * @returns `v1.` and nonce, tag and ciphertext in base64url
 */
export const sealText = (key: SealingKey, binding: Binding, text: string, nonce: Uint8Array): string => {
  if (nonce.byteLength !== NONCE_BYTES) throw new Error('a nonce is 12 bytes');
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(additionalData(binding));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return FORMAT + Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url');
};

/** A sealed text and what it belongs to, taken apart, ready to be opened many times. Holds nothing but ciphertext. */
export interface SealedText {
  readonly associated: Buffer;
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly ciphertext: Buffer;
}

/** Takes what `sealText` made apart; null if it is not of its shape. */
export const readSealed = (binding: Binding, sealed: string): SealedText | null => {
  const bytes = Buffer.from(sealed.slice(FORMAT.length), 'base64url');
  const start = NONCE_BYTES + TAG_BYTES;
  if (!sealed.startsWith(FORMAT) || bytes.byteLength < start) return null;
  return {
    associated: additionalData(binding),
    nonce: bytes.subarray(0, NONCE_BYTES),
    tag: bytes.subarray(NONCE_BYTES, start),
    ciphertext: bytes.subarray(start),
  };
};

/** The text that was sealed; null if it was altered, moved to another binding, or sealed under another key. */
export const openSealed = (key: SealingKey, sealed: SealedText): string | null => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.nonce, TAG_OPTIONS);
  decipher.setAAD(sealed.associated);
  decipher.setAuthTag(sealed.tag);
  try {
    const text = decipher.update(sealed.ciphertext);
    decipher.final();
    return text.toString('utf8');
  } catch {
    return null;
  }
};

/** `readSealed` and `openSealed` in one, for what is opened once. */
export const openText = (key: SealingKey, binding: Binding, sealed: string): string | null => {
  const taken = readSealed(binding, sealed);
  return taken && openSealed(key, taken);
};
