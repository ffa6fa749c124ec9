// The words of "confirm that it is you", in Japanese.

/** Before what matters most. */
export const confirm = {
  title: 'ご本人の確認',
  lead: 'これから行う操作は特に重要です。確認はこのブラウザーで数分間有効です。',
  password: 'パスワード',
  confirm: '確認する',
  passkey: 'パスキーで確認する',
  wrong: 'パスワードが違います。',
  tooMany: '試行回数が多すぎます。数分後にもう一度お試しください。',
  noPasskey: 'うまくいきませんでした。ご自分のパスキーでもう一度お試しください。',
  broken: 'ただいまサインインできません。少し待ってからお試しください。',
};
