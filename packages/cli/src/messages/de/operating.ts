// Words of the commands about a login, the broker itself and its data folder, in German.

import type { Translated } from '@valetkey/core';
import type { operating as english } from '../en/operating.ts';

/** German. */
export const operating: Translated<typeof english> = {
  dataDir: 'der Datenordner (sonst VALETKEY_DATA_DIR, dann ./data)',
  logout: {
    summary: 'Sich bei einem Server abmelden',
    wasNot: (server) => `Sie waren bei ${server} nicht angemeldet.`,
    done: (server) => `Bei ${server} abgemeldet.`,
    onlyHere: (server) =>
      `Die Anmeldung bei ${server} ist hier vergessen, aber der Server war nicht zu erreichen: Beenden Sie die Sitzung in seinem Dashboard.`,
  },
  status: { summary: 'Zeigen, welcher Server gemeint ist und wer dort angemeldet ist' },
  whoami: { summary: 'Zeigen, was das Token in der Umgebung darf, oder sonst, wer angemeldet ist' },
  doctor: {
    summary: 'Suchen, was Programme hindert, den Broker zu nutzen, und sagen, was zu tun ist',
    checks: {
      server: 'Server',
      clock: 'Uhr',
      login: 'Anmeldung',
      address: 'Adresse',
      providerKeys: 'Anbieter-Schlüssel',
      environment: 'Umgebung',
      tools: 'Werkzeuge',
    },
    statuses: { ok: 'gut', warning: 'Warnung', problem: 'Problem' },
    notRight: (wrong, all) => `Nicht in Ordnung: ${wrong} von ${all}.`,
    answers: (server) => `${server} antwortet.`,
    unhealthy: (server, status) =>
      `${server} hat auf die Frage nach seinem Zustand mit ${status} geantwortet. Sehen Sie in sein Log.`,
    clocksAgree: 'Die Uhren hier und dort stimmen überein.',
    clockBehind: (seconds) =>
      `Die Uhr hier geht gegenüber dem Server ${seconds} s nach. Stellen Sie sie richtig.`,
    clockAhead: (seconds) =>
      `Die Uhr hier geht gegenüber dem Server ${seconds} s vor. Stellen Sie sie richtig.`,
    you: (email) => `Sie sind ${email}.`,
    knowsItself: (server) => `Der Server kennt sich selbst als ${server}.`,
    callsItself: (issuer, server) =>
      `Der Server nennt sich ${issuer}: Programme werden dorthin geschickt, nicht zu ${server}.`,
    noProviderKeys:
      'Es gibt keine, also antwortet nur die Sandbox. Fügen Sie einen hinzu mit: valetkey keys add',
    noOwnKeys: 'Hier ist kein Schlüssel eines Anbieters gesetzt.',
    ownKeys: (names) =>
      `${names} enthält vielleicht einen Schlüssel eines Anbieters: Programme, die hier gestartet werden, benutzen ihn am Broker vorbei. Entfernen Sie ihn, oder starten Sie sie mit: valetkey run`,
    setUp: (until) => `Eingerichtet, bis ${until}.`,
    grantEnded: (grant, status, tool) =>
      `Die Freigabe ${grant} ist ${status}. Eine neue gibt es mit: valetkey setup ${tool}`,
  },
  serve: { summary: 'Den Broker in diesem Prozess starten', failed: 'Der Broker ist nicht gestartet.' },
  migrate: {
    summary: 'Die Datenbank eines Datenordners nach PostgreSQL umziehen, während dort kein Broker läuft',
    to: 'postgres://... (sonst VALETKEY_DATABASE_URL, das kein anderer Benutzer lesen kann)',
    toMissing: 'Nennen Sie die Datenbank mit --to postgres://... oder VALETKEY_DATABASE_URL.',
    done: 'Beide Seiten ergeben dasselbe. Starten Sie den Broker mit VALETKEY_DATABASE_URL und demselben Hauptschlüssel, und starten Sie ihn nicht mehr auf dem Datenordner.',
  },
  backup: {
    summary: 'Die Datenbank eines Datenordners in eine neue Datei kopieren, auch während der Broker läuft',
    to: 'die Datei, die geschrieben wird; sie darf noch nicht da sein',
    done: (masterKey) =>
      `Der Hauptschlüssel (${masterKey}) ist nicht in der Sicherung, und ohne ihn lässt sich nichts Versiegeltes öffnen. Bewahren Sie eine Kopie davon anderswo auf: Wer beides hat, hat die Anbieter-Schlüssel.`,
  },
  restore: {
    summary:
      'Aus einer Sicherung einen neuen Datenordner anlegen, sobald Aufbau, Ketten und Salden geprüft sind',
    from: 'eine Datei, die valetkey backup geschrieben hat',
    dataDir: 'ein leerer Ordner oder ein neuer',
    nothing: (why) => `Nichts wurde wiederhergestellt. ${why}`,
    done: (folder) =>
      `Wiederhergestellt in ${folder}. Geben Sie den Hauptschlüssel von damals dazu: als ${folder}/master.key oder in VALETKEY_MASTER_KEY. Freigaben, die nach der Sicherung widerrufen wurden, gelten wieder, und was danach ausgegeben wurde, zählt nicht: siehe docs/operating/backup.md.`,
  },
  rotateMasterKey: {
    summary: 'Den Hauptschlüssel in einem Datenordner ersetzen, auch während der Broker läuft',
    inEnvironment:
      'Der Hauptschlüssel kommt aus VALETKEY_MASTER_KEY (oder _FILE). Geben Sie dem Broker dort einen neuen, und diesen als VALETKEY_MASTER_KEY_OLD (oder _OLD_FILE).',
    states: { done: 'fertig', running: 'läuft', at_next_start: 'beim nächsten Start' },
    says: {
      done: 'Alles ist neu versiegelt. Der Hauptschlüssel von vorher öffnet nichts mehr außer Sicherungen von vorher: Behalten Sie ihn so lange wie diese.',
      running:
        'Der Broker ist noch dabei; sein Log sagt, wie weit. Um weiter zu warten, geben Sie den Befehl noch einmal ein. Der Schlüssel von vorher bleibt bis dahin in master.key.old.',
      at_next_start:
        'Auf diesem Ordner läuft kein Broker: Der nächste Start erledigt es. Der Schlüssel von vorher bleibt bis dahin in master.key.old.',
    },
    backUp: 'Sichern Sie den neuen master.key, getrennt von der Datenbank.',
  },
  ledgerVerify: {
    summary: 'Jeden Saldo und jeden Eintrag in einem Datenordner prüfen, offline',
    fault: (entry, problem) => `Journaleintrag ${entry}: ${problem}.`,
    doesNotAddUp: (fault) => `Das Journal geht nicht auf. ${fault}`,
  },
  completion: {
    summary: 'Ausgeben, was eine Shell Befehle vervollständigen lässt: bash, zsh oder fish',
    shells: (names) => `<shell> muss eines von diesen sein: ${names}`,
  },
};
