// Every Japanese text of the consent pages. Words only, as in English.

import { formatUsdExact, type LimitPeriod, type Translated } from '@valetkey/core';
import type { messagesEn } from './messages.en.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const ago = (sinceMs: number): string => {
  const days = Math.floor(sinceMs / DAY_MS);
  if (days === 0) return '今日';
  return days === 1 ? '昨日' : `${days} 日前`;
};

const date = (atMs: number): string =>
  new Date(atMs).toLocaleDateString('ja', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });

const PERIODS: Readonly<Record<LimitPeriod, string>> = {
  total: '合計',
  month: '1 か月',
  week: '1 週間',
  day: '1 日',
  minute: '1 分',
};

const levels = (count: number): string => `${count} 段階`;

/** The Japanese message table. */
export const messagesJa: Translated<typeof messagesEn> = {
  title: (name) => `${name} があなたの AI の利用を求めています`,
  wants: 'が求めています:',
  yourAi: 'あなたの AI の利用',
  and: 'と',
  withProvider: (provider) => `（${provider}）`,
  withAll: (providers) => `（${new Intl.ListFormat('ja').format(providers)} の合計）`,

  byDocument: (host) => `アプリ自身のアドレス ${host} によって識別されています。`,
  byYou: (sinceMs) => `${ago(sinceMs)}、あなたがここに登録しました。`,
  byAnother: (sinceMs) => `未確認: ${ago(sinceMs)}、別の人がここに登録しました。`,
  byItself: (sinceMs) => `未確認: ${ago(sinceMs)}、アプリ自身がここに登録しました。`,
  byCallback: '未確認: 分かっているのは、戻り先のアドレスだけです。',
  byOwnWords: (url) =>
    `未確認: 誰も登録していないプログラムがそう名乗っています${url === null ? '' : `。${url} から来たとも言っています`}。どのプログラムでもそう言えます。`,
  notOurs: 'Valetkey 製ではありません。',
  destination: (to) =>
    ({
      host: () => `その後 ${to.kind === 'host' ? to.host : ''} に戻ります。`,
      this_computer: () => 'その後、このコンピューターのプログラムに戻ります。',
      app_scheme: () =>
        `その後、この端末で ${to.kind === 'app_scheme' ? to.scheme : ''} リンクを開くアプリに戻ります。`,
    })[to.kind](),
  deviceCode: '別の端末で待っています。その端末には、正確に次のコードが表示されているはずです:',
  programCode: '応答を待っています。コードが表示される場合は、正確に次のものです:',
  deviceQuestion: 'あなた自身が、目の前の端末で今始めたものですか？',
  deviceWarning:
    'そうである場合だけ続けてください。コードやリンクを誰かから送られた場合はキャンセルしてください。ここで許可した分を、その人が使えます。',
  doubtfulName:
    'この名前は誰でも名乗れます。今あなた自身が始め、どこから来たか分かる場合だけ続けてください。',
  reason: '相手の言葉',

  itMay: 'できること',
  itMayWith: (provider) => `${provider} でできること`,
  limits: 'あなたの上限',
  limitsHint: 'ここで下げることも、後で変えることもできます。',
  payWith: (provider) => `支払い: あなたの ${provider} キー`,
  keyName: (label, lastFour) => (lastFour === '' ? label : `${label}（末尾 ${lastFour}）`),
  noKey: (provider) =>
    `${provider} のキーがまだないため、支払えません。追加してからこのページに戻ってください。`,
  addKey: (provider) => `${provider} のキーを追加`,
  budget: (per) => `予算（${PERIODS[per]}）`,
  budgetProposed: '予算',
  budgetProposedHint: 'アプリは金額を示していません。これは Valetkey の提案です。',
  budgetPeriod: '金額の期間',
  most: (nanos) => `アプリの希望は ${formatUsdExact(nanos)} です。`,
  period: (per) => PERIODS[per],
  models: 'モデル',
  moreLimits: 'その他の上限',
  tokens: '1 リクエストの最大トークン数',
  tokensHint: '制限しない場合は空のままにしてください。',
  delegation: '他のエージェントやアプリ',
  delegationAsked: (recipients, most) =>
    `この上限を${recipients}に、${levels(most)}まで使わせることを求めています。`,
  delegate: 'この上限の共有を許可する',
  depth: '深さ',
  depthHint: '1 段階では、共有された相手がさらに共有することはできません。',
  levels,
  to: '共有先',
  toAnyone: 'アプリが選ぶ任意のエージェントやアプリ',
  toOwnAgents: 'アプリ自身のエージェント',
  toClient: (name) => `${name}（身元を証明した場合）`,
  devices: '特定の端末からのみ',
  devicesLegend: '使える場所',
  devicesHint:
    '選ばなければどこからでも使えます。選ぶと、呼び出しごとにその端末の鍵の証明が必要になり、アプリはそこで動き、対応している必要があります。',
  expires: '終了',
  expiresInDays: (days) => `${days} 日後`,
  expiresAsAsked: (atMs) => `${date(atMs)}（アプリの希望）`,

  present: (spends, sinceMs) =>
    `${date(sinceMs)} から、すでに次を許可しています: ${spends.join('、')}。今回の許可はこれに加わります。`,
  replace: '現在の許可を終了する',

  itNeverGets: '渡らないもの',
  never: [
    'あなたのキー: ここに残ります',
    '他のアプリがあなたの AI で行うこと',
    'プロバイダーでのあなたのチャット',
  ],
  kept: 'ここには、各呼び出しの日時、モデル、費用が残ります。本文は決して残りません。',

  allow: '許可',
  cancel: 'キャンセル',
  stop: '「接続中のアプリ」でいつでも止められます。',

  changed: 'このページを開いた後に変更がありました。現在の内容を表示しています。もう一度判断してください。',
  errors: {
    amount: '5 や 0.25 のように、0 より大きい金額（USD）を入力してください。',
    amountAbove: (most) => `${formatUsdExact(most)} 以下で入力してください。`,
    period: '期間を選んでください。',
    models: '少なくとも 1 つのモデルを選んでください。',
    depth: '深さを選んでください。',
    to: '共有先を選んでください。',
    tokens: (most) => `1 から ${most} までの整数を入力してください。`,
    expires: '終了日を選んでください。',
    key: '支払うキーを選んでください。',
  },

  gone: {
    title: 'この要求は終了しました',
    text: '判断済みか、時間切れか、別のブラウザーで始められたものです。アプリに戻ってやり直してください。',
  },
  decided: {
    title: 'すでに判断されています',
    text: '要求への判断は一度だけです。アプリがまだ待っている場合は、戻ってやり直してください。',
  },
  refused: { title: 'うまくいきませんでした' },
  forged: {
    title: 'このサイトのページからの送信ではありません',
    text: '何も許可されていません。判断するつもりだった場合は、アプリに戻ってやり直してください。',
  },
  method: { title: 'このアドレスでは受け付けません', text: 'アプリに戻ってやり直してください。' },
  fault: { title: '問題が起きました', text: '何も許可されていません。少し待ってからお試しください。' },
  oauthOutage: {
    title: '現在利用できません',
    text: '何も許可されていません。アプリに戻り、少し待ってからお試しください。',
  },
  oauthError: {
    title: 'アプリの要求を処理できません',
    text: '何も許可されていません。アプリの開発者が直す必要があります。下の詳細が役に立ちます。',
  },
  oauthErrorCode: 'エラー',
  oauthErrorDetail: '詳細',
};
