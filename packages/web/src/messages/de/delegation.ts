// The words about delegated grants, in German.

import { apps } from './counts.ts';

/** The tree of grants, and what is said of it elsewhere. */
export const delegation = {
  title: 'Weitergabe',
  titleOf: (name: string) => `Weitergabe von ${name}`,
  lead: 'Wer über wen Geld ausgibt. Was einer ausgibt, zählt bei allen über ihm mit.',
  back: 'Alle Weitergaben',
  tree: (name: string) => `${name} und was von ihr weitergegeben wurde`,
  count: (count: number) => `+ ${count.toLocaleString('en')} weitergegeben`,
  by: 'Weitergegeben von',
  section: 'Von ihr weitergegeben',
  whole: 'Den ganzen Baum zeigen',
  namedByParent: 'vom Geber so benannt',
  proved: 'App, die sich ausgewiesen hat',
  namedApp: 'App, vom Geber benannt',
  heldUp: 'Weiter oben angehalten',
  anyModel: 'jedes Modell',
  sameModels: 'die Modelle ihres Gebers',
  models: (named: readonly string[], more: number) =>
    `${named.join(', ')}${more === 0 ? '' : ` und ${more} weitere`}`,
  ends: (when: string) => `endet ${when}`,
  endsNever: 'kein Ende',
  spent: (amount: string) => `insgesamt ${amount} ausgegeben`,
  below: (count: number) => `${count.toLocaleString('en')} darunter`,
  belowOf: (count: number, name: string) => `${count.toLocaleString('en')} unter ${name}`,
  others: (count: number) => `${apps(count)} ${count === 1 ? 'hat' : 'haben'} nichts weitergegeben.`,
  empty: 'Keine App hat etwas weitergegeben.',
  emptyOf: (name: string) => `${name} hat nichts weitergegeben.`,
  emptyText:
    'Ein Agent, dessen Freigabe es erlaubt, kann einen Teil seines Budgets an einen anderen weitergeben, ohne Sie noch einmal zu fragen. Dies startet einen Befehl mit höchstens $1 davon:',
  notLive: 'Dieser Zugang ist beendet. Er steht unter „Alle“.',
  mayNot: 'Diese Freigabe lässt nicht zu, dass andere Agenten davon ausgeben.',
  command: 'npx valetkey delegate --limit 1 -- <command>',
  commandLabel: 'Im Terminal weitergeben',
};
