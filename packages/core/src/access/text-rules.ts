// What each text in a request for access may look like. Every rule bounds the length; none is ever loosened by trimming
// or folding case, because names are compared byte by byte.

import { CAPABILITIES } from './model-access.ts';

/** What a text must look like: a pattern with its length limit inside, and the words that complete "must be ...". */
export interface TextRule {
  readonly pattern: RegExp;
  readonly says: string;
}

/** The rule for exactly this text. */
export const exactly = (text: string): TextRule => ({ pattern: new RegExp(`^${text}$`), says: text });

/** A provider's name: it is a path segment and a database key. */
export const PROVIDER_RULE: TextRule = {
  pattern: /^[a-z0-9][a-z0-9-]{0,31}$/,
  says: 'the name of a provider: 1 to 32 lower-case letters, digits and hyphens',
};

/** What a model name may consist of: printable ASCII without space, quote, backslash; `*` only at the end. */
export const MODEL_RULE: TextRule = {
  pattern: /^(?:[!#-)+-[\]-~]{1,200}\*?|\*)$/,
  says: 'a model name of at most 200 printable characters without spaces, with * only at its end',
};

/** One of the known capabilities. */
export const CAPABILITY_RULE: TextRule = {
  pattern: new RegExp(`^(?:${CAPABILITIES.join('|')})$`),
  says: `one of ${CAPABILITIES.join(', ')}`,
};

/** An RFC 9396 location. Compared byte by byte, never resolved. */
export const LOCATION_RULE: TextRule = {
  pattern: /^https?:\/\/[!#-;=?-[\]-~]{1,500}$/,
  says: 'an http or https URL of at most 500 characters',
};

/** The kind of a tool, as providers write it in `tools[].type`. */
export const TOOL_RULE: TextRule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/,
  says: 'the name of a tool: 1 to 64 letters, digits, _ . : and -',
};

/** The client's own words. Control and text-direction characters could make a page read differently from what is stored. */
export const REASON_RULE: TextRule = {
  pattern: /^[^\p{Cc}\p{Cs}\p{Bidi_Control}\p{Zl}\p{Zp}]{1,500}$/u,
  says: 'a text of 1 to 500 characters on one line',
};

/** Who may receive a child: the word for the parent's own agents, or an OAuth `client_id` (RFC 6749 appendix A.1, without space and quotes). */
export const RECIPIENT_RULE: TextRule = {
  pattern: /^[!#-[\]-~]{1,512}$/,
  says: 'own_agents or a client_id of at most 512 printable characters without spaces',
};

/** The most recipients that one entry may name. */
export const MAX_RECIPIENTS = 20;

/** The most models that one entry may name. */
export const MAX_MODELS = 100;

/** Every model has one spelling only, null, so that no rule has to know that `*` alone means the same. */
export const everyModelIsNull = (models: readonly string[] | null): readonly string[] | null =>
  models?.includes('*') ? null : models;
