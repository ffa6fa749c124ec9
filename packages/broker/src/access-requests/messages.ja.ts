// Every Japanese text that says what a request for more changes.

import type { Capability, LimitPeriod, LimitUnit, RequestCap, Translated } from '@valetkey/core';
import { changeMessagesEn } from './messages.en.ts';

const LABELS: Readonly<Record<LimitUnit, string>> = {
  usd: '予算',
  requests: 'リクエスト数',
  tokens: 'トークン数',
};

const PERIODS: Readonly<Record<LimitPeriod, string>> = {
  total: '合計',
  month: '1 か月',
  week: '1 週間',
  day: '1 日',
  minute: '1 分',
};

const CAPS: Readonly<Record<RequestCap, string>> = {
  maxTokensPerRequest: '1 リクエストのトークン数',
  maxInputTokens: '1 リクエストの入力トークン数',
  maxOutputTokens: '1 リクエストの出力トークン数',
  maxConcurrent: '同時リクエスト数',
};

const WORK: Readonly<Record<Capability, string>> = {
  chat: 'チャット',
  completions: '文章の補完',
  embeddings: '埋め込み',
  images: '画像',
  audio: '音声',
  moderation: '内容の検査',
};

/** The Japanese message table. */
export const changeMessagesJa: Translated<typeof changeMessagesEn> = {
  ...changeMessagesEn,
  limit: (unit, per) => `${LABELS[unit]}（${PERIODS[per]}）`,
  cap: (cap) => CAPS[cap],
  models: 'モデル',
  everyModel: 'すべてのモデル',
  capabilities: '作業の種類',
  capability: (kind) => WORK[kind as Capability] ?? kind,
  tools: 'ツール',
  locations: '場所',
  added: (names) => `${names.join('、')} を追加`,
  delegation: '他のエージェントに使わせる',
  levels: (depth) => (depth === 0 ? '不可' : `${depth} 段階まで`),
  receivers: '相手',
  anyone: '誰でも',
  expires: '終了',
  moment: (atMs) =>
    `${new Date(atMs).toLocaleString('ja', {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: 'UTC',
    })} UTC`,
};
