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
  passkeyOf: 'Passkey of',
  passkeyCancelled: 'Cancelled, or no passkey was chosen.',
  passkeyKnown: 'This device already has a passkey for you.',
  passkeyTooOften: 'Too many attempts. Try again in a few minutes.',
  passkeyFailed: 'That did not work. Try again, or use your password.',
  simulated: 'Simulated, needs no key',
  fault: 'Something broke here',
  faultText: 'What you did may not be done. Look first, then try again in a moment.',
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
  passkeyNeedsScript: 'Das Bestätigen mit einem Passkey geht nur mit JavaScript.',
  passkeyOf: 'Passkey vom',
  passkeyCancelled: 'Abgebrochen, oder es wurde kein Passkey gewählt.',
  passkeyKnown: 'Dieses Gerät hat schon einen Passkey für Sie.',
  passkeyTooOften: 'Zu viele Versuche. Versuchen Sie es in ein paar Minuten noch einmal.',
  passkeyFailed: 'Das hat nicht geklappt. Versuchen Sie es noch einmal, oder verwenden Sie Ihr Passwort.',
  simulated: 'Simuliert, braucht keinen Schlüssel',
  fault: 'Hier ist etwas schiefgegangen',
  faultText:
    'Was Sie tun wollten, ist vielleicht nicht geschehen. Sehen Sie erst nach, und versuchen Sie es dann noch einmal.',
  outage: 'Gerade nicht verfügbar',
  outageText:
    'Valetkey erreicht seine Datenbank nicht. Das geht meist von selbst vorbei: Versuchen Sie es gleich noch einmal, und sehen Sie vorher nach, ob schon geschehen ist, was Sie tun wollten.',
};

const ja: Translated<typeof en> = {
  signOut: 'サインアウト',
  confirm: 'ご本人の確認',
  confirmLarge: (above) => `月 ${above} を超えて許可する場合に必要です。拒否には不要です。`,
  confirmOrLess: 'ご本人であることを確認するか、許可する額を下げてください。',
  password: 'パスワード',
  passkey: 'パスキーで確認する',
  passkeyNeedsScript: 'パスキーでの確認には JavaScript が必要です。',
  passkeyOf: 'パスキー',
  passkeyCancelled: 'キャンセルされたか、パスキーが選ばれませんでした。',
  passkeyKnown: 'この端末にはあなたのパスキーがすでにあります。',
  passkeyTooOften: '試行回数が多すぎます。数分後にもう一度お試しください。',
  passkeyFailed: 'うまくいきませんでした。もう一度試すか、パスワードをお使いください。',
  simulated: '模擬、キー不要',
  fault: '問題が起きました',
  faultText: '先ほどの操作は済んでいない可能性があります。確かめてから、少し待ってもう一度お試しください。',
  outage: '現在利用できません',
  outageText:
    'Valetkey がデータベースに接続できません。通常は自然に直ります。少し待って、先ほどの操作が済んでいるか確かめてから、もう一度お試しください。',
};

/** The words. */
export const messages = words({ en, de, ja });
