// Every German text that says what a request for more changes.

import type { Capability, LimitPeriod, LimitUnit, RequestCap, Translated } from '@valetkey/core';
import { changeMessagesEn } from './messages.en.ts';

const LABELS: Readonly<Record<LimitUnit, string>> = { usd: 'Budget', requests: 'Anfragen', tokens: 'Token' };

const PERIODS: Readonly<Record<LimitPeriod, string>> = {
  total: 'insgesamt',
  month: 'im Monat',
  week: 'in der Woche',
  day: 'am Tag',
  minute: 'in der Minute',
};

const CAPS: Readonly<Record<RequestCap, string>> = {
  maxTokensPerRequest: 'Token in einer Anfrage',
  maxInputTokens: 'Eingabe-Token in einer Anfrage',
  maxOutputTokens: 'Ausgabe-Token in einer Anfrage',
  maxConcurrent: 'Anfragen gleichzeitig',
};

const WORK: Readonly<Record<Capability, string>> = {
  chat: 'Chat',
  completions: 'Textfortsetzung',
  embeddings: 'Embeddings',
  images: 'Bilder',
  audio: 'Sprache',
  moderation: 'Moderation',
};

/** The German message table. */
export const changeMessagesDe: Translated<typeof changeMessagesEn> = {
  ...changeMessagesEn,
  limit: (unit, per) => `${LABELS[unit]} ${PERIODS[per]}`,
  cap: (cap) => CAPS[cap],
  models: 'Modelle',
  everyModel: 'jedes Modell',
  capabilities: 'Arten von Arbeit',
  capability: (kind) => WORK[kind as Capability] ?? kind,
  tools: 'Werkzeuge',
  locations: 'Orte',
  added: (names) => `zusätzlich ${names.join(', ')}`,
  delegation: 'Darf dieses Limit weitergeben',
  levels: (depth) => (depth === 0 ? 'nein' : `${depth} ${depth === 1 ? 'Stufe' : 'Stufen'} tief`),
  receivers: 'An wen',
  anyone: 'alle',
  expires: 'Es endet',
  moment: (atMs) =>
    `${new Date(atMs).toLocaleString('de', {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: 'UTC',
    })} UTC`,
};
