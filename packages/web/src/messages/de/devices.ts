// Devices and tokens in German.

/** The words. */
export const devices = {
  title: 'Geräte und Token',
  lead: 'Ein Gerät ist ein Schlüssel, der sich nicht zusammen mit einem Token kopieren lässt. Apps, die an Ihre Geräte gebunden sind, arbeiten von dort und von nirgendwo sonst.',
  devices: 'Geräte',
  emptyTitle: 'Noch keine Geräte.',
  emptyText:
    'Registrieren Sie den Rechner, an dem Sie arbeiten. Sein Schlüssel bleibt dort, Valetkey erfährt nur die öffentliche Hälfte.',
  command: 'Dies registriert den Rechner, auf dem es läuft:',
  code: 'npx valetkey devices enrol --name laptop',
  enrolled: 'Registriert',
  lostOn: 'Verloren',
  notPinned: 'Keine App ist daran gebunden.',
  pinned: 'Daran gebunden:',
  lost: 'Als verloren melden',
  lostOf: (name: string) => `${name} als verloren melden`,
  lostHint:
    'Ein Gerät, das als verloren gemeldet ist, ist für immer beendet: Nichts wird mehr für es weitergeleitet.',
  lostTitle: (name: string) => `${name} als verloren melden?`,
  lostEffect: (pinned: string) =>
    `Sofort wird für seinen Schlüssel nichts mehr weitergeleitet${pinned === '' ? '' : `, auch nicht für das, was nur daran gebunden ist (gebunden: ${pinned})`}. Laufende Aufrufe enden.`,
  lostForEver: 'Für immer: Ein Gerät, das wieder auftaucht, bekommt einen neuen Schlüssel.',
  lostNotice: (name: string, streams: number) =>
    `${name} ist verloren. Nichts wird mehr dafür weitergeleitet${streams === 0 ? '' : `; ${streams} ${streams === 1 ? 'laufender Aufruf wurde' : 'laufende Aufrufe wurden'} beendet`}.`,
  sessions: 'Angemeldet',
  sessionsLead: 'Browser und Kommandozeilen, die mit valetkey login zugelassen wurden.',
  sessionName: {
    browser: (program: string | null) => program ?? 'Unbekanntes Programm',
    terminal: (program: string | null) => `Kommandozeile${program === null ? '' : ` (${program})`}`,
  },
  thisOne: 'dieser Browser',
  signedIn: 'Seit',
  fromAddress: (address: string) => `von ${address}`,
  end: 'Abmelden',
  endOf: (name: string) => `${name} abmelden`,
  ended: (name: string) => `${name} ist abgemeldet.`,
  endOthers: 'Überall sonst abmelden',
  endedOthers: (count: number) =>
    count === 0
      ? 'Sie sind nirgendwo sonst angemeldet.'
      : `An ${count} ${count === 1 ? 'anderen Stelle' : 'anderen Stellen'} abgemeldet.`,
  revoke: 'Widerrufen',
  revokeOf: (name: string) => `Zugang von ${name} widerrufen`,
  tokens: 'Token',
  tokensLead:
    'Apps mit einem Token zum Einfügen. Wer eines kopiert, das nicht gebunden ist, kann es von überall benutzen.',
  noTokens: 'Keine Token.',
  noTokensText: 'Verbinden Sie ein Programm, das einen Schlüssel nimmt, und sein Token steht hier.',
  made: 'Ausgestellt',
  fromAnywhere: 'von überall',
  onlyFrom: (names: string) => `nur von ${names}`,
  change: 'Geräte ändern',
  changeOf: (name: string) => `Geräte von ${name} ändern`,
  pinTitle: (name: string) => `Wo darf ${name} benutzt werden?`,
  pinLead:
    'Auch was sie weitergibt, ist an dieselben Geräte gebunden. Eine Änderung gilt ab dem nächsten Aufruf.',
  anywhere: 'Von überall',
  anywhereText: 'Wer das Token hat, kann es benutzen.',
  chosen: 'Nur von diesen Geräten',
  chosenText: 'Jeder Aufruf muss den Schlüssel eines Geräts nachweisen (DPoP); das Programm muss das können.',
  chooseOne: 'Wählen Sie mindestens ein Gerät.',
  noneToChoose: 'Registrieren Sie zuerst ein Gerät.',
  pinSaved: (name: string) => `Für ${name} gilt das ab dem nächsten Aufruf.`,
  save: 'Speichern',
  from: 'von',
  whereTitle: 'Wo es funktioniert',
  worksWords: 'Es funktioniert',
  lostMark: '(verloren)',
};
