// The words of the page “Developer apps”, in Japanese.

import { number } from './counts.ts';

/** Registering an app and keeping it. */
export const developer = {
  title: '開発者アプリ',
  lead: 'あなたが開発し、OAuth で利用者にアクセスを求めるアプリです。',
  preview: 'プレビュー',
  previewOf: (name: string) => `${name} について判断するページのプレビュー`,
  register: 'アプリを登録',
  registerTitle: 'アプリを登録',
  editTitle: (name: string) => `${name} を編集`,
  name: '名前',
  nameHint: 'アクセスを求めるときに利用者に表示されます。',
  url: 'ホームページ',
  redirects: 'リダイレクト URI',
  redirectsHint: '1 行に 1 つ書いてください。1 文字ずつ比較されます。',
  type: 'コードはどこで動きますか？',
  public: '利用者の端末',
  publicText:
    'ブラウザー、モバイル、デスクトップ、コマンドライン: 秘密を保持できません。PKCE を使うパブリッククライアント。',
  confidential: 'サーバー',
  confidentialText: '秘密を保持できます。コンフィデンシャルクライアント。',
  dpop: '鍵の所持証明（DPoP）を必須にする',
  dpopText: 'アプリの秘密鍵がなければ、盗まれたトークンは使えません。',
  clientId: 'クライアント ID',
  secret: 'クライアントシークレット',
  secretOnce: '今コピーしてください。ハッシュとして保存され、再び表示されません。',
  registered: (name: string) => `${name} を登録しました`,
  edited: (name: string) => `${name} を変更しました。`,
  typeName: { public: 'パブリック', confidential: 'コンフィデンシャル' },
  bound: 'DPoP 必須',
  byDocument: 'メタデータ文書で識別',
  grants: (count: number) =>
    count === 0 ? 'あなたの有効な許可はありません' : `あなたの有効な許可 ${number(count)} 件`,
  edit: '編集',
  editOf: (name: string) => `${name} を編集`,
  rotate: '新しいシークレット',
  rotateOf: (name: string) => `${name} の新しいシークレット`,
  rotateTitle: (name: string) => `${name} の新しいシークレットを作りますか？`,
  rotateEffect:
    '現在のシークレットはただちに無効になります。新しいものを得るまで、アプリはトークンを取得も更新もできません。',
  rotateConfirm: 'シークレットを置き換える',
  rotated: (name: string) => `${name} の新しいシークレット`,
  remove: '削除',
  removeOf: (name: string) => `${name} を削除`,
  removeTitle: (name: string) => `${name} を削除しますか？`,
  removeEffect: (count: number) =>
    count === 0
      ? '今後、誰にもアクセスを求められなくなります。'
      : `今後、誰にもアクセスを求められなくなり、あなたの許可 ${number(count)} 件がただちに取り消されます。`,
  removeConfirm: 'アプリを削除',
  removed: (name: string) => `${name} を削除しました。`,
  empty: '登録したアプリはありません。',
  emptyText: 'アプリは次のアドレスから必要なものをすべて見つけ、PKCE とともに要求を事前送信します:',
  discovery: 'ディスカバリー文書',
  created: '登録日',
};
