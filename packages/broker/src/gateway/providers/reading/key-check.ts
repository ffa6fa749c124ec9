// Refuses text that cannot travel in a header, whatever provider it is for. MUST NOT repeat the text.

/** What is wrong with a key; null when it is a line of 1 to 512 printable ASCII characters without blanks. */
export function headerSafeKey(key: string): string | null {
  if (key === '') return 'The key is empty.';
  if (/^\s|\s$/.test(key)) return 'The key begins or ends with a blank. Paste it without.';
  if (key.length > 512) return 'The key is too long: no provider has keys of more than 512 characters.';
  return /^[\x21-\x7e]+$/.test(key)
    ? null
    : 'The key has characters that no key has: blanks, line breaks, controls or letters outside ASCII.';
}

/** Why a consumer subscription's token is refused. */
export const SUBSCRIPTION_TOKEN =
  'This is the token of a consumer subscription, not an API key. The provider forbids using it through other software; create an API key instead.';

/** A JSON Web Token: three base64url parts, the first an object. API keys never look like that. */
export const isJsonWebToken = (key: string): boolean => /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(key);
