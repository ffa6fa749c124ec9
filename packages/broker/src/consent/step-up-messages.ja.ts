// Every Japanese text of the page on which an owner decides on a request for more.

import type { Translated } from '@valetkey/core';
import { changeMessagesJa } from '../access-requests/messages.ja.ts';
import type { stepUpMessagesEn } from './step-up-messages.en.ts';

/** The Japanese message table. */
export const stepUpMessagesJa: Translated<typeof stepUpMessagesEn> = {
  title: (name) => `${name} が追加を求めています`,
  asksFor: 'が追加を求めています',
  headline: (label, from, to) => `${label} を ${from} から ${to} へ`,
  until: (atMs) => `${changeMessagesJa.moment(atMs)} まで判断できます。それまでは現在の範囲で続きます。`,
  path: '求めている相手',
  pathYou: 'あなた',
  words: '相手の言葉',
  noWords: '理由は示されていません。',
  doubtfulName: 'この名前は誰でも名乗れます。何をしているのか分かる場合だけ許可してください。',
  change: '変わること',
  hint: '求められたより少なく与えることはできますが、多くはできません。ここにないものは変わりません。',
  now: (from, used, to) =>
    used === null ? `現在 ${from}。希望は ${to}。` : `現在 ${from}、うち ${used} 使用済み。希望は ${to}。`,
  ofProvider: (label, provider) => `${label}（${provider}）`,
  bound: (to) => `ここでは足りています。上位の許可が制限しています。希望は ${to}。`,
  longer: (to) => `${to} まで続けさせる`,
  deeper: (to) => `他のエージェントに使わせる（${to}）`,
  receivers: (names) => `相手: ${names}`,
  above: '一緒に引き上げるもの',
  aboveHint: 'これらの許可の分から使うため、その上限も制限になります。引き上げないものは制限し続けます。',
  aboveOf: (name) => `${name} も引き上げる`,
  line: (label, from, to, used) =>
    `${label}: ${from === null ? to : `${from} → ${to}`}${used === null ? '' : `、使用済み ${used}`}`,
  kept: 'あなたのキーも新しいトークンも渡りません。変わるのは、相手のトークンでできることです。',
  allow: '許可する',
  deny: '拒否',
  stop: '「接続中のアプリ」でいつでも止められます。',
  changed: 'このページを開いた後に変更がありました。現在の内容を表示しています。もう一度判断してください。',
  errors: {
    amount: (most) => `0 より大きく ${most} 以下の金額を入力してください。`,
    count: (most) => `1 から ${most} までの整数を入力してください。`,
    nothing: 'これでは何も変わりません。与えるものを選ぶか、拒否してください。',
  },
  over: {
    allowed: { title: '許可しました', text: 'すぐに続けられます。' },
    denied: {
      title: '拒否しました',
      text: '現在の範囲で続きます。同じことを再び求められるのは 1 日後からです。',
    },
    withdrawn: { title: '取り下げられました', text: '何も変わっていません。' },
    expired: { title: 'この依頼は期限切れです', text: '何も変わっていません。再び求めることができます。' },
    pending: { title: '', text: '' },
  },
  given: '与えられたもの',
  toApp: '現在できることを見る',
  ended: {
    title: '判断するものは残っていません',
    text: '求めていた相手が終了したか、あなた宛ての依頼ではありません。',
  },
};
