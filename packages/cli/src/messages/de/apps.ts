// Words about apps, requests, devices and stops, in German.

import type { Translated } from '@valetkey/core';
import type { apps as english } from '../en/apps.ts';

/** German. */
export const apps: Translated<typeof english> = {
  appsList: {
    summary: 'Die Apps und Token auflisten, die Ihre KI benutzen können',
    all: 'auch, was widerrufen oder abgelaufen ist',
    empty: 'Noch keine Apps. Ein Token stellen Sie aus mit: valetkey grant create --help',
  },
  appsShow: {
    summary: 'Zeigen, was eine App darf und was von ihren Limits übrig ist',
    delegated: (name, id, isProven, spent) =>
      `${name} (${id}), ${isProven ? 'hat sich ausgewiesen' : 'vom Geber so benannt'}, ${spent} ausgegeben`,
  },
  appsLimit: {
    summary: 'Ein Limit einer App setzen, etwa 10/month, oder mit none/month entfernen',
    unit: 'usd, requests oder tokens (sonst: usd)',
    badUnit: (units) => `--unit muss eines von diesen sein: ${units}`,
    badCount: (text, unit) => `<limit> ${text}: Hier steht eine ganze Zahl (${unit}) oder none`,
    noLimit: (unit, per) => `Ein Limit ${unit}/${per}, das sich entfernen ließe, gibt es nicht`,
    doneBare: 'Geändert. Die App hat jetzt kein Geldlimit mehr und darf alles ausgeben, was da ist.',
  },
  appsResetLimit: {
    summary: 'Was bisher von einem Limit verbraucht ist, nicht mehr zählen lassen',
    provider: 'das Limit dieses Anbieters',
    unit: 'das Limit in usd, requests oder tokens',
    per: 'das Limit je month, week, day, minute oder total (insgesamt)',
    done: 'Zurückgesetzt. Was bisher ausgegeben ist, bleibt aufgezeichnet.',
    whichLimit: (names) => `Sagen Sie mit --provider, --unit und --per, welches Limit gemeint ist: ${names}`,
    noLimit: 'Diese App hat kein Limit.',
    noSuchLimit: (names) => `Ein solches Limit hat diese App nicht. Vorhanden: ${names}`,
  },
  appsPause: {
    summary: 'Eine App vorerst anhalten',
    done: (id) => `Pausiert. Weiter geht es mit: valetkey apps resume ${id}`,
  },
  appsResume: { summary: 'Eine pausierte App fortsetzen', done: 'Fortgesetzt.' },
  appsRevoke: {
    summary: 'Eine App für immer anhalten, mit allem, was sie weitergegeben hat',
    done: (below) =>
      below === 0
        ? 'Widerrufen. Nichts wird mehr dafür weitergeleitet.'
        : `Widerrufen, und ${below === 1 ? 'eine Freigabe' : `${below} Freigaben`} darunter. Nichts wird mehr dafür weitergeleitet.`,
  },
  requestsList: {
    summary: 'Die Bitten von Apps und Agenten um mehr auflisten',
    empty: 'Niemand bittet um mehr.',
  },
  requestsAllow: {
    summary: 'Eine Bitte um mehr erfüllen, ganz oder zum Teil',
    limit: 'von dem Erbetenen diesen Betrag geben',
    model: 'von den erbetenen Modellen dieses geben',
    alone: 'die Freigaben darüber lassen, wie sie sind',
    severalProviders: 'Die Bitte betrifft mehrere Anbieter: Entscheiden Sie auf ihrer Seite.',
    done: 'Erlaubt. Das gilt ab dem nächsten Aufruf.',
  },
  requestsDeny: {
    summary: 'Eine Bitte um mehr ablehnen',
    done: 'Abgelehnt. Es geht mit dem bisher Erlaubten weiter.',
  },
  devicesEnrol: {
    summary:
      'Diesen Rechner als Gerät registrieren: Freigaben lassen sich daran binden, und er lässt sich als verloren melden',
    name: 'wie Sie ihn nennen, etwa laptop (nötig)',
    nameMissing: 'Sagen Sie mit --name, wie Sie diesen Rechner nennen',
    already: (server, name) => `Dieser Rechner ist bei ${server} schon registriert, als ${name}.`,
    done: (file, name) =>
      `Sein Schlüssel liegt in ${file}. Ein Token binden Sie daran mit: valetkey grant create --device ${name} ...`,
  },
  devicesList: {
    summary: 'Ihre Geräte auflisten, auch verlorene',
    empty: 'Noch keine Geräte. Registrieren Sie diesen Rechner: valetkey devices enrol --name laptop',
    unknown: (name) => `Ein Gerät ${name} gibt es nicht. Siehe: valetkey devices list`,
  },
  devicesLost: {
    summary: 'Ein Gerät als verloren melden: Nichts wird mehr dafür weitergeleitet, für immer',
    done: 'Nichts wird mehr dafür weitergeleitet. Token, die an kein Gerät gebunden sind, gelten weiter: siehe valetkey apps list',
  },
  stop: {
    summary: 'Alles, eine App oder einen Anbieter-Schlüssel sofort anhalten, bis Sie fortsetzen',
    all: 'alles, was Ihre KI benutzen kann',
    app: 'jede Freigabe dieser App und alles, was sie weitergegeben hat',
    key: 'alles, was diesen Anbieter-Schlüssel nutzt',
    nameOne: 'Nennen Sie eines von --all, --app <client> und --key <id>',
    done: (option) =>
      `Angehalten. Nichts wird mehr weitergeleitet. Weiter geht es mit: valetkey resume ${option}`,
  },
  resume: {
    summary: 'Fortsetzen, was angehalten wurde; was einzeln pausiert wurde, bleibt pausiert',
    notStopped: 'Das ist nicht angehalten.',
    done: (others) => (others === 0 ? 'Fortgesetzt.' : `Fortgesetzt. Noch als Ganzes angehalten: ${others}.`),
  },
};
