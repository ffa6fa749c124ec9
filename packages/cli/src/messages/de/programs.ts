// Words about programs that are run or set up with a token, in German.

import type { Translated } from '@valetkey/core';
import type { programs as english } from '../en/programs.ts';

/** German. */
export const programs: Translated<typeof english> = {
  run: {
    summary: 'Ein Programm mit einem kleinen, kurzlebigen Token nur für diesen Lauf ausführen',
    missing: 'Das auszuführende Programm fehlt: Es kommt nach --',
    started: (name, grant, provider, end) =>
      `${name} hat die Freigabe ${grant} für ${provider}; sie endet mit dem Programm, spätestens ${end}.`,
  },
  runProgram: {
    cannotRun: (command, code = '') => `'${command}' lässt sich nicht ausführen (${code}).`,
    ending: (grant) =>
      `Die Freigabe ${grant} wird beendet. Noch einmal Strg-C beendet, ohne darauf zu warten.`,
    unwaited: (grant, end) =>
      `Abgebrochen. Ob die Freigabe ${grant} beendet ist, ist nicht bekannt; spätestens ${end} endet sie.`,
    notEnded: (grant, end) => `Die Freigabe ${grant} ließ sich nicht beenden; sie endet ${end}.`,
  },
  chooseProvider: {
    unknown: (name) => `Einen Anbieter ${name} gibt es hier nicht.`,
    otherDialect: (dialect, name) =>
      `Dieses Programm spricht die API von ${dialect}, ${name} nicht: Wählen Sie mit --provider einen anderen Anbieter`,
    choose: (names) =>
      `Geben Sie mit --provider an, wessen Modelle genutzt werden dürfen, einer von: ${names}`,
    noKey: (names) =>
      `Dafür gibt es keinen Anbieter-Schlüssel (${names}). Fügen Sie einen hinzu mit: valetkey keys add`,
  },
  env: {
    summary:
      'Zeilen für eval "$(...)" ausgeben, die SDKs auf den Broker richten, mit einem kleinen, kurzlebigen Token',
  },
  tokenPrint: {
    summary: 'Ein kleines, kurzlebiges Token ausgeben und sonst nichts',
    for: 'für ein eingerichtetes Werkzeug: eine Stunde seiner Freigabe, keine neue',
    forAlone: '--for verträgt sich mit keiner anderen Option: Die Einrichtung des Werkzeugs sagt alles',
    forOneOf: (names) => `--for muss eines von diesen sein: ${names}`,
    done: (grant, end) => `Die Freigabe ${grant} endet ${end}; früher mit: valetkey apps revoke ${grant}`,
    notSetUp: (tool) => `${tool} ist hier nicht eingerichtet. Richten Sie es ein: valetkey setup ${tool}`,
    grantOver: (message, tool) => `${message} Eine neue Freigabe bekommen Sie mit: valetkey setup ${tool}`,
  },
  mcp: {
    summary: 'whoami, budget, delegate, request_more und revoke für einen Agenten-Host anbieten (MCP)',
    tokenFiles:
      'weitergegebene Token dort in Dateien schreiben, die nur Sie lesen können, nicht in Antworten',
    serving: (server) => `valetkey: Der Agenten-Host nutzt die Freigabe dieses Tokens bei ${server}.`,
  },
  parentGrant: {
    noToken:
      'Es gibt kein Token zum Weitergeben: Setzen Sie VALETKEY_TOKEN und VALETKEY_URL, oder nennen Sie mit --from eine Ihrer Freigaben',
    noAddress: (variable) =>
      `${variable} ist gesetzt, aber nicht, wo das Token gilt: Setzen Sie VALETKEY_URL`,
    noAnswer: (message) => `${message} Prüfen Sie VALETKEY_URL.`,
    ended: 'Das Token ist unbekannt oder gilt nicht mehr. Holen Sie ein neues von dort, woher es kam.',
  },
  setup: {
    summary: 'Den Broker in die Einstellungen von claude, codex, gemini, opencode oder aider eintragen',
    limit: 'wie viel höchstens ausgegeben werden darf; auch mehrmals (sonst: 5/day)',
    expires: 'wann es endet, etwa 12h oder 8w (sonst: 30d)',
    yes: 'ohne Rückfrage schreiben',
    undo: 'alles zurücknehmen und die Freigabe beenden',
    toolOneOf: (names) => `<tool> muss eines von diesen sein: ${names}`,
    ask: 'Das schreiben? [j/N] ',
    agreed: 'j ja y yes',
    needsYes: 'Es wurde nichts geändert. Um ohne Rückfrage zuzustimmen, geben Sie --yes an',
    refused: 'Es wurde nichts geändert.',
    done: (tool, grant, end) => `${tool} nutzt jetzt die Freigabe ${grant}, bis ${end}.`,
    takeBack: (tool) => `Zurücknehmen mit: valetkey setup ${tool} --undo`,
    alsoSet: (variables) =>
      `In dieser Shell ist gesetzt, was Vorrang haben kann: ${variables}. Heben Sie das mit unset auf.`,
    notSetUp: (tool) => `${tool} ist hier nicht eingerichtet.`,
    undone: (tool) => `${tool} ist wieder wie vorher.`,
    grantLeft: (grant, server) =>
      `Die Freigabe ${grant} ließ sich nicht beenden. Beenden Sie sie mit: valetkey apps revoke ${grant} --url ${server}`,
  },
  toolFiles: {
    leftAlone: (path, problem) => `${path} blieb unverändert: ${problem}.`,
    rivals: (names) =>
      `Vorrang vor dem, was zu schreiben ist, hätte darin ${names.join(' und ')}; nehmen Sie das zuerst heraus`,
    holdsAlready: 'Was zu schreiben ist, steht schon darin',
    notJson: (line) => `Es ist kein JSON (${line === null ? 'zu tief' : `Zeile ${line}`})`,
    notObject: (key = 'Es') => `${key} ist kein Objekt`,
    keyTwice: (key) => `${key} ist zweimal da`,
    notToml: (line) => `Es ist kein TOML (Zeile ${line})`,
    has: (name) => `${name} gibt es darin schon; nehmen Sie das zuerst heraus`,
    notEnv: (line) => `Es besteht nicht aus Zeilen der Form NAME=value (Zeile ${line})`,
    notYaml: (line) => `Es ist kein YAML mit einfachen Schlüsseln auf der obersten Ebene (Zeile ${line})`,
    setsTwice: (key) => `${key} ist zweimal gesetzt`,
    tooLong: (key) => `${key} ist länger als eine Zeile`,
    notOurs: 'Die Datei ist nicht von Valetkey',
    changed: (path, lines) =>
      `${path} blieb unverändert: Jemand hat geändert, was dort geschrieben wurde. Nehmen Sie das von Hand heraus, und versuchen Sie es noch einmal: ${lines}`,
    changedMeanwhile: (path) =>
      `${path} hat sich inzwischen verändert. Es wurde nichts geändert; versuchen Sie es noch einmal.`,
    cannotRemove: (path, code = '') => `${path} lässt sich nicht entfernen (${code}).`,
    damaged: (path) =>
      `${path} ist beschädigt. Nehmen Sie aus Ihren Werkzeugen heraus, was darin genannt ist, und löschen Sie dann die Datei.`,
  },
};
