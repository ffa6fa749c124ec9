// Every German text of the page on which an owner decides on a request for more.

import type { Translated } from '@valetkey/core';
import { changeMessagesDe } from '../access-requests/messages.de.ts';
import type { stepUpMessagesEn } from './step-up-messages.en.ts';

/** The German message table. */
export const stepUpMessagesDe: Translated<typeof stepUpMessagesEn> = {
  title: (name) => `${name} bittet um mehr`,
  asksFor: 'bittet um mehr',
  headline: (label, from, to) => `${label} von ${from} auf ${to}`,
  until: (atMs) =>
    `Sie können bis ${changeMessagesDe.moment(atMs)} entscheiden. Bis dahin geht es mit dem bisher Erlaubten weiter.`,
  path: 'Wer bittet',
  pathYou: 'Sie',
  words: 'In den eigenen Worten',
  noWords: 'Ein Grund wurde nicht genannt.',
  doubtfulName:
    'Diesen Namen kann sich jeder geben. Erlauben Sie es nur, wenn Sie wissen, was hier für Sie getan wird.',
  change: 'Was sich ändern würde',
  hint: 'Sie können weniger geben als erbeten, nicht mehr. Was hier nicht steht, bleibt, wie es ist.',
  now: (from, used, to) =>
    used === null
      ? `Jetzt ${from}. Erbeten: ${to}.`
      : `Jetzt ${from}, davon ${used} verbraucht. Erbeten: ${to}.`,
  ofProvider: (label, provider) => `${label}, ${provider}`,
  bound: (to) => `Hier reicht es schon; Freigaben darüber begrenzen. Erbeten: ${to}.`,
  longer: (to) => `Weiterlaufen lassen bis ${to}`,
  deeper: (to) => `Dieses Limit weitergeben lassen, ${to}`,
  receivers: (names) => `an ${names}`,
  above: 'Mit angehoben',
  aboveHint:
    'Ausgegeben wird von dem, was diese haben; deshalb begrenzen auch deren Limits. Was Sie hier nicht anheben, begrenzt weiter.',
  aboveOf: (name) => `Auch ${name} anheben`,
  line: (label, from, to, used) =>
    `${label}: ${from === null ? to : `${from} → ${to}`}${used === null ? '' : `, bisher ${used} verbraucht`}`,
  kept: 'Weder Ihr Schlüssel noch ein neues Token wird herausgegeben: Es ändert sich nur, was das bisherige Token darf.',
  allow: 'Das erlauben',
  deny: 'Ablehnen',
  stop: 'Sie können es jederzeit unter Verbundene Apps beenden.',
  changed:
    'Seit Sie diese Seite geöffnet haben, hat sich etwas geändert. So steht es jetzt: Bitte entscheiden Sie noch einmal.',
  errors: {
    amount: (most) => `Geben Sie einen Betrag über 0 und höchstens ${most} ein.`,
    count: (most) => `Geben Sie eine ganze Zahl von 1 bis ${most} ein.`,
    nothing: 'So würde sich nichts ändern. Wählen Sie, was Sie geben, oder lehnen Sie ab.',
  },
  over: {
    allowed: { title: 'Sie haben es erlaubt', text: 'Es kann sofort weitergehen.' },
    denied: {
      title: 'Sie haben es abgelehnt',
      text: 'Es geht mit dem bisher Erlaubten weiter; um dasselbe kann einen Tag lang nicht noch einmal gebeten werden.',
    },
    withdrawn: { title: 'Die Bitte wurde zurückgezogen', text: 'Es wurde nichts geändert.' },
    expired: {
      title: 'Diese Bitte ist abgelaufen',
      text: 'Es wurde nichts geändert. Es kann noch einmal gebeten werden.',
    },
    pending: { title: '', text: '' },
  },
  given: 'Was gegeben wurde',
  toApp: 'Ansehen, was jetzt erlaubt ist',
  ended: {
    title: 'Hier gibt es nichts mehr zu entscheiden',
    text: 'Was um mehr bat, ist beendet, oder diese Bitte gehört nicht Ihnen.',
  },
};
