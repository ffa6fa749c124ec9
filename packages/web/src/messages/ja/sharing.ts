// The words about to whom a grant may be delegated, in Japanese.

/** Wherever an owner decides it. */
export const sharing = {
  title: '他のエージェントやアプリとの共有',
  depth: '深さ',
  effect: '許可されなくなった相手に共有されたものは、次の呼び出しで止まります。',
  levels: (count: number) => (count === 0 ? '上限を共有できません' : `${count} 段階`),
  to: '共有先',
  anyone: '任意のエージェントやアプリ',
  ownAgents: 'アプリ自身のエージェント',
  client: (name: string) => `${name}（身元を証明した場合）`,
  nobody: '少なくとも 1 つ選ぶか、共有を許可しないでください。',
  own: (count: number) => `アプリ自身のエージェントと ${count} 段階まで共有`,
};
