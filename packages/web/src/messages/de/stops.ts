// The words about stops of everything, of an app and of a provider key, in German. A grant is paused, a whole is stopped; both are resumed.

import { apps, many } from './counts.ts';

/** What is stopped as a whole, and how it goes on. */
export const stops = {
  everything: 'Alles anhalten',
  app: 'App anhalten',
  appOf: (name: string) => `App ${name} anhalten`,
  key: 'Anhalten',
  keyOf: (name: string) => `${name} anhalten`,
  resume: 'Fortsetzen',
  resumeApp: 'App fortsetzen',
  resumeAppOf: (name: string) => `App ${name} fortsetzen`,
  resumeOf: (what: string) => `${what} fortsetzen`,
  mark: {
    everything: 'Mit allem angehalten',
    app: 'Mit ihrer App angehalten',
    provider_key: 'Mit ihrem Schlüssel angehalten',
  },
  title: {
    everything: 'Alles anhalten?',
    app: (name: string) => `Alle Zugänge von ${name} anhalten?`,
    provider_key: (name: string) => `${name} anhalten?`,
  },
  effect: (given: number, delegated: number, running: number) =>
    `Hält sofort an: ${[
      given > 0 && apps(given),
      delegated > 0 && many(delegated, 'weitergegebene Freigabe', 'weitergegebene Freigaben'),
      running > 0 && many(running, 'laufenden Aufruf', 'laufende Aufrufe'),
    ]
      .filter(Boolean)
      .join(', ')}.`,
  effectNone: 'Gerade nutzt das nichts. Bis Sie fortsetzen, ist es auch nicht möglich.',
  appWide: 'Jeder Zugang, den Sie dieser App gegeben haben, und alles, was sie weitergegeben hat.',
  keyWide: 'Alles, was diesen Schlüssel nutzt. Der Schlüssel selbst bleibt.',
  reversible:
    'Nichts geht verloren: Budgets, Token und Limits bleiben. Sie können jederzeit fortsetzen; was vorher pausiert war, bleibt pausiert.',
  pauseInstead: 'Um nur diesen einen Zugang anzuhalten, pausieren Sie ihn.',
  confirm: 'Jetzt anhalten',
  done: (what: string, grants: number, cut: number) =>
    `${what} ist angehalten: ${many(grants, 'Freigabe', 'Freigaben')} angehalten, ${many(cut, 'laufender Aufruf', 'laufende Aufrufe')} abgebrochen.`,
  resumed: (what: string) => `${what} läuft weiter.`,
  names: {
    everything: 'Alles',
    app: (name: string) => name,
    provider_key: (provider: string, label: string) => `${provider} ${label}`,
    removedKey: 'Ein Schlüssel, der entfernt wurde',
  },
  stopped: (what: string) => `${what} ist angehalten`,
  since: 'Seit',
  bannerText: 'Bis Sie fortsetzen, werden die Aufrufe abgelehnt, und es wird nichts Neues erlaubt.',
  bannerTextEverything: 'Bis Sie fortsetzen, wird jeder Aufruf abgelehnt und nichts Neues erlaubt.',
};
