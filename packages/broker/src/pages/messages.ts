// The words of what every page can hold, in each language: the shell, and "confirm that it is you".

import type { Translated } from '@valetkey/core';
import { words } from '../language.ts';

const en = {
  signOut: 'Sign out',
  confirm: 'Confirm that it is you',
  confirmLarge: (above: string) => `Needed to allow more than ${above} a month, not to refuse.`,
  confirmOrLess: 'Confirm that it is you, or allow less.',
  password: 'Your password',
  passkey: 'Confirm with a passkey',
  passkeyNeedsScript: 'Confirming with a passkey needs JavaScript.',
};

const de: Translated<typeof en> = {
  signOut: 'Abmelden',
  confirm: 'Bestätigen, dass Sie es sind',
  confirmLarge: (above) => `Nötig, um mehr als ${above} im Monat zu erlauben, nicht zum Ablehnen.`,
  confirmOrLess: 'Bestätigen Sie, dass Sie es sind, oder erlauben Sie weniger.',
  password: 'Ihr Passwort',
  passkey: 'Mit einem Passkey bestätigen',
  passkeyNeedsScript: 'Mit einem Passkey zu bestätigen geht nur mit JavaScript.',
};

const ja: Translated<typeof en> = {
  signOut: 'サインアウト',
  confirm: 'ご本人の確認',
  confirmLarge: (above) => `月 ${above} を超えて許可する場合に必要です。拒否には不要です。`,
  confirmOrLess: 'ご本人であることを確認するか、許可する額を下げてください。',
  password: 'パスワード',
  passkey: 'パスキーで確認する',
  passkeyNeedsScript: 'パスキーでの確認には JavaScript が必要です。',
};

/** The words. */
export const messages = words({ en, de, ja });
