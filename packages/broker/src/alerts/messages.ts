// The words of alerts, in the language of the request at hand or of the owner who is written to.

import type { Translated } from '@valetkey/core';
import { words } from '../language.ts';
import { messagesDe } from './messages.de.ts';
import { messagesEn } from './messages.en.ts';
import { messagesJa } from './messages.ja.ts';

/** The words. */
export const messages = words<Translated<typeof messagesEn>>({
  en: messagesEn,
  de: messagesDe,
  ja: messagesJa,
});
