// Every English text of the page on which an owner decides on a request for more.

import type { RequestStatus } from '../access-requests/contract.ts';
import { changeMessagesEn } from '../access-requests/messages.en.ts';

/** The English message table. */
export const stepUpMessagesEn = {
  title: (name: string) => `${name} asks for more`,
  asksFor: 'asks for more',
  headline: (label: string, from: string, to: string) => `${label.toLowerCase()} from ${from} to ${to}`,
  until: (atMs: number) =>
    `You can decide until ${changeMessagesEn.moment(atMs)}. Until then it goes on with what it has.`,
  path: 'Who asks',
  pathYou: 'You',
  words: 'In its own words',
  noWords: 'It said nothing about why.',
  doubtfulName: 'Anybody can choose this name. Allow it only if you know what it is doing for you.',
  change: 'What would change',
  hint: 'You can give less than it asks for, not more. What is not listed here stays as it is.',
  now: (from: string, used: string | null, to: string) =>
    used === null
      ? `Now ${from}. It asks for ${to}.`
      : `Now ${from}, ${used} used so far. It asks for ${to}.`,
  ofProvider: (label: string, provider: string) => `${label}, ${provider}`,
  bound: (to: string) => `Enough already here; grants above it hold it back. It asks for ${to}.`,
  longer: (to: string) => `Let it go on until ${to}`,
  deeper: (to: string) => `Let it share this limit, ${to}`,
  receivers: (names: string) => `with ${names}`,
  above: 'Raised with it',
  aboveHint:
    'It spends from what these have, so their limits hold it back, too. One that you leave as it is goes on doing so.',
  aboveOf: (name: string) => `Raise ${name} as well`,
  line: (label: string, from: string | null, to: string, used: string | null) =>
    `${label}: ${from === null ? to : `${from} → ${to}`}${used === null ? '' : `, ${used} used so far`}`,
  kept: 'It gets neither your key nor a new token: what changes is what its own token may do.',
  allow: 'Allow this',
  deny: 'Deny',
  stop: 'You can stop it at any time in Connected apps.',
  changed: 'Something changed since you opened this page. This is how it stands now: please decide again.',
  errors: {
    amount: (most: string) => `Enter an amount above 0 and at most ${most}.`,
    count: (most: string) => `Enter a whole number from 1 to ${most}.`,
    nothing: 'Nothing would change like this. Choose what to give, or deny it.',
  },
  over: {
    allowed: { title: 'You allowed it', text: 'It can go on at once.' },
    denied: {
      title: 'You denied it',
      text: 'It goes on with what it has, and cannot ask the same again for a day.',
    },
    withdrawn: { title: 'It took this back', text: 'Nothing was changed.' },
    expired: { title: 'This request has expired', text: 'Nothing was changed. It can ask again.' },
    pending: { title: '', text: '' },
  } satisfies Record<RequestStatus, { readonly title: string; readonly text: string }>,
  given: 'What it got',
  toApp: 'See what it may do now',
  ended: {
    title: 'There is nothing left to decide',
    text: 'What asked for more has ended, or this request is not yours.',
  },
} as const;
