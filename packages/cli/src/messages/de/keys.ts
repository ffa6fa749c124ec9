// Words about provider keys, in German.

import type { Translated } from '@valetkey/core';
import type { keys as english } from '../en/keys.ts';

const use = (grants: number): string => (grants === 1 ? 'eine Freigabe nutzt' : `${grants} Freigaben nutzen`);

/** German. */
export const keys: Translated<typeof english> = {
  readKey: {
    missing: (command) =>
      `Es kam kein Schlüssel an. Geben Sie ihn über die Standardeingabe an: ${command} < key.txt`,
    malformed: 'Ein Schlüssel ist eine Zeile ohne Leerzeichen; geben Sie nur den Schlüssel selbst an',
  },
  keysAdd: {
    summary: 'Einen Anbieter-Schlüssel im Tresor versiegeln; er wird von der Standardeingabe gelesen',
    label: 'wie Sie diesen Schlüssel nennen, falls Sie mehrere haben',
    prompt: (provider) => `API-Schlüssel für ${provider}`,
    unknownProvider: (names) =>
      `Einen Anbieter dieses Namens gibt es hier nicht. Wählen Sie einen von: ${names}.`,
    done: (provider, id) =>
      `Der Schlüssel für ${provider} liegt versiegelt im Tresor. Prüfen Sie ihn mit: valetkey keys test ${id}`,
  },
  keysList: {
    summary: 'Die Anbieter-Schlüssel im Tresor auflisten',
    empty: 'Noch kein Anbieter-Schlüssel. Fügen Sie einen hinzu: valetkey keys add openai < key.txt',
  },
  keysRm: {
    summary: 'Einen Anbieter-Schlüssel aus dem Tresor entfernen',
    revokeGrants: 'auch jede Freigabe widerrufen, die ihn nutzt',
    inUse:
      'Apps nutzen diesen Schlüssel (siehe: valetkey apps list). Um sie mit ihm zu widerrufen, geben Sie --revoke-grants an.',
    done: 'Der Schlüssel ist entfernt.',
  },
  keysRotate: {
    summary: 'Einen Anbieter-Schlüssel ersetzen; der neue wird von der Standardeingabe gelesen',
    prompt: (id) => `Neuer API-Schlüssel anstelle von ${id}`,
    done: (provider, grants, id) =>
      `Der Schlüssel für ${provider} ist ersetzt; ${use(grants)} ihn. Prüfen Sie ihn mit: valetkey keys test ${id}, und löschen Sie dann den alten bei ${provider}.`,
  },
  keysTest: {
    summary: 'Den Anbieter fragen, ob ein Schlüssel funktioniert; Exit-Code 1, wenn nicht',
    works: (ok) => (ok ? 'ja' : 'nein'),
    refused: (message) => `Der Schlüssel funktioniert nicht: ${message}`,
  },
};
