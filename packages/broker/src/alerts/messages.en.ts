// What alerts say in messages, in English. MUST NOT put words of people or apps into a subject: they could pass for ours.

import type { LimitPeriod } from '@valetkey/core';

const PER: Readonly<Record<LimitPeriod, string>> = {
  total: 'in all',
  month: 'this month',
  week: 'this week',
  day: 'today',
  minute: 'this minute',
};

/** English. */
export const messagesEn = {
  subject: {
    limit: (threshold: number) =>
      threshold >= 100 ? 'A limit is used up' : `${threshold} % of a limit is used`,
    refusals: 'Calls were refused',
    device: 'A new device was enrolled',
    signIn: 'A sign-in from a new browser',
    idle: 'An access has not been used for a month',
    anomaly: 'A call needs a look',
    request: 'An app asks for more',
    test: 'A test message',
  },
  limit: (name: string, settled: string, limit: string, per: LimitPeriod) =>
    `${name} has used ${settled} of ${limit} ${PER[per]}.`,
  refusals: (name: string, code: string) => `${name} was refused (${code}).`,
  device: (name: string) =>
    `The device ${name} was enrolled. If that was not you, report it lost and change your password.`,
  signIn:
    'Somebody signed in as you in a browser that was not known. If that was not you, sign that browser out and change your password.',
  idle: (name: string) => `${name} has not been used for 30 days. Revoke it if it is not needed.`,
  anomaly: {
    overrun: (name: string) =>
      `A call of ${name} cost more than was held for it. It is paused until you have looked.`,
    unconfirmed: (name: string) =>
      `What a call of ${name} cost is not known. It counts with the most it could cost.`,
    odd_usage: (name: string) => `The provider reported a call of ${name} in a way that is out of order.`,
  },
  request: (name: string) => `${name} asks for more than it may do now. You decide.`,
  test: 'This message was sent because you asked for a test. Nothing has happened.',
  count: { requests: 'requests', tokens: 'tokens' },
  somebody: 'Something that has ended',
  everything: 'All of yours together',
  look: (url: string) => `Look at it: ${url}`,
  why: (url: string) => `You get this because alerts by e-mail are on. Turn them off: ${url}`,
  /** What became of a message. */
  sent: {
    mailTaken: 'The mail server took it.',
    mailRefused: (code: string | number) => `The mail server did not take it (${code}).`,
    noMail: 'No mail server is set up.',
    removed: 'It was removed.',
    answered: (status: number) => `The address answered ${status}.`,
    silent: (seconds: number) => `The address did not answer within ${seconds} s.`,
    redirected: 'The address answered with a redirect, which is not followed.',
    unreachable: (code: string | null) => `The address was not reached${code === null ? '' : ` (${code})`}.`,
    notPublic: 'The address is in a private network, or is no https address.',
  },
};
