// The words about to whom a grant may be delegated, in English.

/** Wherever an owner decides it. */
export const sharing = {
  title: 'Sharing with other agents and apps',
  depth: 'How deep',
  effect: 'What it shared with somebody who is not allowed any more stops at the next call.',
  levels: (count: number) =>
    count === 0 ? 'It may not share its limit' : `${count} ${count === 1 ? 'level' : 'levels'}`,
  to: 'With whom',
  anyone: 'Any agent or app that it chooses',
  ownAgents: 'Its own agents',
  client: (name: string) => `${name}, once it proves who it is`,
  nobody: 'Choose at least one, or do not let it share its limit.',
  own: (count: number) => `Shared with its own agents, ${count} ${count === 1 ? 'level' : 'levels'} deep`,
};
