// What alerts say in messages, in German. MUST NOT put words of people or apps into a subject: they could pass for ours.

import type { LimitPeriod, Translated } from '@valetkey/core';
import type { messagesEn } from './messages.en.ts';

const PER: Readonly<Record<LimitPeriod, string>> = {
  total: 'insgesamt',
  month: 'in diesem Monat',
  week: 'in dieser Woche',
  day: 'heute',
  minute: 'in dieser Minute',
};

/** German. */
export const messagesDe: Translated<typeof messagesEn> = {
  subject: {
    limit: (threshold) =>
      threshold >= 100 ? 'Ein Limit ist aufgebraucht' : `${threshold} % eines Limits sind verbraucht`,
    refusals: 'Aufrufe wurden abgelehnt',
    device: 'Ein neues Gerät wurde registriert',
    signIn: 'Eine Anmeldung in einem neuen Browser',
    idle: 'Ein Zugang wurde seit einem Monat nicht benutzt',
    anomaly: 'Bitte sehen Sie sich einen Aufruf an',
    request: 'Eine App bittet um mehr',
    test: 'Eine Testnachricht',
  },
  limit: (name, settled, limit, per) => `${name} hat ${PER[per]} ${settled} von ${limit} verbraucht.`,
  refusals: (name, code) => `${name} wurde abgelehnt (${code}).`,
  device: (name) =>
    `Das Gerät ${name} wurde registriert. Waren Sie das nicht, melden Sie es als verloren und ändern Sie Ihr Passwort.`,
  signIn:
    'Jemand hat sich als Sie in einem Browser angemeldet, der nicht bekannt war. Waren Sie das nicht, melden Sie diesen Browser ab und ändern Sie Ihr Passwort.',
  idle: (name) =>
    `${name} wurde seit 30 Tagen nicht benutzt. Widerrufen Sie den Zugang, wenn Sie ihn nicht brauchen.`,
  anomaly: {
    overrun: (name) =>
      `Ein Aufruf von ${name} kostete mehr, als dafür reserviert war. Der Zugang ist pausiert, bis Sie nachgesehen haben.`,
    unconfirmed: (name) =>
      `Was ein Aufruf von ${name} gekostet hat, ist nicht bekannt. Er zählt mit dem Höchstbetrag, den er kosten konnte.`,
    odd_usage: (name) => `Der Anbieter hat zu einem Aufruf von ${name} Unstimmiges gemeldet.`,
  },
  request: (name) => `${name} bittet um mehr, als jetzt erlaubt ist. Sie entscheiden.`,
  test: 'Diese Nachricht kam, weil Sie um einen Test gebeten haben. Es ist nichts geschehen.',
  count: { requests: 'Anfragen', tokens: 'Token' },
  somebody: 'Beendeter Zugang',
  everything: 'Alles zusammen',
  look: (url) => `Hier nachsehen: ${url}`,
  why: (url) => `Sie bekommen das, weil Meldungen per E-Mail eingeschaltet sind. Ausschalten: ${url}`,
  sent: {
    mailTaken: 'Der Mailserver hat sie angenommen.',
    mailRefused: (code) => `Der Mailserver hat sie nicht angenommen (${code}).`,
    noMail: 'Es ist kein Mailserver eingerichtet.',
    removed: 'Das Ziel wurde entfernt.',
    answered: (status) => `Die Adresse antwortete mit ${status}.`,
    silent: (seconds) => `Die Adresse antwortete nicht innerhalb von ${seconds} s.`,
    redirected: 'Die Adresse antwortete mit einer Weiterleitung; der wird nicht gefolgt.',
    unreachable: (code) => `Die Adresse wurde nicht erreicht${code === null ? '' : ` (${code})`}.`,
    notPublic: 'Die Adresse gehört zu einem privaten Netz oder ist keine https-Adresse.',
  },
};
