// What a request for more changes, in the language of the request at hand.

import type { Translated } from '@valetkey/core';
import { words } from '../language.ts';
import { changeMessagesDe } from './messages.de.ts';
import { changeMessagesEn } from './messages.en.ts';
import { changeMessagesJa } from './messages.ja.ts';

/** The words. */
export const changeMessages = words<Translated<typeof changeMessagesEn>>({
  en: changeMessagesEn,
  de: changeMessagesDe,
  ja: changeMessagesJa,
});
