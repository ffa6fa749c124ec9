// How a key of Anthropic travels, and what may pass beside it. Organisation ids never pass.

import { headerSafeKey, isJsonWebToken, SUBSCRIPTION_TOKEN } from '../reading/key-check.ts';

/** The headers that carry the key. */
export const authHeaders = (key: string) => ({ 'x-api-key': key });

/** Why `key` is no API key of Anthropic; null when it may be one. `sk-ant-oat` and `sk-ant-ort` are tokens of Claude subscriptions. */
export const checkKey = (key: string): string | null => headerSafeKey(key) ?? checkKind(key);

function checkKind(key: string): string | null {
  if (/^sk-ant-(?:oat|ort|sid)/.test(key) || isJsonWebToken(key)) return SUBSCRIPTION_TOKEN;
  if (key.startsWith('sk-ant-admin'))
    return 'This is an admin key: it manages the organisation and cannot call models. Create an API key instead.';
  return key.startsWith('sk-proj-') ? 'This is a key of OpenAI, not of Anthropic.' : null;
}

/** Caller's headers that pass; the values of `anthropic-beta` are checked when the request is read. */
export const REQUEST_HEADERS = ['accept', 'anthropic-version', 'anthropic-beta'];

/** Provider's headers that pass. */
export const RESPONSE_HEADERS = ['request-id', 'retry-after', 'x-should-retry'];
