// The words about delegated grants, in English.

import { apps } from './counts.ts';

/** The tree of grants, and what is said of it elsewhere. */
export const delegation = {
  title: 'Delegation',
  titleOf: (name: string) => `Delegation of ${name}`,
  lead: 'Who spends through whom. What one spends counts on all above it.',
  back: 'All delegation',
  tree: (name: string) => `${name} and what was delegated from it`,
  count: (count: number) => `+ ${count.toLocaleString('en')} delegated`,
  by: 'Delegated by',
  section: 'Delegated from it',
  whole: 'See the whole tree',
  namedByParent: 'named by its parent',
  proved: 'app that proved itself',
  namedApp: 'app named by its parent',
  heldUp: 'Stopped above',
  anyModel: 'every model',
  sameModels: 'the models of its parent',
  models: (named: readonly string[], more: number) =>
    `${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`,
  ends: (when: string) => `ends ${when}`,
  endsNever: 'no end',
  spent: (amount: string) => `${amount} spent in all`,
  below: (count: number) => `${count.toLocaleString('en')} below`,
  belowOf: (count: number, name: string) => `${count.toLocaleString('en')} below ${name}`,
  others: (count: number) => `${apps(count)} ${count === 1 ? 'has' : 'have'} delegated nothing.`,
  empty: 'No app has delegated anything.',
  emptyOf: (name: string) => `${name} has delegated nothing.`,
  emptyText:
    'An agent whose grant allows it can hand a part of its budget to another agent, without asking you again. This runs a command with at most $1 of it:',
  notLive: 'This access has ended. It stands under “All”.',
  mayNot: 'Its grant does not let other agents spend from it.',
  command: 'npx valetkey delegate --limit 1 -- <command>',
  commandLabel: 'Delegate from a terminal',
};
