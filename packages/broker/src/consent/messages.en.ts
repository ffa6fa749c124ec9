// Every English text of the consent pages. Words only: what is shown and when is decided where the pages are made.

import { formatUsdExact, type LimitPeriod } from '@valetkey/core';
import type { Destination } from './client-words.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const ago = (sinceMs: number): string => {
  const days = Math.floor(sinceMs / DAY_MS);
  if (days === 0) return 'today';
  return days === 1 ? 'yesterday' : `${days} days ago`;
};

const date = (atMs: number): string =>
  new Date(atMs).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });

/** How a period reads after an amount. */
const PERIODS: Readonly<Record<LimitPeriod, string>> = {
  total: 'in total',
  month: 'a month',
  week: 'a week',
  day: 'a day',
  minute: 'a minute',
};

/** The label of an amount. */
const BUDGETS: Readonly<Record<LimitPeriod, string>> = {
  total: 'Budget in total',
  month: 'Budget per month',
  week: 'Budget per week',
  day: 'Budget per day',
  minute: 'Budget per minute',
};

const levels = (count: number): string => `${count} ${count === 1 ? 'level' : 'levels'}`;

/** The English message table. */
export const messagesEn = {
  title: (name: string) => `${name} wants to use your AI`,
  wants: 'wants to use',
  yourAi: 'your AI',
  and: 'and',
  withProvider: (provider: string) => `with ${provider}`,
  withAll: (providers: readonly string[]) => `across ${new Intl.ListFormat('en-GB').format(providers)}`,

  byDocument: (host: string) => `Identified by its own address, ${host}.`,
  byYou: (sinceMs: number) => `Registered here by you ${ago(sinceMs)}.`,
  byAnother: (sinceMs: number) => `Unverified: registered here by another person ${ago(sinceMs)}.`,
  byItself: (sinceMs: number) => `Unverified: it registered here by itself ${ago(sinceMs)}.`,
  byCallback: 'Unverified: all that is known of it is the address you go back to.',
  byOwnWords: (url: string | null) =>
    `Unverified: a program that nobody registered calls itself so${url === null ? '' : `, and says that it comes from ${url}`}. Any program can say this.`,
  notOurs: 'Not made by Valetkey.',
  destination: (to: Destination) =>
    ({
      host: () => `Afterwards you go back to ${to.kind === 'host' ? to.host : ''}.`,
      this_computer: () => 'Afterwards you go back to a program on this computer.',
      app_scheme: () =>
        `Afterwards you go back to the app on this device that opens ${to.kind === 'app_scheme' ? to.scheme : ''} links.`,
    })[to.kind](),
  deviceCode: 'It waits on another device, which has to show exactly this code:',
  programCode: 'It waits for the answer. If it shows a code, it has to be exactly this one:',
  deviceQuestion: 'Did you just start this yourself, on a device in front of you?',
  deviceWarning:
    'Only go on if you did. If somebody sent you this code or link, cancel: what you allow here, they can spend.',
  doubtfulName:
    'Anybody can choose this name. Go on only if you just started this yourself and know where it came from.',
  reason: 'In its own words',

  itMay: 'It may',
  itMayWith: (provider: string) => `With ${provider} it may`,
  limits: 'Your limits',
  limitsHint: 'You can lower them here, and change them later.',
  payWith: (provider: string) => `Paid with your ${provider} key`,
  keyName: (label: string, lastFour: string) => (lastFour === '' ? label : `${label} (ends in ${lastFour})`),
  noKey: (provider: string) =>
    `You have no ${provider} key here yet, so nothing could pay. Add one, then come back to this page.`,
  addKey: (provider: string) => `Add a ${provider} key`,
  budget: (per: LimitPeriod) => BUDGETS[per],
  budgetProposed: 'Budget',
  budgetProposedHint: 'The app named no amount; this is our proposal.',
  budgetPeriod: 'Period of the amount',
  most: (nanos: number) => `It asks for ${formatUsdExact(nanos)}.`,
  period: (per: LimitPeriod) => PERIODS[per],
  models: 'Models',
  moreLimits: 'More limits',
  tokens: 'Most tokens in one request',
  tokensHint: 'Leave empty for no such limit.',
  delegation: 'Other agents and apps',
  delegationAsked: (recipients: string, most: number) =>
    `It asks to let ${recipients} spend from this limit, ${levels(most)} deep.`,
  delegate: 'Let it share this limit',
  depth: 'How deep',
  depthHint: 'With 1 level, nobody that it shares with may share further.',
  levels,
  to: 'With whom',
  toAnyone: 'Any agent or app that it chooses',
  toOwnAgents: 'Its own agents',
  toClient: (name: string) => `${name}, once it proves who it is`,
  devices: 'Only from these devices',
  devicesLegend: 'Where it may be used',
  devicesHint:
    'Choose none for anywhere. Each of its calls then has to prove the key of one of these, so the app has to run there and support it.',
  expires: 'It ends',
  expiresInDays: (days: number) => (days === 1 ? 'in 1 day' : `in ${days} days`),
  expiresAsAsked: (atMs: number) => `on ${date(atMs)}, as it asks`,

  present: (spends: readonly string[], sinceMs: number) =>
    `You let it ${spends.join(', and ')} already, since ${date(sinceMs)}. What you allow now is added to that.`,
  replace: 'End what it has now',

  itNeverGets: 'What it does not get',
  never: ['Your key: it stays here', 'What other apps do with your AI', 'Your chats with any provider'],
  kept: 'Kept here: the time, the model and the cost of each call. Never its text.',

  allow: 'Allow',
  cancel: 'Cancel',
  stop: 'You can stop this at any time in Connected apps.',

  changed: 'Something changed since you opened this page. This is how it stands now: please decide again.',
  errors: {
    amount: 'Enter an amount in USD above 0, such as 5 or 0.25.',
    amountAbove: (most: number) => `Enter at most ${formatUsdExact(most)}.`,
    period: 'Choose a period.',
    models: 'Choose at least one model.',
    depth: 'Choose how deep.',
    to: 'Choose with whom.',
    tokens: (most: number) => `Enter a whole number from 1 to ${most}.`,
    expires: 'Choose when it ends.',
    key: 'Choose the key that pays.',
  },

  gone: {
    title: 'This request has ended',
    text: 'It was decided, took too long, or was started in another browser. Go back to the app and start again.',
  },
  decided: {
    title: 'This was decided already',
    text: 'A request is decided once. If the app still waits, go back to it and start again.',
  },
  refused: { title: 'That did not work' },
  forged: {
    title: 'This did not come from our page',
    text: 'Nothing was allowed. If you meant to decide, go back to the app and start again.',
  },
  method: { title: 'This address does not take that', text: 'Go back to the app and start again.' },
  fault: { title: 'Something broke here', text: 'Nothing was allowed. Please try again in a moment.' },
  oauthOutage: {
    title: 'Not available right now',
    text: 'Nothing was allowed. Please go back to the app and try again in a moment.',
  },
  oauthError: {
    title: 'The app’s request cannot be served',
    text: 'Nothing was allowed. This is for the app’s developer to mend; the details below will help them.',
  },
  oauthErrorCode: 'Error',
  oauthErrorDetail: 'Detail',
} as const;
