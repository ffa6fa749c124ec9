// Key-shaped tokens: opaque tokens for apps that can only paste a key. They are shown once and stored as a hash; a checksum tells a
// mistyped one apart without a look-up.

import { crc32 } from 'node:zlib';
import { type Ambient, randomId } from '../clock.ts';
import { sha256 } from '../digest.ts';

/** How a token begins: ours, or as programs that speak OKAP expect it. */
export type KeyTokenForm = 'vk' | 'okap';

const SECRET_LENGTH = 36;
const TOKEN = /^((?:vk|okap)_[0-9A-Za-z]{36})([0-9a-f]{8})$/;

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

/** A new token: `vk_`, 36 base-62 characters (214 bits), and the CRC-32 of both in hex so that a slip is told from a stranger. */
export const newKeyToken = (ambient: Ambient, form: KeyTokenForm = 'vk'): string => {
  const body = randomId(ambient, `${form}_`, SECRET_LENGTH);
  return body + checksum(body);
};

/** Whether a text claims to be a key-shaped token: routes a credential to the right check without reading it further. */
export const looksLikeKeyToken = (text: string): boolean => /^(?:vk|okap)_/.test(text);

/** Whether it claims to be one in OKAP's form, whose holder expects OKAP's errors. */
export const looksLikeOkapToken = (text: string): boolean => text.startsWith('okap_');

/** The SHA-256 of a well-formed token in base64url, which is all that is stored; null if the shape or the checksum is wrong. */
export const hashKeyToken = (text: string): string | null => {
  const match = TOKEN.exec(text);
  if (!match?.[1] || checksum(match[1]) !== match[2]) return null;
  return sha256(text);
};
