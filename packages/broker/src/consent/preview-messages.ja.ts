// What stands above a preview of a consent page, in Japanese.

import type { Translated } from '@valetkey/core';
import type { previewMessagesEn } from './preview-messages.en.ts';

/** The words. */
export const previewMessagesJa: Translated<typeof previewMessagesEn> = {
  title: (name) => `プレビュー: ${name}`,
  note: 'これはプレビューです。架空の要求を使って、アプリがアクセスを求めるときに利用者が見るものを示します。ここでは何を操作しても何も起こりません。',
  label: 'ページのプレビュー',
  reason: 'ここに、アプリが示す理由が表示されます。',
};
