// Words about the journal as evidence, in Japanese.

import type { Translated } from '@valetkey/core';
import type { audit as english } from '../en/audit.ts';

/** Japanese. */
export const audit: Translated<typeof english> = {
  auditExport: {
    summary: '記録簿を標準出力に書き出す（1 行に 1 項目）',
    from: '最初の時点。日付はその日の 00:00 UTC から（既定: すべて）',
    to: '終わりの時点。それ自体は含まない（既定: 現在）',
    format: '検証できる jsonl（既定）、または Elastic Common Schema の名前を使う ecs',
    formatWanted: '--format は jsonl か ecs にしてください',
    momentWanted: (flag) => `${flag} は日付か時刻にしてください（例: 2026-11-22、2026-11-22T08:00:00Z）`,
    notForTerminals: 'ファイルかプログラムに渡してください: valetkey audit export > journal.jsonl',
    brokeOff: '書き出しが途中で切れました。書かれたものは全部ではありません。もう一度実行してください。',
  },
  auditVerify: {
    summary: '書き出した記録簿をオフラインで検証し、正しくない最初の項目を示す',
    checkpoints: 'データベースとは別に保管された、署名付きチェックポイント',
    keys: '署名を検証する公開鍵（JWK セット）',
    part: '一部の期間だけを書き出したもの。その前後がなくても不足とみなさない',
    goTogether: '--checkpoints と --keys は一緒に指定してください',
    unsigned: '末尾の切り取りや記録簿の書き直しは、--checkpoints と --keys を指定しなければ分かりません。',
    unsignedEnd: (entries) =>
      `最後の ${entries} 件の項目についてはチェックポイントがなく、書き直された可能性があります。`,
  },
  auditReceipts: {
    summary: '呼び出しの受領証をオフラインで検証し、どの許可によるものかを示す',
    keys: '受領証の公開鍵（JWK セット）。必須',
    journal: '書き出した記録簿と照合する。それが全体かどうかは audit verify で分かる',
    issuer: '受領証が示すはずのブローカー',
    keysWanted: '--keys がありません。鍵がなければ受領証は何も証明しません',
    noKeys: (file) => `${file} に JWK セットがありません。`,
    noReceipt: (file) => `${file} に受領証がありません。`,
    ownCalls: 'それ自身の呼び出し',
    wholeCost: '下位を含む費用',
    grantOf: (grant, client) => `${grant}（${client}）`,
    leftJournal: (call, journal) =>
      `呼び出し ${call} は古く、${journal} から除かれています。残っているのは受領証だけです。`,
    noOutcome: (call, journal) => `${journal} に呼び出し ${call} の結果がありません。`,
    otherwise: (call, journal) => `呼び出し ${call} について ${journal} の内容が異なります。`,
    provesNothing: (receipt, problem) => `受領証 ${receipt} は何も証明しません: ${problem}`,
    missing: (grant) => `上位にある許可 ${grant} の受領証がありません。`,
  },
  auditGraph: {
    summary: '呼び出しが許可された経緯を示す（許可の連鎖、上限、当時の使用額）',
    file: 'ブローカーに尋ねる代わりに、書き出した記録簿を読む',
    fileWanted: '--file にはファイルを指定してください',
    entry: (seq) => `項目 ${seq}`,
    entryAt: (kind, at) => `${at} の ${kind}`,
    facts: {
      key: (id) => `プロバイダーキー ${id}`,
      grant: (id) => `許可 ${id}`,
      named: (what, name) => `${what}「${name}」`,
      version: (version) => `バージョン ${version}`,
      actsAs: (actor) => `${actor} として動作`,
      app: (id) => `アプリ ${id}`,
      boundTo: (thumbprint) => `鍵 ${thumbprint} に結び付け`,
      spent: (settled, held) => `使用 ${settled}、確保 ${held}`,
      spentPruned: '使用額不明（古い呼び出しは削除済み）',
      below: (grants) => `下位 ${grants} 件`,
      entry: (seq) => `項目 ${seq}`,
    },
    limit: (amount, per, settled, held) => `${per} ${amount}: 使用 ${settled}、確保 ${held}`,
    pruned: '不明',
  },
  auditErase: {
    summary: '終了したアクセスや削除されたアプリの名前、またはあなたのすべてを消去する',
    grant: '終了したアクセスと、その下位のすべて',
    app: '削除されたアプリと、それが持っていたすべてのアクセス',
    owner: 'あなた: すべてのアクセスを終え、すべてのキーを削除し、アカウントを消去する',
    oneWanted: '--grant、--app、--owner のうち 1 つを指定してください',
  },
};
