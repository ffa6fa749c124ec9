// Authenticated encryption of short texts, bound to where they belong. The only place that calls the cipher.

import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TAG_OPTIONS = { authTagLength: TAG_BYTES };

/** Sealed under a house's first data key, and under the named one of a later: `v1.` or `v2.<name>.`, then base64url. */
const SHAPE = /^(?:v1|v2\.([0-9a-f]{16}))\.([\w-]+)$/;

/** 32 bytes, or the same as a key object, which is made ready for the cipher only once. */
export type SealingKey = Uint8Array | KeyObject;

/** A data key, and what is sealed under it says which it was: null for the first of a house. */
export interface NamedKey {
  readonly key: SealingKey;
  readonly name: string | null;
}

/** What a sealed text belongs to. A text opens only under exactly the parts it was sealed under. */
export type Binding = readonly (string | number)[];

// JSON keeps the parts apart: ['a', 'bc'] and ['ab', 'c'] differ, as do 1 and '1'.
const additionalData = (binding: Binding): Buffer => Buffer.from(JSON.stringify(binding));

/** How everything begins that was sealed under the key of this name. */
export const markOf = (name: string | null): string => (name === null ? 'v1.' : `v2.${name}.`);

/**
 * Seals `text` with AES-256-GCM (NIST SP 800-38D). `nonce` MUST be 12 fresh random bytes: one key stays safe for 2^32 of them.
 *
 * @returns which key it was, then nonce, tag and ciphertext in base64url
 */
export const sealText = (
  { key, name }: NamedKey,
  binding: Binding,
  text: string,
  nonce: Uint8Array,
): string => {
  if (nonce.byteLength !== NONCE_BYTES) throw new Error('a nonce is 12 bytes');
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(additionalData(binding));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const sealed = Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url');
  return `${markOf(name)}${sealed}`;
};

/** A sealed text and what it belongs to, taken apart, ready to be opened many times. Holds nothing but ciphertext. */
export interface SealedText {
  /** The key that it was sealed under, as in `NamedKey`. */
  readonly keyName: string | null;
  readonly associated: Buffer;
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly ciphertext: Buffer;
}

/** Takes what `sealText` made apart; null if it is not of its shape. */
export const readSealed = (binding: Binding, sealed: string): SealedText | null => {
  const [, keyName = null, body = ''] = SHAPE.exec(sealed) ?? [];
  const bytes = Buffer.from(body, 'base64url');
  const start = NONCE_BYTES + TAG_BYTES;
  if (bytes.byteLength < start) return null;
  return {
    keyName,
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
    const bytes = decipher.update(sealed.ciphertext);
    decipher.final();
    const text = bytes.toString('utf8');
    bytes.fill(0);
    return text;
  } catch {
    return null;
  }
};

/** `readSealed` and `openSealed` in one, for what is opened once. */
export const openText = (
  findKey: (name: string | null) => SealingKey | undefined,
  binding: Binding,
  sealed: string,
): string | null => {
  const taken = readSealed(binding, sealed);
  const key = taken && findKey(taken.keyName);
  return key ? openSealed(key, taken) : null;
};
