// SHA-256 as it is written down and compared throughout the house.

import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 as base64url. */
export const sha256 = (content: string | Uint8Array): string => hash('sha256', content, 'base64url');

/** Whether two digests are the same, in constant time. */
export const isSameDigest = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);
