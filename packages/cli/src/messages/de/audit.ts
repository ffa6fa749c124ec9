// Words about the journal as evidence, in German.

import type { Translated } from '@valetkey/core';
import type { audit as english } from '../en/audit.ts';

/** German. */
export const audit: Translated<typeof english> = {
  auditExport: {
    summary: 'Ihr Journal auf die Standardausgabe schreiben, einen Eintrag je Zeile',
    from: 'der erste Zeitpunkt; ein Datum beginnt um 00:00 UTC (sonst: alles)',
    to: 'das Ende, das nicht mehr dazugehört (sonst: jetzt)',
    format: 'jsonl, das sich prüfen lässt (Vorgabe), oder ecs, mit den Namen des Elastic Common Schema',
    formatWanted: '--format muss jsonl oder ecs sein',
    momentWanted: (flag) =>
      `${flag} muss ein Datum oder ein Zeitpunkt sein, etwa 2026-11-22 oder 2026-11-22T08:00:00Z`,
    notForTerminals: 'Das ist für eine Datei oder ein Programm: valetkey audit export > journal.jsonl',
    brokeOff: 'Der Export brach ab: Was geschrieben wurde, ist nicht alles. Starten Sie ihn noch einmal.',
  },
  auditVerify: {
    summary: 'Ein exportiertes Journal offline prüfen und den ersten Eintrag nennen, der nicht stimmt',
    checkpoints: 'signierte Prüfpunkte, getrennt von der Datenbank aufbewahrt',
    keys: 'die öffentlichen Schlüssel, die sie signiert haben dürfen (ein JWK-Set)',
    part: 'nur ein Zeitraum wurde exportiert: Was davor und danach liegt, wird nicht vermisst',
    goTogether: '--checkpoints und --keys gehören zusammen',
    unsigned:
      'Ein abgeschnittenes Ende oder ein neu geschriebenes Journal zeigt sich nur mit --checkpoints und --keys.',
    unsignedEnd: (entries) =>
      entries === 1
        ? 'Über den letzten Eintrag sagt kein Prüfpunkt etwas: Er kann neu geschrieben worden sein.'
        : `Über die letzten ${entries} Einträge sagt kein Prüfpunkt etwas: Sie können neu geschrieben worden sein.`,
  },
  auditReceipts: {
    summary: 'Belege von Aufrufen offline prüfen und zeigen, unter welchen Freigaben sie entstanden',
    keys: 'die öffentlichen Schlüssel der Belege (ein JWK-Set); nötig',
    journal: 'sie mit einem exportierten Journal vergleichen; ob das vollständig ist, sagt audit verify',
    issuer: 'der Broker, den sie nennen müssen',
    keysWanted: '--keys fehlt: Ohne Schlüssel beweist ein Beleg nichts',
    noKeys: (file) => `${file} enthält kein JWK-Set.`,
    noReceipt: (file) => `${file} enthält keinen Beleg.`,
    ownCalls: 'Eigene Aufrufe',
    wholeCost: 'Kosten, mit allem darunter',
    grantOf: (grant, client) => `${grant}, von ${client}`,
    leftJournal: (call, journal) =>
      `Der Aufruf ${call} ist so alt, dass er nicht mehr in ${journal} steht: Es gibt nur noch den Beleg.`,
    noOutcome: (call, journal) => `Der Aufruf ${call} hat in ${journal} kein Ergebnis.`,
    otherwise: (call, journal) => `${journal} sagt über den Aufruf ${call} etwas anderes.`,
    provesNothing: (receipt, problem) => `Beleg ${receipt} beweist nichts: ${problem}.`,
    missing: (grant) => `Es gibt keinen Beleg der Freigabe ${grant}, die über anderen steht.`,
  },
  auditGraph: {
    summary:
      'Zeigen, warum ein Aufruf erlaubt war: Kette der Freigaben, Limits und Ausgaben, wie sie standen',
    file: 'ein exportiertes Journal lesen, statt den Broker zu fragen',
    fileWanted: '--file muss eine Datei nennen',
    entry: (seq) => `Eintrag ${seq}`,
    entryAt: (kind, at) => `${kind} am ${at}`,
    facts: {
      key: (id) => `Anbieter-Schlüssel ${id}`,
      grant: (id) => `Freigabe ${id}`,
      named: (what, name) => `${what} „${name}“`,
      version: (version) => `Version ${version}`,
      actsAs: (actor) => `handelt als ${actor}`,
      app: (id) => `App ${id}`,
      boundTo: (thumbprint) => `gebunden an Schlüssel ${thumbprint}`,
      spent: (settled, held) => `${settled} ausgegeben, ${held} reserviert`,
      spentPruned: 'Ausgaben unbekannt (alte Aufrufe wurden entfernt)',
      below: (grants) => `${grants} darunter`,
      entry: (seq) => `Eintrag ${seq}`,
    },
    limit: (amount, per, settled, held) => `${amount} ${per}: ${settled} ausgegeben, ${held} reserviert`,
    pruned: 'unbekannt',
  },
  auditErase: {
    summary: 'Die Namen eines beendeten Zugangs oder einer entfernten App löschen, oder alles von Ihnen',
    grant: 'ein beendeter Zugang, mit allem darunter',
    app: 'eine entfernte App, mit jedem Zugang, den sie hatte',
    owner: 'Sie: beendet jeden Zugang, entfernt jeden Schlüssel und löscht Ihr Konto',
    oneWanted: 'Nennen Sie eines von --grant, --app und --owner',
  },
};
