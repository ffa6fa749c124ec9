// Every German text of the consent pages. Words only, as in English.

import { formatUsdExact, type LimitPeriod, type Translated } from '@valetkey/core';
import type { messagesEn } from './messages.en.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const ago = (sinceMs: number): string => {
  const days = Math.floor(sinceMs / DAY_MS);
  if (days === 0) return 'heute';
  return days === 1 ? 'gestern' : `vor ${days} Tagen`;
};

const date = (atMs: number): string =>
  new Date(atMs).toLocaleDateString('de', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });

const PERIODS: Readonly<Record<LimitPeriod, string>> = {
  total: 'insgesamt',
  month: 'im Monat',
  week: 'in der Woche',
  day: 'am Tag',
  minute: 'in der Minute',
};

const levels = (count: number): string => `${count} ${count === 1 ? 'Stufe' : 'Stufen'}`;

/** The German message table. */
export const messagesDe: Translated<typeof messagesEn> = {
  title: (name) => `${name} möchte Ihre KI benutzen`,
  wants: 'möchte',
  yourAi: 'Ihre KI benutzen',
  and: 'und',
  withProvider: (provider) => `bei ${provider}`,
  withAll: (providers) => `bei ${new Intl.ListFormat('de').format(providers)} zusammen`,

  byDocument: (host) => `Ausgewiesen durch ihre eigene Adresse, ${host}.`,
  byYou: (sinceMs) => `Hier eingetragen von Ihnen, ${ago(sinceMs)}.`,
  byAnother: (sinceMs) => `Nicht geprüft: hier eingetragen von jemand anderem, ${ago(sinceMs)}.`,
  byItself: (sinceMs) => `Nicht geprüft: hat sich hier selbst eingetragen, ${ago(sinceMs)}.`,
  byCallback: 'Nicht geprüft: Bekannt ist nur die Adresse, zu der Sie zurückkehren.',
  byOwnWords: (url) =>
    `Nicht geprüft: Ein Programm, das niemand eingetragen hat, nennt sich so${url === null ? '' : ` und sagt, dass es von ${url} kommt`}. Jedes Programm kann das sagen.`,
  notOurs: 'Nicht von Valetkey.',
  destination: (to) =>
    ({
      host: () => `Danach kehren Sie zu ${to.kind === 'host' ? to.host : ''} zurück.`,
      this_computer: () => 'Danach kehren Sie zu einem Programm auf diesem Rechner zurück.',
      app_scheme: () =>
        `Danach kehren Sie zu der App auf diesem Gerät zurück, die ${to.kind === 'app_scheme' ? to.scheme : ''}-Links öffnet.`,
    })[to.kind](),
  deviceCode: 'Die App wartet auf einem anderen Gerät, das genau diesen Code zeigen muss:',
  programCode: 'Es wartet auf die Antwort. Zeigt es einen Code, muss es genau dieser sein:',
  deviceQuestion: 'Haben Sie das gerade selbst gestartet, an einem Gerät vor Ihnen?',
  deviceWarning:
    'Machen Sie nur dann weiter. Hat Ihnen jemand diesen Code oder Link geschickt, brechen Sie ab: Was Sie hier erlauben, kann diese Person ausgeben.',
  doubtfulName:
    'Diesen Namen kann sich jeder geben. Machen Sie nur weiter, wenn Sie das gerade selbst gestartet haben und wissen, woher es kommt.',
  reason: 'In ihren eigenen Worten',

  itMay: 'Die App darf',
  itMayWith: (provider) => `Bei ${provider} darf die App`,
  limits: 'Ihre Limits',
  limitsHint: 'Sie können sie hier senken und später ändern.',
  payWith: (provider) => `Bezahlt mit Ihrem Schlüssel von ${provider}`,
  keyName: (label, lastFour) => (lastFour === '' ? label : `${label} (endet auf ${lastFour})`),
  noKey: (provider) =>
    `Sie haben hier noch keinen Schlüssel von ${provider}, also gibt es nichts, womit bezahlt werden könnte. Fügen Sie einen hinzu und kommen Sie dann auf diese Seite zurück.`,
  addKey: (provider) => `Schlüssel von ${provider} hinzufügen`,
  budget: (per) => `Budget ${PERIODS[per]}`,
  budgetProposed: 'Budget',
  budgetProposedHint: 'Die App hat keinen Betrag genannt; dies ist unser Vorschlag.',
  budgetPeriod: 'Zeitraum des Betrags',
  most: (nanos) => `Die App bittet um ${formatUsdExact(nanos)}.`,
  period: (per) => PERIODS[per],
  models: 'Modelle',
  moreLimits: 'Weitere Limits',
  tokens: 'Höchstens so viele Token in einer Anfrage',
  tokensHint: 'Leer lassen, wenn es kein solches Limit geben soll.',
  delegation: 'Andere Agenten und Apps',
  delegationAsked: (recipients, most) =>
    `Die App bittet darum, dieses Limit weitergeben zu dürfen an: ${recipients}, ${levels(most)} tief.`,
  delegate: 'Die App darf dieses Limit weitergeben',
  depth: 'Wie tief',
  depthHint: 'Mit 1 Stufe darf niemand, der etwas davon bekommt, es weitergeben.',
  levels,
  to: 'An wen',
  toAnyone: 'Jeden Agenten und jede App, die sie aussucht',
  toOwnAgents: 'Eigene Agenten der App',
  toClient: (name) => `${name}, sobald sie sich ausweist`,
  devices: 'Nur von diesen Geräten',
  devicesLegend: 'Wo sie benutzt werden darf',
  devicesHint:
    'Wählen Sie keines, gilt es überall. Sonst muss jeder ihrer Aufrufe den Schlüssel eines dieser Geräte nachweisen; die App muss dort laufen und das können.',
  expires: 'Es endet',
  expiresInDays: (days) => (days === 1 ? 'in 1 Tag' : `in ${days} Tagen`),
  expiresAsAsked: (atMs) => `am ${date(atMs)}, wie sie es möchte`,

  present: (spends, sinceMs) =>
    `Seit dem ${date(sinceMs)} darf die App schon ${spends.join(' und ')}. Was Sie jetzt erlauben, kommt dazu.`,
  replace: 'Beenden, was sie bisher hat',

  itNeverGets: 'Was sie nicht bekommt',
  never: [
    'Ihren Schlüssel: Er bleibt hier',
    'Was andere Apps mit Ihrer KI tun',
    'Ihre Chats bei den Anbietern',
  ],
  kept: 'Hier bleiben von jedem Aufruf Zeit, Modell und Kosten. Nie sein Text.',

  allow: 'Erlauben',
  cancel: 'Abbrechen',
  stop: 'Sie können das jederzeit unter Verbundene Apps beenden.',

  changed:
    'Seit Sie diese Seite geöffnet haben, hat sich etwas geändert. So steht es jetzt: Bitte entscheiden Sie noch einmal.',
  errors: {
    amount: 'Geben Sie einen Betrag in USD über 0 ein, etwa 5 oder 0.25, mit Punkt.',
    amountAbove: (most) => `Geben Sie höchstens ${formatUsdExact(most)} ein.`,
    period: 'Wählen Sie einen Zeitraum.',
    models: 'Wählen Sie mindestens ein Modell.',
    depth: 'Wählen Sie, wie tief.',
    to: 'Wählen Sie, an wen.',
    tokens: (most) => `Geben Sie eine ganze Zahl von 1 bis ${most} ein.`,
    expires: 'Wählen Sie, wann es endet.',
    key: 'Wählen Sie den Schlüssel, der zahlt.',
  },

  gone: {
    title: 'Diese Anfrage ist beendet',
    text: 'Sie wurde entschieden, hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Gehen Sie zur App zurück und beginnen Sie neu.',
  },
  decided: {
    title: 'Das wurde schon entschieden',
    text: 'Eine Anfrage wird einmal entschieden. Wartet die App noch, gehen Sie zu ihr zurück und beginnen Sie neu.',
  },
  refused: { title: 'Das hat nicht geklappt' },
  forged: {
    title: 'Das kam nicht von unserer Seite',
    text: 'Es wurde nichts erlaubt. Wollten Sie entscheiden, gehen Sie zur App zurück und beginnen Sie neu.',
  },
  method: {
    title: 'Das nimmt diese Adresse nicht an',
    text: 'Gehen Sie zur App zurück und beginnen Sie neu.',
  },
  fault: {
    title: 'Hier ist etwas schiefgegangen',
    text: 'Es wurde nichts erlaubt. Bitte versuchen Sie es gleich noch einmal.',
  },
  oauthOutage: {
    title: 'Gerade nicht verfügbar',
    text: 'Es wurde nichts erlaubt. Bitte gehen Sie zur App zurück und versuchen Sie es gleich noch einmal.',
  },
  oauthError: {
    title: 'Die Anfrage der App lässt sich nicht bearbeiten',
    text: 'Es wurde nichts erlaubt. Das muss der Entwickler der App beheben; die Angaben unten helfen dabei.',
  },
  oauthErrorCode: 'Fehler',
  oauthErrorDetail: 'Einzelheit',
};
