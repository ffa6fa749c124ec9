// What stands above a preview of a consent page, in German.

import type { Translated } from '@valetkey/core';
import type { previewMessagesEn } from './preview-messages.en.ts';

/** The words. */
export const previewMessagesDe: Translated<typeof previewMessagesEn> = {
  title: (name) => `Vorschau: ${name}`,
  note: 'Dies ist eine Vorschau. Sie zeigt, was man sieht, wenn Ihre App um Zugang bittet, mit einer erfundenen Anfrage. Nichts auf dieser Seite bewirkt etwas.',
  label: 'Vorschau der Seite',
  reason: 'Hier steht der Grund, den Ihre App nennt.',
};
