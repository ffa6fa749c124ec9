// The words that describe a right, by language.

import type { Language } from './language.ts';
import { accessMessagesDe } from './messages.de.ts';
import { type AccessMessages, accessMessagesEn } from './messages.en.ts';
import { accessMessagesJa } from './messages.ja.ts';

export type { AccessMessages };

/** A message table for each language. */
export const accessMessages: Readonly<Record<Language, AccessMessages>> = {
  en: accessMessagesEn,
  de: accessMessagesDe,
  ja: accessMessagesJa,
};
