// Every English text that says what a request for more changes. Words only: what changed is worked out in describe-change.ts.

import {
  type Capability,
  type LimitPeriod,
  type LimitUnit,
  type RequestCap,
  usdDecimal,
} from '@valetkey/core';

const LABELS: Readonly<Record<LimitUnit, string>> = { usd: 'Budget', requests: 'Requests', tokens: 'Tokens' };

const PERIODS: Readonly<Record<LimitPeriod, string>> = {
  total: 'in total',
  month: 'a month',
  week: 'a week',
  day: 'a day',
  minute: 'a minute',
};

const CAPS: Readonly<Record<RequestCap, string>> = {
  maxTokensPerRequest: 'Tokens in one request',
  maxInputTokens: 'Input tokens in one request',
  maxOutputTokens: 'Output tokens in one request',
  maxConcurrent: 'Requests at the same time',
};

const WORK: Readonly<Record<Capability, string>> = {
  chat: 'chat',
  completions: 'text completion',
  embeddings: 'embeddings',
  images: 'images',
  audio: 'speech',
  moderation: 'moderation',
};

const count = (value: number): string => value.toLocaleString('en-US');

/** Exact: what is decided on must not read as something rounded. */
const usd = (nanos: number): string => {
  const [dollars, fraction] = usdDecimal(nanos).split('.');
  return `$${count(Number(dollars))}.${(fraction ?? '').padEnd(2, '0')}`;
};

/** The English message table. */
export const changeMessagesEn = {
  limit: (unit: LimitUnit, per: LimitPeriod) => `${LABELS[unit]} ${PERIODS[per]}`,
  cap: (cap: RequestCap) => CAPS[cap],
  amount: (unit: LimitUnit, amount: number) => (unit === 'usd' ? usd(amount) : count(amount)),
  count,
  models: 'Models',
  everyModel: 'every model',
  capabilities: 'Kinds of work',
  capability: (kind: string) => WORK[kind as Capability] ?? kind,
  tools: 'Tools',
  locations: 'Places',
  added: (names: readonly string[]) => `${names.join(', ')} added`,
  delegation: 'May let other agents spend from it',
  levels: (depth: number) => (depth === 0 ? 'no' : `${depth} ${depth === 1 ? 'level' : 'levels'} deep`),
  receivers: 'To whom',
  anyone: 'anyone',
  expires: 'It ends',
  moment: (atMs: number) =>
    `${new Date(atMs).toLocaleString('en-GB', {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: 'UTC',
    })} UTC`,
} as const;
