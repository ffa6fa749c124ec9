// How a key of OpenAI travels, and what may pass beside it. Organisation and project ids never pass in either direction.

import { headerSafeKey, isJsonWebToken, SUBSCRIPTION_TOKEN } from '../reading/key-check.ts';
import { words } from '../reading/words.ts';

/** The headers that carry the key. */
export const authHeaders = (key: string) => ({ authorization: `Bearer ${key}` });

/** Why `key` is no API key of OpenAI; null when it may be one. ChatGPT session tokens are JWTs. */
export const checkKey = (key: string): string | null => headerSafeKey(key) ?? checkKind(key);

function checkKind(key: string): string | null {
  if (isJsonWebToken(key) || key.startsWith('sess-')) return SUBSCRIPTION_TOKEN;
  if (key.startsWith('sk-ant-')) return 'This is a key of Anthropic, not of OpenAI.';
  return null;
}

/** Caller's headers that pass. */
export const REQUEST_HEADERS = ['accept'];

/** Provider's headers that pass. */
export const RESPONSE_HEADERS = words(`
  x-request-id openai-processing-ms openai-version retry-after retry-after-ms content-disposition`);
