// The words about stops of everything, of an app and of a provider key, in Japanese. A grant is paused, a whole is stopped; both are resumed.

import { apps, number } from './counts.ts';

/** What is stopped as a whole, and how it goes on. */
export const stops = {
  everything: 'すべて停止',
  app: 'アプリを停止',
  appOf: (name: string) => `アプリ ${name} を停止`,
  key: '停止',
  keyOf: (name: string) => `${name} を停止`,
  resume: '再開',
  resumeApp: 'アプリを再開',
  resumeAppOf: (name: string) => `アプリ ${name} を再開`,
  resumeOf: (what: string) => `${what} を再開`,
  mark: {
    everything: '全体の停止により停止中',
    app: 'アプリの停止により停止中',
    provider_key: 'キーの停止により停止中',
  },
  title: {
    everything: 'すべて停止しますか？',
    app: (name: string) => `${name} のすべてのアクセスを停止しますか？`,
    provider_key: (name: string) => `${name} を停止しますか？`,
  },
  effect: (given: number, delegated: number, running: number) =>
    `ただちに停止: ${[
      given > 0 && apps(given),
      delegated > 0 && `委任された許可 ${number(delegated)} 件`,
      running > 0 && `実行中の呼び出し ${number(running)} 件`,
    ]
      .filter(Boolean)
      .join('、')}。`,
  effectNone: '現在使っているものはありません。再開するまで何も使えません。',
  appWide: 'このアプリに与えたすべてのアクセスと、そこから委任されたすべてが対象です。',
  keyWide: 'このキーを使うものすべてが対象です。キー自体は残ります。',
  reversible:
    '何も失われません。予算、トークン、上限は残ります。いつでも再開でき、以前から一時停止中だったものはそのままです。',
  pauseInstead: 'このアクセスだけを止めるには、一時停止を使ってください。',
  confirm: '今すぐ停止',
  done: (what: string, grants: number, cut: number) =>
    `${what} を停止しました: 許可 ${number(grants)} 件を停止、実行中の呼び出し ${number(cut)} 件を中断。`,
  resumed: (what: string) => `${what} を再開しました。`,
  names: {
    everything: 'すべて',
    app: (name: string) => name,
    provider_key: (provider: string, label: string) => `${provider} ${label}`,
    removedKey: '削除されたキー',
  },
  stopped: (what: string) => `${what} は停止中`,
  since: '開始',
  bannerText: '再開するまで、呼び出しは拒否され、新しい許可も与えられません。',
  bannerTextEverything: '再開するまで、すべての呼び出しが拒否され、新しい許可も与えられません。',
};
