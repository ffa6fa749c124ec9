// The words of the page “Developer apps”, in German.

import { many } from './counts.ts';

/** Registering an app and keeping it. */
export const developer = {
  title: 'Eigene Apps',
  lead: 'Apps, die Sie entwickeln und die andere mit OAuth um Zugang bitten.',
  preview: 'Vorschau',
  previewOf: (name: string) => `Vorschau der Seite, auf der über ${name} entschieden wird`,
  register: 'App eintragen',
  registerTitle: 'App eintragen',
  editTitle: (name: string) => `${name} bearbeiten`,
  name: 'Name',
  nameHint: 'Er steht auf der Seite, auf der um Zugang gebeten wird.',
  url: 'Website',
  redirects: 'Redirect-URIs',
  redirectsHint: 'Eine in jeder Zeile. Sie werden Zeichen für Zeichen verglichen.',
  type: 'Wo läuft ihr Code?',
  public: 'Auf den Geräten der Nutzer',
  publicText:
    'Browser, Mobilgerät, Desktop oder Kommandozeile: kann nichts geheim halten. Public Client mit PKCE.',
  confidential: 'Auf einem Server',
  confidentialText: 'Kann etwas geheim halten. Confidential Client.',
  dpop: 'Nachweis des Schlüsselbesitzes verlangen (DPoP)',
  dpopText: 'Ein gestohlenes Token nützt ohne den privaten Schlüssel der App nichts.',
  clientId: 'Client-ID',
  secret: 'Client-Secret',
  secretOnce: 'Kopieren Sie es jetzt. Gespeichert wird nur ein Hash, gezeigt wird es nicht noch einmal.',
  registered: (name: string) => `${name} ist eingetragen`,
  edited: (name: string) => `${name} ist geändert.`,
  typeName: { public: 'Public', confidential: 'Confidential' },
  bound: 'DPoP verlangt',
  byDocument: 'bekannt durch ihr Metadaten-Dokument',
  grants: (count: number) =>
    count === 0
      ? 'keine aktive Freigabe von Ihnen'
      : many(count, 'aktive Freigabe von Ihnen', 'aktive Freigaben von Ihnen'),
  edit: 'Bearbeiten',
  editOf: (name: string) => `${name} bearbeiten`,
  rotate: 'Neues Secret',
  rotateOf: (name: string) => `Neues Secret für ${name}`,
  rotateTitle: (name: string) => `Neues Secret für ${name} ausstellen?`,
  rotateEffect:
    'Das jetzige Secret gilt sofort nicht mehr. Die App kann keine Token mehr holen oder erneuern, bis sie das neue hat.',
  rotateConfirm: 'Secret ersetzen',
  rotated: (name: string) => `Neues Secret für ${name}`,
  remove: 'Löschen',
  removeOf: (name: string) => `${name} löschen`,
  removeTitle: (name: string) => `${name} löschen?`,
  removeEffect: (count: number) =>
    count === 0
      ? 'Die App kann niemanden mehr um Zugang bitten.'
      : `Die App kann niemanden mehr um Zugang bitten, und ${many(count, 'Freigabe', 'Freigaben')} von Ihnen an sie ${count === 1 ? 'wird' : 'werden'} sofort widerrufen.`,
  removeConfirm: 'App löschen',
  removed: (name: string) => `${name} ist gelöscht.`,
  empty: 'Sie haben keine App eingetragen.',
  emptyText:
    'Unter dieser Adresse findet eine App alles, was sie braucht; ihre Anfrage schickt sie vorab, mit PKCE:',
  discovery: 'Discovery-Dokument',
  created: 'eingetragen',
};
