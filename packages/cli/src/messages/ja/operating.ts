// Words of the commands about a login, the broker itself and its data folder, in Japanese.

import type { Translated } from '@valetkey/core';
import type { operating as english } from '../en/operating.ts';

/** Japanese. */
export const operating: Translated<typeof english> = {
  dataDir: 'データフォルダー（既定: VALETKEY_DATA_DIR、次に ./data）',
  logout: {
    summary: 'サーバーからログアウトする',
    wasNot: (server) => `${server} にはログインしていませんでした。`,
    done: (server) => `${server} からログアウトしました。`,
    onlyHere: (server) =>
      `${server} へのログインをここでは消しましたが、サーバーに伝えられませんでした。ダッシュボードでセッションを終了してください。`,
  },
  status: { summary: 'サーバーと、ログインしている人を表示する' },
  whoami: { summary: '環境変数のトークンにできること、なければログインしている人を表示する' },
  doctor: {
    summary: 'プログラムがブローカーを使えない原因を調べ、対処を示す',
    checks: {
      server: 'サーバー',
      clock: '時計',
      login: 'ログイン',
      address: 'アドレス',
      providerKeys: 'プロバイダーキー',
      environment: '環境変数',
      tools: 'ツール',
    },
    statuses: { ok: '正常', warning: '注意', problem: '問題' },
    notRight: (wrong, all) => `${all} 件中 ${wrong} 件に問題があります。`,
    answers: (server) => `${server} は応答しています。`,
    unhealthy: (server, status) =>
      `${server} は状態の確認に ${status} を返しました。ログを確認してください。`,
    clocksAgree: 'こちらと相手の時計は一致しています。',
    clockBehind: (seconds) => `こちらの時計はサーバーより ${seconds} 秒遅れています。合わせてください。`,
    clockAhead: (seconds) => `こちらの時計はサーバーより ${seconds} 秒進んでいます。合わせてください。`,
    you: (email) => `あなたは ${email} です。`,
    knowsItself: (server) => `サーバー自身のアドレスは ${server} です。`,
    callsItself: (issuer, server) =>
      `サーバーの名前は ${issuer} です。プログラムは ${server} ではなくそちらに送られます。`,
    noProviderKeys: 'ありません。応答するのはサンドボックスだけです。追加するには: valetkey keys add',
    noOwnKeys: 'ここにはプロバイダーのキーが設定されていません。',
    ownKeys: (names) =>
      `${names} にプロバイダーのキーが入っている可能性があります。ここで起動したプログラムはブローカーを通さずにそれを使います。設定を解除するか、次で起動してください: valetkey run`,
    setUp: (until) => `${until} まで設定されています。`,
    grantEnded: (grant, status, tool) =>
      `許可 ${grant} の状態: ${status}。新しい許可を得るには: valetkey setup ${tool}`,
  },
  serve: {
    summary: 'このプロセスでブローカーを起動する',
    failed: 'ブローカーを起動できませんでした。',
  },
  migrate: {
    summary: 'データフォルダーのデータベースを PostgreSQL へ移す（ブローカーの停止中に）',
    to: 'postgres://...（既定: VALETKEY_DATABASE_URL。ほかの利用者には読めません）',
    toMissing: '--to postgres://... または VALETKEY_DATABASE_URL でデータベースを指定してください。',
    done: '両方の合計が一致しました。VALETKEY_DATABASE_URL と同じマスターキーでブローカーを起動してください。元のデータフォルダーでは再び起動しないでください。',
  },
  backup: {
    summary: 'データフォルダーのデータベースを新しい 1 つのファイルにコピーする（ブローカーの実行中も可）',
    to: '書き込むファイル。まだ存在してはいけません',
    done: (masterKey) =>
      `マスターキー（${masterKey}）はバックアップに含まれず、それがなければ封印されたものは開けません。写しを別の場所に保管してください。両方を持つ人はプロバイダーキーを手にします。`,
  },
  restore: {
    summary: 'バックアップの構造、連鎖、残高を確認し、新しいデータフォルダーを作る',
    from: 'valetkey backup が書いたファイル',
    dataDir: '空のフォルダー、または新しいフォルダー',
    nothing: (why) => `何も復元していません。${why}`,
    done: (folder) =>
      `${folder} に復元しました。当時のマスターキーを ${folder}/master.key または VALETKEY_MASTER_KEY で渡してください。バックアップ後に取り消された許可は再び有効になり、その後の使用額は算入されていません。参照: docs/operating/backup.md`,
  },
  rotateMasterKey: {
    summary: 'データフォルダーのマスターキーを置き換える（ブローカーの実行中も可）',
    inEnvironment:
      'マスターキーは VALETKEY_MASTER_KEY（または _FILE）で設定されています。そこに新しいキーを、VALETKEY_MASTER_KEY_OLD（または _OLD_FILE）に現在のキーを設定してください。',
    states: { done: '完了', running: '実行中', at_next_start: '次の起動時' },
    says: {
      done: 'すべてを封印し直しました。以前のマスターキーで開けるのは以前のバックアップだけです。それらを残す間は保管してください。',
      running:
        'ブローカーがまだ処理中です。進み具合はログにあります。続けて待つには、もう一度実行してください。それまで以前のキーは master.key.old に残ります。',
      at_next_start:
        'このフォルダーではブローカーが動いていません。次の起動時に行われます。それまで以前のキーは master.key.old に残ります。',
    },
    backUp: '新しい master.key を、データベースとは別にバックアップしてください。',
  },
  ledgerVerify: {
    summary: 'データフォルダーのすべての残高と項目をオフラインで検証する',
    fault: (entry, problem) => `項目 ${entry}: ${problem}。`,
    doesNotAddUp: (fault) => `記録簿の計算が合いません。${fault}`,
  },
  completion: {
    summary: 'シェルがコマンドを補完するためのスクリプトを出力する（bash、zsh、fish）',
    shells: (names) => `<shell> は次のいずれかでなければなりません: ${names}`,
  },
};
