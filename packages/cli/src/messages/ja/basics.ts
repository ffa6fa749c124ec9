// Words about signing in, help, what is wrong with a command line, and what several commands say, in Japanese.

import type { Translated } from '@valetkey/core';
import type { basics as english } from '../en/basics.ts';

/** Japanese. */
export const basics: Translated<typeof english> = {
  resultNotWritten: (code = '') => `結果を書き込めません（${code}）。`,
  flags: {
    url: 'サーバー（既定: VALETKEY_URL、次に最後のログイン先）',
    json: '結果を JSON で出力する',
    help: 'このページを表示する',
  },
  help: {
    about: (summary) => `${summary}。`,
    usage: '使い方:',
    options: 'オプション:',
    examples: '例:',
    commands: 'コマンド:',
    product: 'Valetkey は AI プロバイダーのキーを保管し、代わりに範囲と予算を限ったトークンを渡します。',
    starts: '（valetkey serve と同じく、ブローカーを起動します）',
    exitCodes:
      '終了コード: 0 成功、1 エラー、2 使い方の誤り、4 ログインが必要、5 予算による拒否、6 許可なし、130 中断。',
    environment:
      '環境変数: VALETKEY_URL はサーバー、XDG_CONFIG_HOME はログインの保存場所、LANG は言語を選びます。NO_COLOR は色を消します。',
    more: '各コマンドの詳細: valetkey <command> --help',
  },
  misuse: {
    wrong: (problem, command) => `${problem}。参照: valetkey ${command} --help`,
    noCommand: (word) => `コマンド '${word}' はありません。参照: valetkey --help`,
    comesNext: (word, names) => `${word} の後には次のいずれかが続きます: ${names}。参照: valetkey --help`,
    missing: (arg) => `<${arg}> がありません`,
    empty: (arg) => `<${arg}> が空です`,
    tooMany: (word) => `引数 '${word}' は余分です`,
    lastTooMany: '最後の引数は余分です',
    unknownOption: (option) => `オプション '${option}' はありません`,
    takesNoValue: (option) => `オプション '${option}' は値を取りません`,
    valueMissing: (option) => `オプション '${option} <value>' の値がありません`,
    valueIsOption: (option) => `オプション '${option}' の値がオプションのように見えます`,
    optionMissing: (option) => `${option} がありません`,
    badAmount: (option, text) =>
      `${option} ${text}: 5 や 0.25 のような米ドルの金額（9000000 まで）でなければなりません`,
  },
  serverUrl: {
    notOne: (source) =>
      `${source} は https://keys.example.com のような Valetkey サーバーのアドレスでなければなりません`,
    notAlone: (source, origin) => `${source} は ${origin} のようなサーバーのアドレスだけにしてください`,
    notHttps: (source) =>
      `${source} はこのコンピューターを除き https:// で始まる必要があります。ログイン情報がそこに送られるためです`,
  },
  statuses: {
    active: '有効',
    suspended: '一時停止中',
    stopped: '停止中',
    revoked: '取り消し済み',
    expired: '期限切れ',
    admitted: '実行中',
    settled: '精算済み',
    ceiling: '最大額で計上',
    released: '確保解除',
    refused: '拒否',
    lost: '紛失',
    pending: '未回答',
    allowed: '許可済み',
    denied: '拒否',
    withdrawn: '取り下げ',
  },
  limits: {
    per: { total: '合計', month: '1 か月', week: '1 週間', day: '1 日', minute: '1 分' },
    requests: (count) => `${count} リクエスト`,
    tokens: (count) => `${count} トークン`,
    left: (left, amount, per) => `${per} ${amount} のうち ${left}`,
  },
  callsRemoved: (before, entry) =>
    `${before} より前の呼び出しは記録簿から除かれました（項目 ${entry} による）。`,
  reach: {
    here: (server, why) =>
      `${server} に接続できません${why === null ? '' : `（${why}）`}。valetkey serve で起動するか、--url で別のサーバーを指定してください。`,
    elsewhere: (server, why) =>
      `${server} に接続できません${why === null ? '' : `（${why}）`}。アドレスを確認するか、--url で別のサーバーを指定してください。`,
    late: '時間内に応答がありません',
    why: {
      ENOTFOUND: 'そのホスト名は存在しません',
      EAI_AGAIN: '現在、名前を引けません',
      CERT_HAS_EXPIRED: '証明書の期限が切れています',
      ERR_TLS_CERT_ALTNAME_INVALID: '証明書が別の名前のものです',
      DEPTH_ZERO_SELF_SIGNED_CERT: '自己署名の証明書です。NODE_EXTRA_CA_CERTS で信頼できます',
      SELF_SIGNED_CERT_IN_CHAIN: '独自の認証局の証明書です。NODE_EXTRA_CA_CERTS で信頼できます',
      UNABLE_TO_VERIFY_LEAF_SIGNATURE: '証明書を検証できません。NODE_EXTRA_CA_CERTS で認証局を信頼できます',
      ERR_SSL_WRONG_VERSION_NUMBER: 'そこでは https が使えません',
      ERR_SSL_PACKET_LENGTH_TOO_LONG: 'そこでは https が使えません',
    },
    notLoggedIn: (server) =>
      `${server} にログインしていません。次を実行してください: valetkey login --url ${server}`,
    notValetkey: (server, status) =>
      `${server} は ${status} を返しましたが、Valetkey サーバーの応答ではありません。アドレス（--url）を確認してください。`,
    inRequest: (message, requestId) => `${message}（リクエスト ${requestId}）`,
    sentElsewhere: (server, elsewhere) =>
      `${server} は ${elsewhere} へ転送しています。信頼できる場合は次を実行してください: valetkey login ${elsewhere}`,
  },
  files: {
    cannotRead: (path, code) => `${path} を読めません（${code}）。`,
    cannotReadLogins: (path, code = '') =>
      `${path} を読めません（${code}）。自分が読めるようにしてください。`,
    cannotReadDevices: (path) => `${path} を読めません。自分が読めるようにしてください。`,
    cannotReadToChange: (path, code) => `${path} を読めません（${code}）。何も変更していません。`,
    cannotWrite: (path, code, folder) =>
      `${path} に書き込めません（${code}）。${folder} に自分が書き込めるようにしてください。`,
    notUtf8: 'UTF-8 ではありません',
    damagedLogins: (path) => `${path} は壊れています。削除して次を実行してください: valetkey login`,
    damagedDevices: (path) => `${path} は壊れています。削除して次を実行してください: valetkey devices enrol`,
  },
  secret: {
    wanted: (what) => `${what}を標準入力で渡してください`,
    interrupted: '中断しました',
  },
  login: {
    summary: 'サーバーにログインする（ブラウザー、またはメールアドレスとパスワード）',
    email: 'このメールアドレスとパスワードでサインインする',
    passwordStdin: 'パスワードを標準入力から読む',
    needsEmail: '--password-stdin には --email が必要です',
    passwordWanted: '--password-stdin を付けて、パスワードを標準入力で渡してください',
    password: 'パスワード',
    done: (server, email) => `${server} に ${email} としてログインしました。`,
    otherIssuer: (issuer, server) =>
      `このサーバーの名前は ${issuer} です。プログラムは ${server} ではなくそちらに送られます。`,
    open: (uri, code) => `${uri} を開き、\nコード ${code} が表示されることを確認してください`,
    declined: 'ブラウザーでログインが拒否されました。',
    nobodyAgreed: '時間内にブラウザーで承認されませんでした。valetkey login をもう一度実行してください。',
    passwordEmpty: 'パスワードが空です。標準入力で渡してください。',
    refused: (server) => `${server} はこのメールアドレスとパスワードを受け付けませんでした。`,
    tooOften: '試行回数が多すぎます。1 分待ってからもう一度お試しください。',
    needsSecondFactor: (server) =>
      `このアカウントには 2 つ目の認証要素が必要です。次を実行してください: valetkey login --url ${server}（ブラウザーを使います）`,
  },
};
