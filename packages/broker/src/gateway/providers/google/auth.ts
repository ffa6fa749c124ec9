// How a key of Google's Gemini API travels: in a header, never in the address. Project names never pass.

import { headerSafeKey, isJsonWebToken, SUBSCRIPTION_TOKEN } from '../reading/key-check.ts';

/** The headers that carry the key. */
export const authHeaders = (key: string) => ({ 'x-goog-api-key': key });

/** Why `key` is no Gemini API key; null when it may be one. `ya29.` and JWTs are sign-in tokens of a person. */
export const checkKey = (key: string): string | null => headerSafeKey(key) ?? checkKind(key);

function checkKind(key: string): string | null {
  if (key.startsWith('ya29.') || isJsonWebToken(key)) return SUBSCRIPTION_TOKEN;
  return key.startsWith('sk-') ? 'This is a key of another provider, not of Google.' : null;
}

/** Caller's headers that pass. */
export const REQUEST_HEADERS = ['accept'];

/** Provider's headers that pass. */
export const RESPONSE_HEADERS = ['retry-after'];
