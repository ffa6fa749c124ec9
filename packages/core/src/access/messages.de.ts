// Every German text that describes a right to a person. Words and grammar only, as in English.

import type { LimitPeriod } from '../budget/limit.ts';
import { formatUsdExact } from '../budget/money.ts';
import type { AccessMessages } from './messages.en.ts';

const PERIODS: Record<LimitPeriod, string> = {
  total: 'insgesamt',
  month: 'im Monat',
  week: 'in der Woche',
  day: 'am Tag',
  minute: 'in der Minute',
};

const WORK: Readonly<Record<string, string>> = {
  embeddings: 'Text in Embeddings umwandeln',
  images: 'Bilder erzeugen und bearbeiten',
  audio: 'Sprache in Text und Text in Sprache umwandeln',
  moderation: 'Inhalte auf Schädliches prüfen',
};

const TOOLS: ReadonlyMap<string, string> = new Map([
  ['web_search', 'Websuche'],
  ['web_fetch', 'Abruf von Webseiten'],
  ['file_search', 'Dateisuche'],
  ['code_interpreter', 'Ausführen von Code'],
  ['code_execution', 'Ausführen von Code'],
  ['image_generation', 'Erzeugen von Bildern'],
  ['google_search', 'Google-Suche'],
]);

const MONTHS = 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(
  ' ',
);

const joined = (items: readonly string[]): string =>
  items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} und ${items.at(-1)}`;

const count = (value: number): string => value.toLocaleString('en-US');

const counted = (value: number, one: string, other: string): string =>
  `${count(value)} ${value === 1 ? one : other}`;

function moment(atMs: number): string {
  const at = new Date(atMs);
  const time = at.toISOString().slice(11, 16);
  return `${at.getUTCDate()}. ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}, ${time} UTC`;
}

/** The German message table. */
export const accessMessagesDe: AccessMessages = {
  headline: (nanos, per) => `bis zu ${formatUsdExact(nanos)} ${PERIODS[per]} ausgeben`,
  headlineUnlimited: 'ohne Limit Geld ausgeben',
  allow: (nanos, per) => `Bis zu ${formatUsdExact(nanos)} ${PERIODS[per]} erlauben`,
  allowUnlimited: 'Ohne Limit erlauben',

  anyModel: (provider) => `jedes Modell von ${provider}`,
  noModel: 'kein Modell',
  models: (names, more, prefixes) => {
    const beginnings = prefixes.map((prefix) => `jedes Modell, dessen Name mit ${prefix} beginnt`);
    return joined([...names, ...(more > 0 ? [`${count(more)} weitere`] : []), ...beginnings]);
  },
  sameModels: 'dieselben Modelle',

  send: (models) => `Text und Bilder senden an: ${models}`,
  sendText: (models) => `Text senden an: ${models}`,
  work: (kinds, models) => {
    const phrase = joined(kinds.map((kind) => WORK[kind] ?? kind));
    return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}, mit: ${models}`;
  },
  doNothing: 'Nichts: Keine Art von Arbeit ist enthalten',

  noTools: 'Keine Werkzeuge benutzen',
  ownTools: 'Nur eigene Werkzeuge benutzen, keine mit Zusatzkosten',
  paidTools: (tools) =>
    `Die Modelle dürfen ${joined(tools.map((tool) => TOOLS.get(tool) ?? tool))} benutzen, was zusätzlich kosten kann`,

  noDelegation: 'Dieses Limit darf nicht an andere Agenten weitergegeben werden',
  delegation: (levels, recipients) =>
    `Dieses Limit darf weitergegeben werden an: ${recipients}, ${counted(levels, 'Stufe', 'Stufen')} tief`,
  recipients: (names) => (names === null ? 'jeden anderen Agenten und jede andere App' : joined(names)),
  ownAgents: 'eigene Agenten der App',
  unknownApp: (id) => `unbekannte App (${id})`,
  doubtfulApp: (id) => `App mit zweifelhaftem Namen (${id})`,
  noExpiry: 'Es endet, wenn Sie es beenden',
  expiry: (atMs) => `Es endet am ${moment(atMs)}`,

  limit: {
    usd: (amount, per) => `Höchstens ${formatUsdExact(amount)} ${PERIODS[per]}`,
    requests: (amount, per) => `Höchstens ${counted(amount, 'Anfrage', 'Anfragen')} ${PERIODS[per]}`,
    tokens: (amount, per) => `Höchstens ${counted(amount, 'Token', 'Token')} ${PERIODS[per]}`,
  },
  cap: {
    maxTokensPerRequest: (most) => `Höchstens ${counted(most, 'Token', 'Token')} in einer Anfrage`,
    maxInputTokens: (most) => `Höchstens ${counted(most, 'Eingabe-Token', 'Eingabe-Token')} in einer Anfrage`,
    maxOutputTokens: (most) =>
      `Höchstens ${counted(most, 'Ausgabe-Token', 'Ausgabe-Token')} in einer Anfrage`,
    maxConcurrent: (most) => `Höchstens ${counted(most, 'Anfrage', 'Anfragen')} gleichzeitig`,
  },

  riskUnlimited: 'Nichts begrenzt, wie viel von Ihrem Geld diese App ausgeben kann.',
  riskDelegation: 'Agenten, die Sie nicht kennen, könnten von diesem Limit ausgeben.',
  riskForever: 'Dies hat kein Enddatum: Es gilt, bis Sie es beenden.',
};
