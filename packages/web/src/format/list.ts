// Lists of names in a sentence.

const SENTENCE = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** `a`, `a and b`, `a, b and c`. */
export const listNames = (names: readonly string[]): string => SENTENCE.format(names);
