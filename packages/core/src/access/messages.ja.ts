// Every Japanese text that describes a right to a person. Words and grammar only, as in English.

import type { LimitPeriod } from '../budget/limit.ts';
import { formatUsdExact } from '../budget/money.ts';
import type { AccessMessages } from './messages.en.ts';

const PERIODS: Record<LimitPeriod, string> = {
  total: '合計',
  month: '1 か月',
  week: '1 週間',
  day: '1 日',
  minute: '1 分',
};

const WORK: Readonly<Record<string, string>> = {
  embeddings: '文章を埋め込みに変換',
  images: '画像の作成と編集',
  audio: '音声と文章の相互変換',
  moderation: '有害な内容の検査',
};

const TOOLS: ReadonlyMap<string, string> = new Map([
  ['web_search', 'ウェブ検索'],
  ['web_fetch', 'ウェブページの取得'],
  ['file_search', 'ファイル検索'],
  ['code_interpreter', 'コードの実行'],
  ['code_execution', 'コードの実行'],
  ['image_generation', '画像の作成'],
  ['google_search', 'Google 検索'],
]);

const joined = (items: readonly string[]): string => items.join('、');

const count = (value: number): string => value.toLocaleString('en-US');

function moment(atMs: number): string {
  const at = new Date(atMs);
  const time = at.toISOString().slice(11, 16);
  return `${at.getUTCFullYear()} 年 ${at.getUTCMonth() + 1} 月 ${at.getUTCDate()} 日 ${time} UTC`;
}

/** The Japanese message table. */
export const accessMessagesJa: AccessMessages = {
  headline: (nanos, per) => `${PERIODS[per]} ${formatUsdExact(nanos)} までの使用`,
  headlineUnlimited: '上限のない使用',
  allow: (nanos, per) => `${PERIODS[per]} ${formatUsdExact(nanos)} まで許可`,
  allowUnlimited: '上限なしで許可',

  anyModel: (provider) => `${provider} のすべてのモデル`,
  noModel: 'モデルなし',
  models: (names, more, prefixes) => {
    const beginnings = prefixes.map((prefix) => `名前が ${prefix} で始まるすべてのモデル`);
    return joined([...names, ...(more > 0 ? [`ほか ${count(more)} 件`] : []), ...beginnings]);
  },
  sameModels: '同じモデル',

  send: (models) => `文章と画像の送信先: ${models}`,
  sendText: (models) => `文章の送信先: ${models}`,
  work: (kinds, models) => `${joined(kinds.map((kind) => WORK[kind] ?? kind))}（使うモデル: ${models}）`,
  doNothing: '何もできません: 含まれる作業がありません',

  noTools: 'ツールは使いません',
  ownTools: '自身のツールだけを使い、追加費用のかかるものは使いません',
  paidTools: (tools) =>
    `モデルに${joined(tools.map((tool) => TOOLS.get(tool) ?? tool))}を使わせます。追加費用がかかることがあります`,

  noDelegation: '他のエージェントにこの上限を使わせることはできません',
  delegation: (levels, recipients) =>
    `${recipients}に、${count(levels)} 段階までこの上限を使わせることができます`,
  recipients: (names) => (names === null ? '任意のエージェントやアプリ' : joined(names)),
  ownAgents: 'アプリ自身のエージェント',
  unknownApp: (id) => `不明なアプリ（${id}）`,
  doubtfulApp: (id) => `名前が疑わしいアプリ（${id}）`,
  noExpiry: 'あなたが止めるまで続きます',
  expiry: (atMs) => `${moment(atMs)} に終わります`,

  limit: {
    usd: (amount, per) => `${PERIODS[per]} ${formatUsdExact(amount)} まで`,
    requests: (amount, per) => `${PERIODS[per]} ${count(amount)} リクエストまで`,
    tokens: (amount, per) => `${PERIODS[per]} ${count(amount)} トークンまで`,
  },
  cap: {
    maxTokensPerRequest: (most) => `1 リクエストにつき ${count(most)} トークンまで`,
    maxInputTokens: (most) => `1 リクエストにつき入力 ${count(most)} トークンまで`,
    maxOutputTokens: (most) => `1 リクエストにつき出力 ${count(most)} トークンまで`,
    maxConcurrent: (most) => `同時に ${count(most)} リクエストまで`,
  },

  riskUnlimited: 'このアプリが使えるあなたのお金に、上限がありません。',
  riskDelegation: 'あなたの知らないエージェントがこの上限から使う可能性があります。',
  riskForever: '終了日がありません。あなたが止めるまで続きます。',
};
