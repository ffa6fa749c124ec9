// Words about grants that are made, edited and delegated, in German.

import type { Translated } from '@valetkey/core';
import type { grants as english } from '../en/grants.ts';

/** German. */
export const grants: Translated<typeof english> = {
  grantFlags: {
    requests: 'wie viele Anfragen insgesamt höchstens gestellt werden dürfen',
    partProvider: 'der Teil für diesen Anbieter, falls es mehrere gibt',
    modelMissing: "--model fehlt ('*' erlaubt jedes Modell)",
    ceilingMissing: 'Eine Obergrenze fehlt: Geben Sie --limit 5/month oder --requests N an',
    badExpires:
      '--expires muss eine Dauer wie 12h oder 30d sein, oder Datum und Uhrzeit wie 2026-12-31T00:00:00Z',
    badPeriod: (what, text, periods) =>
      `${what} ${text}: Hinter den Schrägstrich gehört eines von ${periods}`,
    twoLimits: (text) => `--limit ${text}: Für denselben Zeitraum gibt es zwei Limits`,
  },
  shortGrant: {
    provider:
      'wessen Modelle, etwa openai (sonst: was zum Programm passt, oder der einzige mit einem Schlüssel)',
    model: "ein Modell oder ein Anfang wie 'gpt-5*'; auch mehrmals (sonst: alle)",
    limit: 'wie viel höchstens ausgegeben werden darf; auch mehrmals (sonst: 5)',
    capability: 'eine Art von Arbeit, etwa chat; auch mehrmals (sonst: alle)',
    expires: 'wann es endet, etwa 30m oder 2h (sonst: 8h)',
    name: 'unter welchem Namen Sie es sehen',
  },
  grantCreate: {
    summary: 'Ein Token mit Rechten und einem Budget ausstellen',
    provider: 'wessen Modelle, etwa openai (nötig)',
    model: "ein Modell, ein Anfang wie 'gpt-5*' oder '*' für alle; auch mehrmals (nötig)",
    limit:
      'wie viel höchstens ausgegeben werden darf, im Monat, in der Woche, am Tag, in der Minute oder insgesamt; auch mehrmals',
    capability: 'eine Art von Arbeit, etwa chat oder embeddings; auch mehrmals (sonst: alle)',
    expires: 'wann es endet: 90m, 12h, 30d, 8w oder Datum und Uhrzeit (sonst: nie)',
    delegationDepth: 'über wie viele Stufen weitergegeben werden darf (sonst: 0)',
    delegateTo:
      'own_agents oder eine client_id, die sich ausweisen muss; auch mehrmals, bedeutet eine Stufe (sonst: an alle)',
    device: 'nur von diesem Ihrer Geräte; auch mehrmals (sonst: von überall)',
    name: 'wie Sie es nennen, etwa nach dem Programm, das es benutzt',
    shownOnce: (id) => `Das Token wird nur jetzt gezeigt. Sie beenden es mit: valetkey apps revoke ${id}`,
  },
  grantEdit: {
    summary: 'Ändern, was eine Freigabe erlaubt; was keine Option nennt, bleibt',
    model: 'stattdessen diese Modelle; auch mehrmals',
    limit: 'diese Geldlimits anstelle aller bisherigen; auch mehrmals',
    capability: 'stattdessen diese Arten von Arbeit; auch mehrmals',
    expires: 'wann sie endet: 90m, 12h, 30d, 8w oder Datum und Uhrzeit',
    delegationDepth: 'über wie viele Stufen weitergegeben werden darf',
    delegateTo: 'nur an diese: own_agents oder eine client_id; auch mehrmals',
    changeMissing: 'Es fehlt eine Option, die sagt, was sich ändert',
    done: 'Geändert. Das gilt ab dem nächsten Aufruf.',
    notUnderstood: (problem) => `Diese Version versteht die Freigabe nicht: ${problem}`,
    noPart: (provider, names) => `Diese Freigabe hat keinen Teil für ${provider}. Sie hat: ${names}`,
    whichPart: (names) =>
      `Sagen Sie mit --provider, welcher Teil der Freigabe gemeint ist: einer von ${names}`,
  },
  delegate: {
    summary: 'Ein engeres Token unter einer Freigabe ausstellen oder ein Programm damit starten',
    from: 'eine Ihrer eigenen Freigaben (sonst: das Token in VALETKEY_TOKEN, OPENAI_API_KEY und dergleichen)',
    provider: 'nur dieser Anbieter der Freigabe (sonst: alle)',
    model: "ein Modell oder ein Anfang wie 'gpt-5*'; auch mehrmals (sonst: die der Freigabe)",
    limit: 'wie viel höchstens ausgegeben werden darf; auch mehrmals (sonst: was der Freigabe bleibt)',
    capability: 'eine Art von Arbeit, etwa chat; auch mehrmals (sonst: die der Freigabe)',
    expires: 'wann es endet, etwa 15m oder 8h (sonst: 1h)',
    depth: 'über wie viele Stufen es weitergeben darf (sonst: 0)',
    delegateTo:
      'an wen es weitergeben darf: own_agents oder eine client_id; auch mehrmals, bedeutet eine Stufe (sonst: wie die Freigabe)',
    name: 'unter welchem Namen der Inhaber es sieht (sonst: worker)',
    keep: 'es bestehen lassen, wenn der Befehl zu Ende ist',
    jsonWithCommand: '--json gibt das Token aus, verträgt sich also mit keinem Befehl',
    noPart: (provider) => `Die Freigabe hat keinen Teil für ${provider}.`,
    whichProvider: (names) =>
      `Die Freigabe gilt für mehrere Anbieter (${names}): Sagen Sie mit --provider, welcher gemeint ist.`,
    runsWith: (name, id) => `${name} hat die Freigabe ${id}, die mit dem Programm endet.`,
    runsUntil: (name, id, end) => `${name} hat die Freigabe ${id}, die um ${end} endet.`,
    notPermitted:
      'Diese Freigabe darf nicht weitergegeben werden. Der Inhaber kann eine ausstellen, die das darf: valetkey grant create --delegation-depth 1',
    shownOnce: (parentId) =>
      `Das Token wird nur jetzt gezeigt. Es endet mit der Freigabe darüber, ${parentId}.`,
  },
};
