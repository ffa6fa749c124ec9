// The words about delegated grants, in Japanese.

import { apps, number } from './counts.ts';

/** The tree of grants, and what is said of it elsewhere. */
export const delegation = {
  title: '委任',
  titleOf: (name: string) => `${name} の委任`,
  lead: '誰が誰を通じて使っているかを示します。下で使われた分は、上のすべてに加算されます。',
  back: 'すべての委任',
  tree: (name: string) => `${name} とそこから委任されたもの`,
  count: (count: number) => `+ 委任 ${number(count)} 件`,
  by: '委任元',
  section: 'ここからの委任',
  whole: '全体のツリーを見る',
  namedByParent: '委任元による名前',
  proved: '身元を証明したアプリ',
  namedApp: '委任元が名付けたアプリ',
  heldUp: '上位で停止中',
  anyModel: 'すべてのモデル',
  sameModels: '委任元と同じモデル',
  models: (named: readonly string[], more: number) =>
    `${named.join('、')}${more === 0 ? '' : ` ほか ${more} 件`}`,
  ends: (when: string) => `終了 ${when}`,
  endsNever: '期限なし',
  spent: (amount: string) => `合計 ${amount} 使用`,
  below: (count: number) => `下位 ${number(count)} 件`,
  belowOf: (count: number, name: string) => `${name} の下位 ${number(count)} 件`,
  others: (count: number) => `${apps(count)}は何も委任していません。`,
  empty: '委任しているアプリはありません。',
  emptyOf: (name: string) => `${name} は何も委任していません。`,
  emptyText:
    '許可で認められたエージェントは、あなたに再び尋ねることなく、予算の一部を別のエージェントに渡せます。次の例は、そのうち最大 $1 でコマンドを実行します:',
  notLive: 'このアクセスは終了しています。「すべて」にあります。',
  mayNot: 'この許可では、他のエージェントが使うことはできません。',
  command: 'npx valetkey delegate --limit 1 -- <command>',
  commandLabel: 'ターミナルから委任する',
};
