// The words of the consent pages, in the language of the request at hand.

import type { Translated } from '@valetkey/core';
import { words } from '../language.ts';
import { messagesDe } from './messages.de.ts';
import { messagesEn } from './messages.en.ts';
import { messagesJa } from './messages.ja.ts';
import { previewMessagesDe } from './preview-messages.de.ts';
import { previewMessagesEn } from './preview-messages.en.ts';
import { previewMessagesJa } from './preview-messages.ja.ts';
import { stepUpMessagesDe } from './step-up-messages.de.ts';
import { stepUpMessagesEn } from './step-up-messages.en.ts';
import { stepUpMessagesJa } from './step-up-messages.ja.ts';

/** Of the page on which an owner decides on access. */
export const messages = words<Translated<typeof messagesEn>>({
  en: messagesEn,
  de: messagesDe,
  ja: messagesJa,
});

/** Of the page on which an owner decides on a request for more. */
export const stepUpMessages = words<Translated<typeof stepUpMessagesEn>>({
  en: stepUpMessagesEn,
  de: stepUpMessagesDe,
  ja: stepUpMessagesJa,
});

/** Of a preview of the first. */
export const previewMessages = words<Translated<typeof previewMessagesEn>>({
  en: previewMessagesEn,
  de: previewMessagesDe,
  ja: previewMessagesJa,
});
