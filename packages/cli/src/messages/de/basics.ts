// Words about signing in, help, what is wrong with a command line, and what several commands say, in German.

import type { Translated } from '@valetkey/core';
import type { basics as english } from '../en/basics.ts';

/** German. */
export const basics: Translated<typeof english> = {
  resultNotWritten: (code = '') => `Das Ergebnis lässt sich nicht schreiben (${code}).`,
  flags: {
    url: 'der Server (sonst VALETKEY_URL, dann die letzte Anmeldung)',
    json: 'das Ergebnis als JSON ausgeben',
    help: 'diese Seite zeigen',
  },
  help: {
    about: (summary) => `${summary}.`,
    usage: 'Aufruf:',
    options: 'Optionen:',
    examples: 'Beispiele:',
    commands: 'Befehle:',
    product:
      'Valetkey verwahrt Ihre Schlüssel zu KI-Anbietern und gibt stattdessen begrenzte Token mit Budget aus.',
    starts: '(startet den Broker, wie valetkey serve)',
    exitCodes:
      'Exit-Codes: 0 gut, 1 Fehler, 2 falscher Aufruf, 4 Anmeldung nötig, 5 Budget lehnt ab, 6 nicht erlaubt, 130 abgebrochen.',
    environment:
      'Umgebung: VALETKEY_URL wählt den Server, XDG_CONFIG_HOME den Ort der Anmeldungen, LANG die Sprache, NO_COLOR schaltet Farben ab.',
    more: 'Mehr zu einem Befehl: valetkey <command> --help',
  },
  misuse: {
    wrong: (problem, command) => `${problem}. Siehe: valetkey ${command} --help`,
    noCommand: (word) => `Den Befehl '${word}' gibt es nicht. Siehe: valetkey --help`,
    comesNext: (word, names) => `Nach ${word} kommt eines von: ${names}. Siehe: valetkey --help`,
    missing: (arg) => `<${arg}> fehlt`,
    empty: (arg) => `<${arg}> ist leer`,
    tooMany: (word) => `'${word}' ist ein Argument zu viel`,
    lastTooMany: 'Das letzte Wort ist ein Argument zu viel',
    unknownOption: (option) => `Die Option '${option}' gibt es nicht`,
    takesNoValue: (option) => `Die Option '${option}' nimmt keinen Wert`,
    valueMissing: (option) => `Der Option '${option} <value>' fehlt ihr Wert`,
    valueIsOption: (option) => `Der Wert der Option '${option}' sieht selbst wie eine Option aus`,
    optionMissing: (option) => `${option} fehlt`,
  },
  serverUrl: {
    notOne: (source) =>
      `${source} muss die Adresse eines Valetkey-Servers sein, etwa https://keys.example.com`,
    notAlone: (source, origin) => `${source} muss die Adresse eines Servers allein sein, etwa ${origin}`,
    notHttps: (source) =>
      `${source} muss mit https:// beginnen, außer bei diesem Rechner: Ihre Anmeldung geht dorthin`,
  },
  statuses: {
    active: 'aktiv',
    suspended: 'pausiert',
    stopped: 'angehalten',
    revoked: 'widerrufen',
    expired: 'abgelaufen',
    admitted: 'läuft',
    settled: 'abgerechnet',
    ceiling: 'zum Höchstbetrag gebucht',
    released: 'freigegeben',
    refused: 'abgelehnt',
    lost: 'verloren',
    pending: 'offen',
    allowed: 'erlaubt',
    denied: 'abgelehnt',
    withdrawn: 'zurückgezogen',
  },
  limits: {
    per: {
      total: 'insgesamt',
      month: 'im Monat',
      week: 'in der Woche',
      day: 'am Tag',
      minute: 'in der Minute',
    },
    requests: (amount) => `${amount} Anfragen`,
    tokens: (amount) => `${amount} Token`,
    left: (left, amount, per) => `${left} von ${amount} ${per}`,
  },
  callsRemoved: (before, entry) =>
    `Aufrufe von vor ${before} sind nicht mehr im Journal, wie sein Eintrag ${entry} sagt.`,
  login: {
    summary: 'Bei einem Server anmelden, mit dem Browser oder mit E-Mail und Passwort',
    email: 'mit dieser E-Mail-Adresse und ihrem Passwort anmelden',
    passwordStdin: 'das Passwort von der Standardeingabe lesen',
    needsEmail: '--password-stdin braucht --email',
    passwordWanted: 'Geben Sie das Passwort mit --password-stdin über die Standardeingabe an',
    password: 'Passwort',
    done: (server, email) => `Bei ${server} als ${email} angemeldet.`,
    otherIssuer: (issuer, server) =>
      `Er nennt sich ${issuer}: Programme werden dorthin geschickt, nicht zu ${server}.`,
  },
};
