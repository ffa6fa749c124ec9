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
  simulated: 'Simulated, needs no key',
  outage: 'Not available right now',
  outageText:
    'Valetkey cannot reach its database. This usually passes by itself: please try again in a moment, and look first whether what you did was done.',
};

const de: Translated<typeof en> = {
  signOut: 'Abmelden',
  confirm: 'Bestätigen, dass Sie es sind',
  confirmLarge: (above) => `Nötig, um mehr als ${above} im Monat zu erlauben, nicht zum Ablehnen.`,
  confirmOrLess: 'Bestätigen Sie, dass Sie es sind, oder erlauben Sie weniger.',
  password: 'Ihr Passwort',
  passkey: 'Mit einem Passkey bestätigen',
  passkeyNeedsScript: 'Mit einem Passkey zu bestätigen geht nur mit JavaScript.',
  simulated: 'Simuliert, braucht keinen Schlüssel',
  outage: 'Gerade nicht verfügbar',
  outageText:
    'Valetkey erreicht seine Datenbank nicht. Das geht meist von selbst vorbei: Versuchen Sie es gleich noch einmal, und sehen Sie vorher nach, ob geschehen ist, was Sie getan haben.',
};

const ja: Translated<typeof en> = {
  signOut: 'サインアウト',
  confirm: 'ご本人の確認',
  confirmLarge: (above) => `月 ${above} を超えて許可する場合に必要です。拒否には不要です。`,
  confirmOrLess: 'ご本人であることを確認するか、許可する額を下げてください。',
  password: 'パスワード',
  passkey: 'パスキーで確認する',
  passkeyNeedsScript: 'パスキーでの確認には JavaScript が必要です。',
  simulated: 'シミュレーション、キー不要',
  outage: '現在利用できません',
  outageText:
    'Valetkey がデータベースに接続できません。通常は自然に直ります。少し待って、先ほどの操作が済んでいるか確かめてから、もう一度お試しください。',
};

/** The words. */
export const messages = words({ en, de, ja });
