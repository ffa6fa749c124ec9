// Every Japanese text of the pages on which owners make accounts, sign in and confirm who they are.

import type { Translated } from '@valetkey/core';
import type { messagesEn } from './messages.en.ts';

/** The Japanese message table. */
export const messagesJa: Translated<typeof messagesEn> = {
  or: 'または',
  email: 'メールアドレス',
  emailHint: 'サインインに使う名前です。メールは送られません。',
  password: 'パスワード',
  passwordHint: (least) => `${least} 文字以上。いくつかの単語をつなげると良いでしょう。`,
  wrongEmail: 'you@example.com のような形でメールアドレスを入力してください。',
  tooShort: (least) => `${least} 文字以上にしてください。`,
  tooLong: (most) => `${most} 文字以内にしてください。`,
  makeAccount: 'アカウントを作る',
  usedUp: '使用済みのリンク',
  usedUpTitle: 'このリンクは使用済みです',

  signIn: 'サインイン',
  signInLead: 'あなたの AI アカウントと、それを使えるもの。',
  usePasskey: 'パスキーを使う',
  notSetUp: '未設定',
  notSetUpText:
    'Valetkey が起動時に表示した一度限りの設定リンクを開いてください。起動のたびに新しいリンクが表示されます。',
  passkeyMeanwhile: 'その間もパスキーは使えます。',
  signInBroken: 'ただいまサインインできません。少し待ってからお試しください。',
  wrong: 'メールアドレスまたはパスワードが違います。',
  wait: (minutes) => `試行回数が多すぎます。${minutes} 分後にもう一度お試しください。`,

  signOut: 'サインアウト',
  signOutTitle: 'サインアウトしますか？',
  signOutText: (email) =>
    `${email} としてサインインしています。接続中のアプリは動き続け、このブラウザーだけがサインアウトします。`,
  stay: 'サインインしたままにする',

  confirm: 'ご本人の確認',
  confirmLead: (minutes) =>
    `これから行う操作は特に重要です。確認はこのブラウザーで ${minutes} 分間有効です。`,
  confirmButton: '確認する',
  confirmNot: '今はしない',
  signedOut: 'サインアウトしています。もう一度サインインしてください。',
  wrongPassword: 'パスワードが違います。',
  confirmPasskey: 'パスキーを使ってください。',

  setUp: '設定',
  setUpTitle: 'ようこそ。アカウントを作りましょう。',
  setUpLead:
    'あなたがこのブローカーの所有者になります。AI アカウントを追加し、どのアプリが使えるか決めます。誰にも何も送られません。',
  setUpUsed:
    '設定リンクは一度だけ、最新のものだけが有効です。まだ誰も設定していない場合は、再起動すると新しいリンクが表示されます。',

  invited: 'アカウントを作る',
  invitedTitle: '招待されています。アカウントを作りましょう。',
  invitedLead:
    '自分の AI アカウントを追加し、どのアプリが使えるか決めます。使用額は運用者に見えますが、呼び出し、アプリ、キーは見えません。',
  invitedAs: (email) => `${email} としてサインインします。`,
  invitedPasskey: '代わりにパスキーを使う',
  invitedUsed:
    '招待は一度だけ、7 日間有効で、取り消されることもあります。まだアカウントがない場合は、招待した人に新しいものを依頼してください。',
  taken: 'このアドレスのアカウントはすでにあります。サインインするか、別のアドレスを使ってください。',

  ways: 'サインインの方法',
  passkeys: 'パスキー',
  noPasskeys:
    'まだありません。パスキーは端末の画面ロックでサインインするもので、フィッシングの被害に遭いません。',
  addPasskey: 'パスキーを追加',
  addNeedsScript: 'パスキーの追加には JavaScript が必要です。',
  passkeysElsewhere: (port) =>
    `ブラウザーはホスト名でのみパスキーを許可します。使うには VALETKEY_ISSUER を http://localhost:${port} または自分のドメインに設定してください。`,
  passkeyName: 'パスキー',
  added: (day) => `追加日 ${day}`,
  remove: '削除',
  signedInNow: 'サインイン中',
  unknownProgram: '不明なプログラム',
  thisBrowser: '（このブラウザー）',
  since: (day) => `${day} から`,
  from: (address) => `、${address}`,
  unknownDay: '不明',
  endOthers: 'ほかのすべてでサインアウト',

  programs: '待っているプログラム',
  noPrograms:
    '今はありません。プログラムを起動してこのページを再読み込みすると、その要求が 10 分間ここに表示されます。',
  program: 'プログラム',
  withoutAddress: 'あなたのアドレスなしで届いたものがあります。',
  withoutAddressText:
    'このブローカーに届く人なら誰でも、どんな名前でも作れます。同じ名前が 2 つあれば両方キャンセルし、プログラムにあなたのアドレスを渡してやり直してください。',
  address: 'プログラム用のアドレス',
  addressText:
    'OKAP に対応したプログラムに、保管庫のアドレスとして渡してください。要求はあなただけに届きます。',
  device: '端末を接続',
  deviceLead: ['アプリまたは ', ' に表示されたコードを入力してください。'],
  code: 'コード',
  goOn: '続ける',
  terminal: 'ターミナルを接続',
  terminalTitle: 'このターミナルをあなたとしてサインインさせますか？',
  terminalCode: '次のコードが表示されているはずです:',
  terminalQuestion: 'あなた自身が、自分のコンピューターで今始めたものですか？',
  terminalWarning:
    'リンクやコードを誰かから送られた場合はキャンセルしてください。許可すると、その人にあなたのアカウントを渡すことになります。',
  terminalUntil: [
    'あなたがここでできることを、14 日間、または次の場所でサインアウトするまで行えます: ',
    '。',
  ],
  allow: '許可',
  cancel: 'キャンセル',
  terminalDone: 'ターミナルを接続しました',
  terminalBack: 'このページを閉じて、ターミナルに戻ってください。',
  cancelled: 'キャンセルしました',
  nothingAllowed: '何も許可されていません。',
  deviceDone: '端末を接続しました',
  deviceBack: 'このページを閉じて、端末に戻ってください。',
  deviceStop: ['いつでも止められます: ', '。'],
  connectedApps: '接続中のアプリ',
  unknownCode: 'そのコードは不明か、使用済みか、古すぎます。端末でやり直すと新しいコードが表示されます。',
  tooManyCodes: '試されたコードが多すぎます。1 時間後にもう一度お試しください。',

  notOffered: '利用できません',
  notOfferedText: 'このページは、開くか送信するかのどちらかしかできません。',
  nothingDone: '何も行われていません',
  fromElsewhere: (issuer) =>
    `このフォームは別のサイトから送られたため、何も行われていません。${issuer} を開いてもう一度お試しください。`,
  notThisForm: '送られたものはこのフォームではありません。',
};
