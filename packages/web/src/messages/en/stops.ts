// The words about stops of everything, of an app and of a provider key, in English.

import { apps, calls } from './counts.ts';

/** What is stopped as a whole, and how it goes on. */
export const stops = {
  everything: 'Stop everything',
  app: 'Stop app',
  appOf: (name: string) => `Stop all access of ${name}`,
  key: 'Stop',
  keyOf: (name: string) => `Stop ${name}`,
  resume: 'Resume',
  resumeOf: (what: string) => `Resume ${what}`,
  mark: {
    everything: 'Stopped with everything',
    app: 'Stopped with its app',
    provider_key: 'Stopped with its key',
  },
  title: {
    everything: 'Stop everything?',
    app: (name: string) => `Stop all access of ${name}?`,
    provider_key: (name: string) => `Stop ${name}?`,
  },
  effect: (grants: number, running: number) =>
    `Stops at once: ${apps(grants)}${running === 0 ? '' : `, and ${running === 1 ? '1 running call ends' : `${calls(running)} that run end`}`}.`,
  effectNone: 'Nothing uses it now. Nothing can, until you resume it.',
  appWide: 'Every access that you gave this app, and all that it delegated.',
  keyWide: 'Everything that draws on this key. The key itself is kept.',
  reversible:
    'Nothing is lost: budgets, tokens and limits stay. You can resume it at any time; what was paused before stays paused.',
  confirm: 'Stop now',
  done: (what: string, grants: number, cut: number) =>
    `${what} is stopped: ${apps(grants)}, ${cut === 1 ? '1 running call' : calls(cut)} ended here.`,
  resumed: (what: string) => `${what} goes on.`,
  names: {
    everything: 'Everything',
    app: (name: string) => name,
    provider_key: (provider: string, label: string) => `${provider} ${label}`,
    removedKey: 'A key that was removed',
  },
  stopped: (what: string) => `${what} is stopped`,
  since: 'Since',
  bannerText: 'Nothing is forwarded for it, and nothing new is given to it.',
};
