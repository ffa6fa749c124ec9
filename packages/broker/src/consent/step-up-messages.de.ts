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
    `Sie können bis ${changeMessagesDe.moment(atMs)} entscheiden. Bis dahin geht es mit dem weiter, was da ist.`,
  path: 'Wer bittet',
  pathYou: 'Sie',
  words: 'In den eigenen Worten',
  noWords: 'Warum, wurde nicht gesagt.',
  doubtfulName:
    'Diesen Namen kann sich jeder geben. Erlauben Sie es nur, wenn Sie wissen, was hier für Sie getan wird.',
  change: 'Was sich ändern würde',
  hint: 'Sie können weniger geben als erbeten, nicht mehr. Was hier nicht steht, bleibt, wie es ist.',
  now: (from, used, to) =>
    used === null
      ? `Jetzt ${from}. Erbeten: ${to}.`
      : `Jetzt ${from}, davon ${used} verbraucht. Erbeten: ${to}.`,
  ofProvider: (label, provider) => `${label}, ${provider}`,
  bound: (to) => `Hier schon genug; Freigaben darüber begrenzen es. Erbeten: ${to}.`,
  longer: (to) => `Weiterlaufen lassen bis ${to}`,
  deeper: (to) => `Andere Agenten davon ausgeben lassen, ${to}`,
  receivers: (names) => `an ${names}`,
  above: 'Mit angehoben',
  aboveHint:
    'Es gibt von dem aus, was diese haben, also begrenzen es auch deren Limits. Was Sie so lassen, begrenzt weiter.',
  aboveOf: (name) => `Auch ${name} anheben`,
  line: (label, from, to, used) =>
    `${label}: ${from === null ? to : `${from} → ${to}`}${used === null ? '' : `, bisher ${used} verbraucht`}`,
  kept: 'Es bekommt weder Ihren Schlüssel noch ein neues Token: Es ändert sich, was sein eigenes Token darf.',
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
      text: 'Es geht mit dem weiter, was da ist; um dasselbe kann einen Tag lang nicht noch einmal gebeten werden.',
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
