// What may be sealed as a provider key: text that can stand in a header and nothing else.

import { fail, type Result, succeed } from '@valetkey/core';
import type { KeyRefusal } from './contract.ts';

/** What the vault needs to know about a provider; the gate's `Provider` has it. */
export interface KeyChecker {
  /** Why this cannot be a key of the provider, or null. MUST NOT repeat the key. */
  readonly checkKey: (key: string) => string | null;
  /** False for providers that are used without one, e.g. a local model server. */
  readonly keyRequired: boolean;
}

const MIN_KEY_CHARACTERS = 12;
const MAX_KEY_CHARACTERS = 1024;

const describeProblem = (key: string, provider: KeyChecker): string | null => {
  if (key === '') return provider.keyRequired ? 'The key is empty.' : null;
  // What is taken out of answers in case a provider echoes it must be long enough not to be a word.
  if (provider.keyRequired && key.length < MIN_KEY_CHARACTERS)
    return 'The key is too short to be one. Paste it whole.';
  if (key.length > MAX_KEY_CHARACTERS) return `The key is longer than ${MAX_KEY_CHARACTERS} characters.`;
  // Anything else could end the header it travels in, or be altered on the way.
  if (!/^[\x21-\x7e]+$/.test(key)) return 'The key has blanks, line breaks or characters that no key has.';
  return provider.checkKey(key);
};

/** The key without the blanks and line break that come with pasting; or why it is refused, never repeating it. */
export const checkKeyMaterial = (pasted: string, provider: KeyChecker): Result<string, KeyRefusal> => {
  const key = pasted.trim();
  const detail = describeProblem(key, provider);
  return detail === null ? succeed(key) : fail({ reason: 'invalid_provider_key', detail });
};

/** The last four characters, for people to tell keys apart; nothing of a key so short that they would give it away. */
export const lastFourOf = (key: string): string => (key.length >= 12 ? key.slice(-4) : '');
