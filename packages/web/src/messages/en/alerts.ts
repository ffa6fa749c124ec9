// Budgets and alerts in English.

import type { LimitPeriod } from '../../api/types.ts';
import { many } from './counts.ts';

/** The words. */
export const alerts = {
  ownCeiling: 'Your own limit',
  keyCeiling: (key: string) => `The limit of your key ${key}`,
  ceilingLeaves: (whose: string, left: string, per: LimitPeriod) => {
    const period = { month: 'this month', week: 'this week', day: 'today', total: 'in total', minute: '' }[
      per
    ];
    return `${whose} leaves ${left} ${period}; calls stop there.`;
  },
  title: 'Budgets and alerts',
  lead: 'What may be spent in all, how much of it is gone, and what you are told without looking.',

  raised: 'Alerts',
  show: 'Which alerts',
  open: 'New',
  all: 'All',
  none: 'No new alerts.',
  noneText:
    'When a limit fills up, a call is refused, a device is enrolled, somebody signs in from a new browser or something is odd, it stands here.',
  noneEver: 'There was no alert yet.',
  older: 'Older alerts',
  acknowledge: 'Done',
  acknowledgeOf: (what: string) => `Done: ${what}`,
  acknowledgeAll: 'All done',
  acknowledged: 'Done',
  times: (count: number) => `${count.toLocaleString('en')} times within the hour`,
  everything: 'All of yours together',
  somebody: 'Something that has ended',
  key: (provider: string, label: string) => `${provider} key ${label}`,
  look: 'Look',
  lookOf: (what: string) => `Look: ${what}`,
  limit: (name: string, spent: string) => `${name} has used ${spent}`,
  refusals: (name: string) => `Calls of ${name} were refused`,
  reason: 'Reason:',
  device: (name: string) => `The device ${name} was enrolled`,
  unknownDevice: 'that was erased',
  deviceText: 'If that was not you, report it lost and change your password.',
  signIn: 'Somebody signed in as you in a browser that was not known',
  signInText: 'If that was not you, sign that browser out and change your password.',
  idle: (name: string) => `${name} has not been used for 30 days`,
  idleText: 'Revoke it if you do not need it.',
  anomaly: {
    overrun: (name: string) => `A call of ${name} cost more than was held for it`,
    unconfirmed: (name: string) => `What a call of ${name} cost is not known`,
    odd_usage: (name: string) => `The provider reported a call of ${name} out of order`,
  },
  anomalyText: {
    overrun: 'It was posted in full, and the access is paused until you have looked.',
    unconfirmed: 'It counts with the most it could cost.',
    odd_usage: 'The amount was posted as far as it was understood.',
  },
  other: (name: string | null) => (name === null ? 'Something happened' : `Something happened with ${name}`),
  otherText: 'Reload the page to read what it is: the broker was upgraded.',
  request: (name: string) => `${name} asks for more`,

  keys: 'Ceilings of your AI accounts',
  keysLead: 'What all apps and tools together may spend of a provider key. Nothing is forwarded beyond it.',
  noKeys: 'No provider key yet.',
  noKeysText: 'Add one under AI accounts, then give it a ceiling.',
  addKey: 'Add a key',
  noCeiling: 'No ceiling: its apps’ own limits hold',
  setCeiling: 'Set ceiling',
  setCeilingOf: (name: string) => `Set ceiling of ${name}`,
  ceilingTitle: (name: string) => `Ceiling of ${name}`,
  ceilingText:
    'It holds from the next call on. With a ceiling in US dollars, models without a price are refused.',
  ceilingNone: 'Without a ceiling the limits of each app hold, and nothing above them.',
  ceilingSaved: (name: string) => `${name} has its new ceiling from the next call on.`,
  save: 'Save',

  apps: 'Limits of your apps',
  appsLead: (houseMax: string) =>
    `What you gave each app. A consent page gives at most ${houseMax} for any one period.`,
  noApps: 'No app has a limit.',
  noAppsText: 'Connect an app and give it a budget: it stands here with what is left of it.',
  connect: 'Connect an app',
  app: 'App',
  limitColumn: 'Limit',
  used: 'Spent',
  left: 'Left',
  noLimit: 'none',

  settings: 'When you are told',
  settingsLead: 'Once for each limit and window, as soon as so much of it is spent.',
  threshold: (percent: number) => (percent === 100 ? 'Used up (100 %)' : `${percent} %`),
  alsoTold:
    'Refused calls (one alert an hour for each app and reason), new devices, sign-ins from new browsers, apps unused for 30 days, requests for more and anything odd always stand above.',
  settingsSaved: 'Saved.',

  sentTo: 'Where alerts are sent',
  sentToLead: 'Every alert stands on this page; here it also goes out by itself.',
  noDestinations: 'Nowhere yet.',
  noDestinationsText: 'Have alerts posted to a program of yours, or sent to your mailbox.',
  webhook: 'Webhook',
  email: 'E-mail',
  emailTo: (address: string) => `to ${address}`,
  since: 'since',
  addWebhook: 'Add webhook',
  addEmail: 'Send to my e-mail',
  noMail: 'E-mail is off: the operator has not set up a mail server.',
  test: 'Send a test',
  testOf: (name: string) => `Send a test: ${name}`,
  testOk: (message: string) => `Test sent. ${message}`,
  testFailed: (message: string) => `Test not taken. ${message}`,
  remove: 'Remove',
  removeOf: (name: string) => `Remove ${name}`,
  removeTitle: (name: string) => `Send no more alerts to ${name}?`,
  removeText: 'What is on its way there is dropped. It can be added again, with a new secret.',
  removed: 'Alerts are sent there no more.',
  added: 'Alerts go there from now on.',
  webhookTitle: 'Add a webhook',
  url: 'Address',
  urlHint: 'https. Each alert is posted as JSON, signed as Standard Webhooks says.',
  secretTitle: 'The webhook’s secret',
  secretText:
    'Your program checks by it that a message is ours. It is shown once: copy it now. If it is lost, remove the webhook and add it again.',
  secret: 'Signing secret',

  deliveries: 'On their way',
  destination: 'To',
  state: 'State',
  when: 'Since',
  status: { pending: 'Waiting', delivered: 'Delivered', dead: 'Given up' },
  attempts: (count: number) => many(count, 'attempt', 'attempts'),
  next: 'next',
  retry: 'Try again',
  retryOf: (when: string) => `Try again: ${when}`,
} as const;
