// Lists of names in a sentence.

import { locale } from '../messages/messages.ts';

/** `a`, `a and b`, `a, b and c`. */
export const listNames = (names: readonly string[]): string =>
  new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
