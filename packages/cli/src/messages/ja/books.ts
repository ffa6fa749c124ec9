// Words about usage, logs, calls and prices, in Japanese.

import type { Translated } from '@valetkey/core';
import type { books as english } from '../en/books.ts';

/** Japanese. */
export const books: Translated<typeof english> = {
  countWanted: (flag, most) => `${flag} は 1 から ${most} までの整数にしてください`,
  spending: {
    summary: 'アプリごとと全体の使用額を表示する',
    days: '--json の by_day に含める日数（既定: 30）',
    together: 'すべての合計',
  },
  usageImport: {
    summary: 'プロバイダーが書き出した使用量を、日とモデルごとに記録簿と照合する',
    provider: 'どのプロバイダーの書き出しか: openai または anthropic',
    providerWanted: '--provider は openai か anthropic にしてください',
    unreadable: (file, problem) => `${file}: ${problem}`,
    period: (format, first, last) => `${format}、${first} から ${last} まで、UTC。`,
    notWhole: 'この書き出しには次のページがあり、全体ではありません。',
    nothing: '照合するものはありません。',
  },
  usageExport: {
    openaiCosts: 'OpenAI の費用',
    openaiCostsCsv: 'OpenAI の費用（CSV）',
    openaiUsage: 'OpenAI の使用量',
    anthropicCosts: 'Anthropic の費用レポート',
    anthropicCostsCsv: 'Anthropic の費用（CSV）',
    anthropicUsage: 'Anthropic の使用量レポート',
    anthropicUsageCsv: 'Anthropic の使用量（CSV）',
    noModelName: '（モデルなし）',
    noRows: '行がありません',
    noneOf: (formats) => `次のどれでもありません: ${formats.join('、')}`,
    notJson: '正しい JSON ではありません',
    noData: 'レポートのページにあるはずの `data` がありません',
    row: (number, problem) => `${number} 行目: ${problem}`,
    noDay: '日付がありません',
    noModel: 'モデルがありません',
    notByModel: 'モデルがありません。モデルごとに書き出してください',
    noUsd: '米ドルの金額がありません',
  },
  logs: {
    summary: '最近の呼び出しを表示する（誰が、何を、結果、費用）',
    last: '件数（既定: 20）',
    follow: '続けて、終わった呼び出しを順に表示する（Ctrl-C まで）',
    app: '1 つのアプリのものだけ',
    tree: '--app と併用: そこから委任されたものも含める',
    status: 'この状態のものだけ: settled、refused、ceiling など',
    provider: '1 つのプロバイダーへのものだけ',
    model: '1 つのモデルを求めたものだけ',
    from: 'この UTC の日以降のものだけ（例: 2026-11-23）',
    to: 'この UTC の日までのものだけ',
    treeNeedsApp: '--tree には --app が必要です',
    none: 'まだ呼び出しはありません。',
    tooMany: '追いきれない数の呼び出しがありました。一部は表示されていません。',
  },
  callsCorrect: { summary: '未確認の呼び出しの費用を一度だけ訂正する' },
  pricesCheck: {
    summary: '求められたのに価格のないモデルと、価格ファイルの定める価格を一覧する',
    price: {
      none: '価格なし',
      current: 'ファイルの価格',
      replaced: '置き換え済み',
      future: 'ファイルの価格（今後）',
    },
    allPriced: (calls) => `最近の呼び出し ${calls} 件のモデルには、すべて価格があります。`,
  },
  pricesShow: {
    summary: 'モデルの価格を表示する',
    perMillion: (usd) => `100 万あたり $${usd}`,
    above: (meter, tokens) => `${meter}（${tokens} トークン超）`,
    tier: (name) => `${name} ティア`,
    times: (factor) => `${factor} 倍`,
  },
  ledgerCompare: { summary: '実行中のブローカーを記録簿と照合する' },
};
