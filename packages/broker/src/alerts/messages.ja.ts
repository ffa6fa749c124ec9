// What alerts say in messages, in Japanese. MUST NOT put words of people or apps into a subject: they could pass for ours.

import type { LimitPeriod, Translated } from '@valetkey/core';
import type { messagesEn } from './messages.en.ts';

const PER: Readonly<Record<LimitPeriod, string>> = {
  total: '全期間で',
  month: '今月',
  week: '今週',
  day: '今日',
  minute: 'この 1 分間に',
};

/** Japanese. */
export const messagesJa: Translated<typeof messagesEn> = {
  subject: {
    limit: (threshold) =>
      threshold >= 100 ? '上限を使い切りました' : `上限の ${threshold} % を使用しました`,
    refusals: '呼び出しが拒否されました',
    device: '新しい端末が登録されました',
    signIn: '新しいブラウザーからのサインイン',
    idle: '1 か月間使われていないアクセスがあります',
    anomaly: '確認が必要な呼び出しがあります',
    request: 'アプリが追加を求めています',
    test: 'テストメッセージ',
  },
  limit: (name, settled, limit, per) => `${name} は${PER[per]} ${limit} のうち ${settled} を使いました。`,
  refusals: (name, code) => `${name} は拒否されました（${code}）。`,
  device: (name) =>
    `端末 ${name} が登録されました。心当たりがなければ、紛失を届け、パスワードを変更してください。`,
  signIn:
    '未知のブラウザーからあなたとしてサインインがありました。心当たりがなければ、そのブラウザーをサインアウトさせ、パスワードを変更してください。',
  idle: (name) => `${name} は 30 日間使われていません。不要なら取り消してください。`,
  anomaly: {
    overrun: (name) =>
      `${name} の呼び出しの費用が確保額を超えました。あなたが確認するまでアクセスを一時停止しています。`,
    unconfirmed: (name) => `${name} の呼び出しの費用が分かりません。あり得る最大額で算入しています。`,
    odd_usage: (name) => `プロバイダーが ${name} の呼び出しについて異常な報告をしました。`,
  },
  request: (name) => `${name} が現在の許可を超えるものを求めています。判断するのはあなたです。`,
  test: 'これはあなたが依頼したテストのメッセージです。何も起きていません。',
  count: { requests: 'リクエスト', tokens: 'トークン' },
  somebody: '終了したアクセス',
  everything: 'あなたの全アクセス',
  look: (url) => `確認する: ${url}`,
  why: (url) => `メールでの通知が有効になっているため、このメールをお送りしています。無効にするには: ${url}`,
  sent: {
    mailTaken: 'メールサーバーが受け付けました。',
    mailRefused: (code) => `メールサーバーが受け付けませんでした（${code}）。`,
    noMail: 'メールサーバーが設定されていません。',
    removed: '送信先は削除されました。',
    answered: (status) => `宛先は ${status} を返しました。`,
    silent: (seconds) => `宛先は ${seconds} 秒以内に応答しませんでした。`,
    redirected: '宛先はリダイレクトを返しましたが、リダイレクト先には送られません。',
    unreachable: (code) => `宛先に接続できませんでした${code === null ? '' : `（${code}）`}。`,
    notPublic: '宛先は非公開ネットワークにあるか、https のアドレスではありません。',
  },
};
