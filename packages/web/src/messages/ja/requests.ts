// The words about requests for more, in Japanese.

/** What apps and agents ask for beyond what they have. */
export const requests = {
  title: '追加の依頼',
  asks: (name: string) => `${name} が追加を求めています`,
  through: (names: readonly string[]) => `${names.join('、')} 経由`,
  change: (label: string, from: string | null, to: string, used: string | null) =>
    `${label}: ${from === null ? to : `${from} → ${to}`}${used === null ? '' : `（使用済み ${used}）`}`,
  above: (count: number) => `上位の許可 ${count} 件も引き上げられます。`,
  words: '相手の言葉',
  decide: '判断する',
  decideOf: (name: string) => `${name} に何を与えるか判断する`,
};
