// Budgets and alerts in German.

import type { LimitPeriod } from '../../api/types.ts';
import { many } from './counts.ts';

/** The words. */
export const alerts = {
  ownCeiling: 'Ihr eigenes Limit',
  keyCeiling: (key: string) => `Das Limit Ihres Schlüssels ${key}`,
  ceilingLeaves: (whose: string, left: string, per: LimitPeriod) => {
    const period = {
      month: 'diesen Monat',
      week: 'diese Woche',
      day: 'heute',
      total: 'insgesamt',
      minute: '',
    };
    return `${whose} lässt ${period[per]} noch ${left} zu; dort enden die Aufrufe.`;
  },
  title: 'Budgets und Meldungen',
  lead: 'Was insgesamt ausgegeben werden darf, wie viel davon weg ist, und was Sie erfahren, ohne nachzusehen.',

  raised: 'Meldungen',
  show: 'Welche Meldungen',
  open: 'Neue',
  all: 'Alle',
  none: 'Keine neuen Meldungen.',
  noneText:
    'Wenn ein Limit sich füllt, ein Aufruf abgelehnt, ein Gerät angemeldet wird, sich jemand in einem neuen Browser anmeldet oder etwas seltsam ist, steht es hier.',
  noneEver: 'Es gab noch keine Meldung.',
  older: 'Ältere Meldungen',
  acknowledge: 'Erledigt',
  acknowledgeOf: (what: string) => `Erledigt: ${what}`,
  acknowledgeAll: 'Alle erledigt',
  acknowledged: 'Erledigt',
  times: (count: number) => `${count.toLocaleString('en')} Mal in der Stunde`,
  everything: 'Alles von Ihnen zusammen',
  somebody: 'Etwas, das beendet ist',
  key: (provider: string, label: string) => `Schlüssel ${label} von ${provider}`,
  look: 'Ansehen',
  lookOf: (what: string) => `Ansehen: ${what}`,
  limit: (name: string, spent: string) => `${name} hat ${spent} verbraucht`,
  refusals: (name: string) => `Aufrufe von ${name} wurden abgelehnt`,
  reason: 'Grund:',
  device: (name: string) => `Das Gerät ${name} wurde angemeldet`,
  unknownDevice: 'das gelöscht wurde',
  deviceText: 'Waren Sie das nicht, melden Sie es als verloren und ändern Sie Ihr Passwort.',
  signIn: 'Jemand hat sich als Sie in einem unbekannten Browser angemeldet',
  signInText: 'Waren Sie das nicht, melden Sie diesen Browser ab und ändern Sie Ihr Passwort.',
  idle: (name: string) => `${name} wurde seit 30 Tagen nicht benutzt`,
  idleText: 'Widerrufen Sie den Zugang, wenn Sie ihn nicht brauchen.',
  anomaly: {
    overrun: (name: string) => `Ein Aufruf von ${name} kostete mehr, als dafür zurückgelegt war`,
    unconfirmed: (name: string) => `Was ein Aufruf von ${name} gekostet hat, ist nicht bekannt`,
    odd_usage: (name: string) => `Der Anbieter hat zu einem Aufruf von ${name} etwas Seltsames gemeldet`,
  },
  anomalyText: {
    overrun: 'Er wurde voll gebucht, und der Zugang ist pausiert, bis Sie nachgesehen haben.',
    unconfirmed: 'Er zählt mit dem Höchsten, was er kosten konnte.',
    odd_usage: 'Gebucht wurde der Betrag, soweit er zu verstehen war.',
  },
  request: (name: string) => `${name} bittet um mehr`,

  keys: 'Obergrenzen Ihrer KI-Konten',
  keysLead:
    'Was alle Apps und Werkzeuge zusammen von einem Anbieter-Schlüssel ausgeben dürfen. Darüber hinaus wird nichts weitergeleitet.',
  noKeys: 'Noch kein Anbieter-Schlüssel.',
  noKeysText: 'Fügen Sie unter KI-Konten einen hinzu und geben Sie ihm dann eine Obergrenze.',
  addKey: 'Schlüssel hinzufügen',
  noCeiling: 'Keine Obergrenze: es gelten die Limits der Apps',
  setCeiling: 'Obergrenze setzen',
  setCeilingOf: (name: string) => `Obergrenze von ${name} setzen`,
  ceilingTitle: (name: string) => `Obergrenze von ${name}`,
  ceilingText:
    'Sie gilt ab dem nächsten Aufruf. Mit einer Obergrenze in US-Dollar werden Modelle ohne Preis abgelehnt.',
  ceilingNone: 'Ohne Obergrenze gelten die Limits der einzelnen Apps und nichts darüber.',
  ceilingSaved: (name: string) => `${name} hat die neue Obergrenze ab dem nächsten Aufruf.`,
  save: 'Speichern',

  apps: 'Limits Ihrer Apps',
  appsLead: (houseMax: string) =>
    `Was Sie jeder App gegeben haben. Eine Zustimmungsseite gibt höchstens ${houseMax} für einen Zeitraum.`,
  noApps: 'Keine App hat ein Limit.',
  noAppsText: 'Verbinden Sie eine App und geben Sie ihr ein Budget: Hier steht dann, was davon übrig ist.',
  connect: 'App verbinden',
  app: 'App',
  limitColumn: 'Limit',
  used: 'Ausgegeben',
  left: 'Übrig',
  noLimit: 'keines',

  settings: 'Wann Sie es erfahren',
  settingsLead: 'Einmal für jedes Limit und jeden Zeitraum, sobald so viel davon ausgegeben ist.',
  threshold: (percent: number) => (percent === 100 ? 'Aufgebraucht (100 %)' : `${percent} %`),
  alsoTold:
    'Abgelehnte Aufrufe (eine Meldung je Stunde, App und Grund), neue Geräte, Anmeldungen in neuen Browsern, seit 30 Tagen unbenutzte Apps, Bitten um mehr und alles Seltsame stehen immer oben.',
  settingsSaved: 'Gespeichert.',

  sentTo: 'Wohin Meldungen gehen',
  sentToLead: 'Jede Meldung steht auf dieser Seite; von hier geht sie auch von selbst hinaus.',
  noDestinations: 'Noch nirgendwohin.',
  noDestinationsText: 'Lassen Sie Meldungen an ein Programm von Ihnen oder an Ihr Postfach schicken.',
  webhook: 'Webhook',
  email: 'E-Mail',
  emailTo: (address: string) => `an ${address}`,
  since: 'seit',
  addWebhook: 'Webhook hinzufügen',
  addEmail: 'An meine E-Mail schicken',
  noMail: 'E-Mail ist aus: Der Betreiber hat keinen Mailserver eingerichtet.',
  test: 'Probe schicken',
  testOf: (name: string) => `Probe schicken: ${name}`,
  testOk: (message: string) => `Probe geschickt. ${message}`,
  testFailed: (message: string) => `Probe nicht angenommen. ${message}`,
  remove: 'Entfernen',
  removeOf: (name: string) => `${name} entfernen`,
  removeTitle: (name: string) => `Keine Meldungen mehr an ${name} schicken?`,
  removeText:
    'Was dorthin unterwegs ist, entfällt. Das Ziel kann wieder hinzugefügt werden, mit einem neuen Secret.',
  removed: 'Dorthin gehen keine Meldungen mehr.',
  added: 'Meldungen gehen ab jetzt dorthin.',
  webhookTitle: 'Webhook hinzufügen',
  url: 'Adresse',
  urlHint: 'https. Jede Meldung kommt als JSON, signiert nach Standard Webhooks.',
  secretTitle: 'Das Secret des Webhooks',
  secretText:
    'Daran erkennt Ihr Programm, dass eine Meldung von uns kommt. Es wird einmal gezeigt: Kopieren Sie es jetzt. Geht es verloren, entfernen Sie den Webhook und fügen ihn neu hinzu.',
  secret: 'Signatur-Secret',

  deliveries: 'Unterwegs',
  destination: 'An',
  state: 'Stand',
  when: 'Seit',
  status: { pending: 'Wartet', delivered: 'Zugestellt', dead: 'Aufgegeben' },
  attempts: (count: number) => many(count, 'Versuch', 'Versuche'),
  next: 'nächster',
  retry: 'Noch einmal versuchen',
  retryOf: (when: string) => `Noch einmal versuchen: ${when}`,
};
