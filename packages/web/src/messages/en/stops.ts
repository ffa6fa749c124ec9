// The words about stops of everything, of an app and of a provider key, in English. A grant is paused, a whole is stopped; both are resumed.

import { apps, many } from './counts.ts';

/** What is stopped as a whole, and how it goes on. */
export const stops = {
  everything: 'Stop everything',
  app: 'Stop app',
  appOf: (name: string) => `Stop app ${name}`,
  key: 'Stop',
  keyOf: (name: string) => `Stop ${name}`,
  resume: 'Resume',
  resumeApp: 'Resume app',
  resumeAppOf: (name: string) => `Resume app ${name}`,
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
  effect: (given: number, delegated: number, running: number) =>
    `Stops at once: ${[
      given > 0 && apps(given),
      delegated > 0 && many(delegated, 'delegated grant', 'delegated grants'),
      running > 0 && many(running, 'running call', 'running calls'),
    ]
      .filter(Boolean)
      .join(', ')}.`,
  effectNone: 'Nothing uses it now. Nothing can, until you resume it.',
  appWide: 'Every access that you gave this app, and all that it delegated.',
  keyWide: 'Everything that draws on this key. The key itself is kept.',
  reversible:
    'Nothing is lost: budgets, tokens and limits stay. You can resume it at any time; what was paused before stays paused.',
  pauseInstead: 'To stop this one access only, pause it instead.',
  confirm: 'Stop now',
  done: (what: string, grants: number, cut: number) =>
    `${what} is stopped: ${many(grants, 'grant', 'grants')} held, ${many(cut, 'running call', 'running calls')} cut.`,
  resumed: (what: string) => `${what} goes on.`,
  names: {
    everything: 'Everything',
    app: (name: string) => name,
    provider_key: (provider: string, label: string) => `${provider} ${label}`,
    removedKey: 'A key that was removed',
  },
  stopped: (what: string) => `${what} is stopped`,
  since: 'Since',
  bannerText: 'Until you resume it, its calls are refused and it is given nothing new.',
  bannerTextEverything: 'Until you resume, every call is refused and nothing new is given.',
};
