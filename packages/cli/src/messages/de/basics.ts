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
    usage: 'Verwendung:',
    options: 'Optionen:',
    examples: 'Beispiele:',
    commands: 'Befehle:',
    product:
      'Valetkey verwahrt Ihre Schlüssel zu KI-Anbietern und vergibt stattdessen begrenzte Token mit Budget.',
    starts: '(startet den Broker, wie valetkey serve)',
    exitCodes:
      'Exit-Codes: 0 Erfolg, 1 Fehler, 2 falsche Verwendung, 4 Anmeldung nötig, 5 vom Budget abgelehnt, 6 nicht erlaubt, 130 abgebrochen.',
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
    badAmount: (option, text) =>
      `${option} ${text}: Hier gehört ein Betrag in USD hin, etwa 5 oder 0.25, höchstens 9000000, mit Punkt`,
  },
  serverUrl: {
    notOne: (source) =>
      `${source} muss die Adresse eines Valetkey-Servers sein, etwa https://keys.example.com`,
    notAlone: (source, origin) => `${source} darf nur die Adresse eines Servers sein, etwa ${origin}`,
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
    released: 'ohne Kosten',
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
    requests: (count) => `${count} ${count === 1 ? 'Anfrage' : 'Anfragen'}`,
    tokens: (count) => `${count} Token`,
    left: (left, amount, per) => `${left} von ${amount} ${per}`,
  },
  callsRemoved: (before, entry) =>
    `Aufrufe aus der Zeit vor ${before} sind nicht mehr im Journal, wie sein Eintrag ${entry} sagt.`,
  reach: {
    here: (server, why) =>
      `${server} ist nicht zu erreichen${why === null ? '' : ` (${why})`}. Starten Sie ihn mit: valetkey serve, oder nennen Sie einen anderen mit --url.`,
    elsewhere: (server, why) =>
      `${server} ist nicht zu erreichen${why === null ? '' : ` (${why})`}. Prüfen Sie die Adresse, oder nennen Sie eine andere mit --url.`,
    late: 'keine rechtzeitige Antwort',
    why: {
      ENOTFOUND: 'diesen Hostnamen gibt es nicht',
      EAI_AGAIN: 'sein Name lässt sich gerade nicht nachschlagen',
      CERT_HAS_EXPIRED: 'sein Zertifikat ist abgelaufen',
      ERR_TLS_CERT_ALTNAME_INVALID: 'sein Zertifikat gilt für einen anderen Namen',
      DEPTH_ZERO_SELF_SIGNED_CERT:
        'sein Zertifikat ist selbst signiert; vertrauen Sie ihm mit NODE_EXTRA_CA_CERTS',
      SELF_SIGNED_CERT_IN_CHAIN:
        'sein Zertifikat kommt von einer eigenen Zertifizierungsstelle; vertrauen Sie ihr mit NODE_EXTRA_CA_CERTS',
      UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        'sein Zertifikat lässt sich nicht prüfen; vertrauen Sie seiner Zertifizierungsstelle mit NODE_EXTRA_CA_CERTS',
      ERR_SSL_WRONG_VERSION_NUMBER: 'dort wird kein https gesprochen',
      ERR_SSL_PACKET_LENGTH_TOO_LONG: 'dort wird kein https gesprochen',
    },
    notLoggedIn: (server) =>
      `Sie sind bei ${server} nicht angemeldet. Geben Sie ein: valetkey login --url ${server}`,
    notValetkey: (server, status) =>
      `${server} hat mit ${status} geantwortet, aber nicht wie ein Valetkey-Server. Prüfen Sie die Adresse (--url).`,
    inRequest: (message, requestId) => `${message} (Anfrage ${requestId})`,
    sentElsewhere: (server, elsewhere) =>
      `${server} schickt seine Besucher zu ${elsewhere}. Wenn Sie dem vertrauen, geben Sie ein: valetkey login ${elsewhere}`,
  },
  files: {
    cannotRead: (path, code) => `${path} lässt sich nicht lesen (${code}).`,
    cannotReadLogins: (path, code = '') =>
      `${path} lässt sich nicht lesen (${code}). Machen Sie die Datei für sich lesbar.`,
    cannotReadDevices: (path) => `${path} lässt sich nicht lesen. Machen Sie die Datei für sich lesbar.`,
    cannotReadToChange: (path, code) => `${path} lässt sich nicht lesen (${code}). Nichts wurde geändert.`,
    cannotWrite: (path, code, folder) =>
      `${path} lässt sich nicht schreiben (${code}). Machen Sie ${folder} für sich beschreibbar.`,
    notUtf8: 'kein UTF-8',
    damagedLogins: (path) =>
      `${path} ist beschädigt. Löschen Sie die Datei und geben Sie ein: valetkey login`,
    damagedDevices: (path) =>
      `${path} ist beschädigt. Löschen Sie die Datei und geben Sie ein: valetkey devices enrol`,
  },
  secret: {
    wanted: (what) => `${what}: wird auf der Standardeingabe erwartet`,
    interrupted: 'Abgebrochen',
  },
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
    open: (uri, code) => `Öffnen Sie ${uri}\nund prüfen Sie, ob dort der Code ${code} steht`,
    declined: 'Die Anmeldung wurde im Browser abgelehnt.',
    nobodyAgreed: 'Im Browser hat niemand rechtzeitig zugestimmt. Geben Sie noch einmal ein: valetkey login',
    passwordEmpty: 'Das Passwort ist leer. Geben Sie es über die Standardeingabe an.',
    refused: (server) => `${server} hat diese E-Mail-Adresse und dieses Passwort abgelehnt.`,
    tooOften: 'Zu viele Versuche. Warten Sie eine Minute und versuchen Sie es noch einmal.',
    needsSecondFactor: (server) =>
      `Dieses Konto braucht einen zweiten Faktor. Geben Sie ein: valetkey login --url ${server} (mit dem Browser)`,
  },
};
