// Every English text that describes a right to a person. Words and grammar only: what to say is decided in
// describe-access.ts, so that another language is another file like this one.

import type { LimitPeriod } from '../budget/limit.ts';
import { formatUsdExact } from '../budget/money.ts';
import type { Capability } from './model-access.ts';

const PERIODS: Record<LimitPeriod, string> = {
  total: 'in total',
  month: 'a month',
  week: 'a week',
  day: 'a day',
  minute: 'a minute',
};

const WORK: Record<Exclude<Capability, 'chat' | 'completions'>, string> = {
  embeddings: 'turn text into embeddings',
  images: 'make and edit images',
  audio: 'turn speech into text and text into speech',
  moderation: 'check content for harm',
};

const TOOLS: ReadonlyMap<string, string> = new Map([
  ['web_search', 'web search'],
  ['web_fetch', 'fetching web pages'],
  ['file_search', 'file search'],
  ['code_interpreter', 'running code'],
  ['code_execution', 'running code'],
  ['image_generation', 'making images'],
  ['google_search', 'Google search'],
]);

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

const joined = (items: readonly string[]): string =>
  items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

const count = (value: number): string => value.toLocaleString('en-US');

const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

function moment(atMs: number): string {
  const at = new Date(atMs);
  const time = at.toISOString().slice(11, 16);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}, ${time} UTC`;
}

/** The English message table. */
export const accessMessagesEn = {
  headline: (nanos: number, per: LimitPeriod) => `spend up to ${formatUsdExact(nanos)} ${PERIODS[per]}`,
  headlineUnlimited: 'spend without a limit',
  allow: (nanos: number, per: LimitPeriod) =>
    `Allow up to ${formatUsdExact(nanos)}${per === 'total' ? ' in total' : `/${per}`}`,
  allowUnlimited: 'Allow without a limit',

  anyModel: (provider: string) => `any ${provider} model`,
  noModel: 'no model',
  models: (names: readonly string[], more: number, prefixes: readonly string[]) => {
    const beginnings = prefixes.map((prefix) => `any model whose name begins with ${prefix}`);
    return joined([...names, ...(more > 0 ? [`${count(more)} more`] : []), ...beginnings]);
  },
  sameModels: 'the same models',

  send: (models: string) => `Send text and images to ${models}`,
  sendText: (models: string) => `Send text to ${models}`,
  work: (kinds: readonly (keyof typeof WORK)[], models: string) => {
    const phrase = joined(kinds.map((kind) => WORK[kind]));
    return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)} with ${models}`;
  },
  doNothing: 'Nothing: no kind of work is included',

  noTools: 'Use no tools',
  ownTools: 'Use only its own tools, none that cost extra',
  paidTools: (tools: readonly string[]) =>
    `Let the models use ${joined(tools.map((tool) => TOOLS.get(tool) ?? tool))}, which can cost extra`,

  noDelegation: 'It may not let other agents spend from this limit',
  delegation: (levels: number, recipients: string) =>
    `It may let ${recipients} spend from this limit, ${counted(levels, 'level')} deep`,
  recipients: (names: readonly string[] | null) =>
    names === null ? 'any other agent or app' : joined(names),
  ownAgents: 'its own agents',
  unknownApp: (id: string) => `unknown app (${id})`,
  doubtfulApp: (id: string) => `app with a doubtful name (${id})`,
  noExpiry: 'It ends when you stop it',
  expiry: (atMs: number) => `It ends on ${moment(atMs)}`,

  limit: {
    usd: (amount: number, per: LimitPeriod) => `At most ${formatUsdExact(amount)} ${PERIODS[per]}`,
    requests: (amount: number, per: LimitPeriod) => `At most ${counted(amount, 'request')} ${PERIODS[per]}`,
    tokens: (amount: number, per: LimitPeriod) => `At most ${counted(amount, 'token')} ${PERIODS[per]}`,
  },
  cap: {
    maxTokensPerRequest: (most: number) => `At most ${counted(most, 'token')} in one request`,
    maxInputTokens: (most: number) => `At most ${counted(most, 'input token')} in one request`,
    maxOutputTokens: (most: number) => `At most ${counted(most, 'output token')} in one request`,
    maxConcurrent: (most: number) => `At most ${counted(most, 'request')} at the same time`,
  },

  riskUnlimited: 'Nothing limits how much of your money this app can spend.',
  riskDelegation: 'Agents that you do not know could spend from this limit.',
  riskForever: 'This has no end date: it lasts until you stop it.',
};

/** The shape of a message table; a translation is a value of this type. */
export type AccessMessages = typeof accessMessagesEn;
