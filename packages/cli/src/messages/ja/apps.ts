// Words about apps, requests, devices and stops, in Japanese.

import type { Translated } from '@valetkey/core';
import type { apps as english } from '../en/apps.ts';

/** Japanese. */
export const apps: Translated<typeof english> = {
  appsList: {
    summary: 'あなたの AI を使えるアプリとトークンを一覧表示する',
    all: '取り消し済みや期限切れのものも含める',
    empty: 'アプリはまだありません。トークンの作り方: valetkey grant create --help',
  },
  appsShow: {
    summary: '1 つのアプリにできることと上限の残りを表示する',
    delegated: (name, id, isProven, spent) =>
      `${name}（${id}）、${isProven ? '身元を証明済み' : '委任元による名前'}、${spent} 使用`,
  },
  appsLimit: {
    summary: 'アプリの上限を 1 つ設定する（10/month など。none/month でなくす）',
    unit: 'usd、requests、tokens のいずれか（既定: usd）',
    badUnit: (units) => `--unit は次のいずれかです: ${units}`,
    badCount: (text, unit) => `<limit> ${text}: ${unit} の整数、または none を指定してください`,
    noLimit: (unit, per) => `${unit}/${per} の上限はないため、なくせません`,
    doneBare: '変更しました。金額の上限がなくなり、ある分をすべて使えます。',
  },
  appsResetLimit: {
    summary: 'これまでの使用分を上限に算入しないようにする',
    provider: 'このプロバイダーの上限',
    unit: 'usd、requests、tokens のうちこの単位の上限',
    per: 'month、week、day、minute、total のうちこの期間の上限',
    done: 'リセットしました。これまでの使用分は記録に残ります。',
    whichLimit: (names) => `どの上限かを --provider、--unit、--per で指定してください: ${names}`,
    noLimit: 'このアプリに上限はありません。',
    noSuchLimit: (names) => `このアプリにその上限はありません。あるもの: ${names}`,
  },
  appsPause: {
    summary: 'アプリを一時停止する',
    done: (id) => `一時停止しました。再開するには: valetkey apps resume ${id}`,
  },
  appsResume: { summary: '一時停止中のアプリを再開する', done: '再開しました。' },
  appsRevoke: {
    summary: 'アプリを、委任したものも含めて永久に止める',
    done: (below) =>
      below === 0
        ? '取り消しました。以後何も転送されません。'
        : `下位の許可 ${below} 件とともに取り消しました。以後何も転送されません。`,
  },
  requestsList: {
    summary: 'アプリやエージェントからの追加の依頼を一覧表示する',
    empty: '追加の依頼はありません。',
  },
  requestsAllow: {
    summary: '追加の依頼を、全部または一部許可する',
    limit: '求められたうちこの額だけを与える',
    model: '求められたうちこのモデルだけを与える',
    alone: '上位の許可はそのままにする',
    severalProviders: '複数のプロバイダーについての依頼です。そのページで判断してください。',
    done: '許可しました。次の呼び出しから有効です。',
  },
  requestsDeny: { summary: '追加の依頼を拒否する', done: '拒否しました。現在の範囲で続きます。' },
  devicesEnrol: {
    summary: 'このコンピューターを端末として登録する（許可を結び付けたり、紛失を届けたりできる）',
    name: '端末の呼び名（laptop など。必須）',
    nameMissing: 'このコンピューターの呼び名を --name で指定してください',
    already: (server, name) => `このコンピューターはすでに ${name} として ${server} に登録されています。`,
    done: (file, name) =>
      `鍵は ${file} にあります。トークンを結び付けるには: valetkey grant create --device ${name} ...`,
  },
  devicesList: {
    summary: '自分の端末を一覧表示する（紛失したものも含む）',
    empty: '端末はまだありません。このコンピューターを登録するには: valetkey devices enrol --name laptop',
    unknown: (name) => `端末 ${name} はありません。参照: valetkey devices list`,
  },
  devicesLost: {
    summary: '端末の紛失を届ける（以後、永久に何も転送されない）',
    done: '以後何も転送されません。端末に結び付けていないトークンは引き続き使えます。参照: valetkey apps list',
  },
  stop: {
    summary: 'すべて、アプリ、またはプロバイダーキーを、再開するまでただちに停止する',
    all: 'あなたの AI を使えるものすべて',
    app: 'このアプリのすべての許可と、そこから委任されたすべて',
    key: 'このプロバイダーキーを使うものすべて',
    nameOne: '--all、--app <client>、--key <id> のいずれか 1 つを指定してください',
    done: (option) => `停止しました。何も転送されません。再開するには: valetkey resume ${option}`,
  },
  resume: {
    summary: '停止したものを再開する（個別に一時停止したものはそのまま）',
    notStopped: 'それは停止していません。',
    done: (others) =>
      others === 0 ? '再開しました。' : `再開しました。まとめて停止中のものがほかに ${others} 件あります。`,
  },
};
