// Words about programs that are run or set up with a token, in Japanese.

import type { Translated } from '@valetkey/core';
import type { programs as english } from '../en/programs.ts';

/** Japanese. */
export const programs: Translated<typeof english> = {
  run: {
    summary: 'この実行だけのための小さく短命なトークンでプログラムを実行する',
    missing: '実行するプログラムがありません。-- の後に書いてください',
    started: (name, grant, provider, end) =>
      `${name} は ${provider} の許可 ${grant} を使います。許可はプログラムとともに、遅くとも ${end} に終わります。`,
  },
  runProgram: {
    cannotRun: (command, code = '') => `'${command}' を実行できません（${code}）。`,
    ending: (grant) => `許可 ${grant} を終わらせています。もう一度 Ctrl-C を押すと、待たずに終了します。`,
    unwaited: (grant, end) =>
      `中断しました。許可 ${grant} が終わったかどうかは不明です。遅くとも ${end} に終わります。`,
    notEnded: (grant, end) => `許可 ${grant} を終わらせられませんでした。${end} に終わります。`,
  },
  chooseProvider: {
    unknown: (name) => `プロバイダー ${name} はここにはありません。`,
    otherDialect: (dialect, name) =>
      `このプログラムが使うのは ${dialect} の API で、${name} の API ではありません。--provider で別のものを選んでください`,
    choose: (names) => `どのプロバイダーのモデルを使うか、--provider で次の中から選んでください: ${names}`,
    noKey: (names) => `使えるプロバイダーキーがありません（${names}）。追加するには: valetkey keys add`,
  },
  env: {
    summary: 'SDK の接続先をブローカーにする eval "$(...)" 用の行を、小さく短命なトークンとともに出力する',
  },
  tokenPrint: {
    summary: '小さく短命なトークンだけを出力する',
    for: '設定済みのツール用: 新しい許可ではなく、その許可の 1 時間分',
    forAlone: '--for は他のオプションと一緒に使えません。すべてはツールの設定で決まります',
    forOneOf: (names) => `--for は次のいずれかにしてください: ${names}`,
    done: (grant, end) =>
      `許可 ${grant} は ${end} に終わります。その前に終わらせるには: valetkey apps revoke ${grant}`,
    notSetUp: (tool) => `${tool} はここでは設定されていません。設定するには: valetkey setup ${tool}`,
    grantOver: (message, tool) => `${message} 新しい許可を得るには: valetkey setup ${tool}`,
  },
  mcp: {
    summary: 'whoami、budget、delegate、request_more、revoke をエージェントのホストに提供する（MCP）',
    tokenFiles: '委任したトークンは応答に含めず、このフォルダーの、自分だけが読めるファイルに書く',
    serving: (server) =>
      `valetkey: ${server} でのこのトークンの許可を、エージェントのホストに提供しています。`,
  },
  parentGrant: {
    noToken:
      '委任するトークンがありません。VALETKEY_TOKEN と VALETKEY_URL を設定するか、--from で自分の許可を指定してください',
    noAddress: (variable) =>
      `${variable} は設定されていますが、どこで有効かが分かりません。VALETKEY_URL を設定してください`,
    noAnswer: (message) => `${message} VALETKEY_URL を確認してください。`,
    ended: 'トークンは不明か、すでに無効です。入手元で新しいものを求めてください。',
  },
  setup: {
    summary: 'claude、codex、gemini、opencode、aider の設定にブローカーを書き込む',
    limit: '使用額の上限。繰り返し可（既定: 5/day）',
    expires: '終了までの時間（12h、8w など。既定: 30d）',
    yes: '確認せずに書き込む',
    undo: 'すべてを元に戻し、許可を終わらせる',
    toolOneOf: (names) => `<tool> は次のいずれかにしてください: ${names}`,
    ask: 'これを書き込みますか？ [y/N] ',
    agreed: 'y yes はい',
    needsYes: '何も変更していません。確認なしで同意するには --yes を付けてください',
    refused: '何も変更していません。',
    done: (tool, grant, end) => `${tool} は ${end} まで許可 ${grant} を使います。`,
    takeBack: (tool) => `元に戻すには: valetkey setup ${tool} --undo`,
    alsoSet: (variables) =>
      `このシェルで設定されており、優先される可能性があります: ${variables}。unset で解除してください。`,
    notSetUp: (tool) => `${tool} はここでは設定されていません。`,
    undone: (tool) => `${tool} を元の状態に戻しました。`,
    grantLeft: (grant, server) =>
      `許可 ${grant} を終わらせられませんでした。終わらせるには: valetkey apps revoke ${grant} --url ${server}`,
  },
  toolFiles: {
    leftAlone: (path, problem) => `${path} は変更していません: ${problem}。`,
    rivals: (names) => `中の ${names.join(' と ')} が、書き込む内容より優先されます。先に取り除いてください`,
    holdsAlready: '書き込む内容がすでに入っています',
    notJson: (line) => `JSON ではありません（${line === null ? '深すぎます' : `${line} 行目`}）`,
    notObject: (key = '全体') => `${key} がオブジェクトではありません`,
    keyTwice: (key) => `${key} が 2 つあります`,
    notToml: (line) => `TOML ではありません（${line} 行目）`,
    has: (name) => `${name} がすでにあります。先に取り除いてください`,
    notEnv: (line) => `NAME=value の行のファイルではありません（${line} 行目）`,
    notYaml: (line) => `最上位が単純なキーの YAML ではありません（${line} 行目）`,
    setsTwice: (key) => `${key} が 2 回設定されています`,
    tooLong: (key) => `${key} が 1 行に収まっていません`,
    notOurs: 'Valetkey のファイルではありません',
    changed: (path, lines) =>
      `${path} は変更していません: 書き込まれた内容を誰かが変更しています。手で取り除いてから、もう一度お試しください: ${lines}`,
    changedMeanwhile: (path) =>
      `${path} はその間に変更されました。こちらでは何も変更していません。もう一度お試しください。`,
    cannotRemove: (path, code = '') => `${path} を削除できません（${code}）。`,
    damaged: (path) =>
      `${path} は壊れています。そこに記されているものを各ツールから取り除いてから、このファイルを削除してください。`,
  },
};
