// Every word of the dashboard in German. MUST NOT contain logic beyond choosing a plural.

import { activity } from './de/activity.ts';
import { alerts } from './de/alerts.ts';
import { audit, callGraph } from './de/audit.ts';
import { confirm } from './de/confirm.ts';
import { apps, calls, many } from './de/counts.ts';
import { delegation } from './de/delegation.ts';
import { developer } from './de/developer.ts';
import { devices } from './de/devices.ts';
import { people } from './de/people.ts';
import { programs, programTips } from './de/programs.ts';
import { requests } from './de/requests.ts';
import { sharing } from './de/sharing.ts';
import { stops } from './de/stops.ts';
import type { Messages } from './messages.ts';

/** German. */
export const de: Messages = {
  product: 'Valetkey',
  pageTitle: (page: string) => `${page} · Valetkey`,
  calls,
  alerts,
  people,
  requests,
  stops,
  audit,
  callGraph,
  confirm,
  devices,

  nav: {
    label: 'Hauptmenü',
    skip: 'Zum Inhalt',
    menu: 'Menü',
    home: 'Start',
    apps: 'Verbundene Apps',
    delegation: 'Weitergabe',
    activity: 'Aktivität',
    alerts: 'Budgets und Meldungen',
    audit: 'Protokoll',
    accounts: 'KI-Konten',
    devices: 'Geräte und Token',
    developer: 'Eigene Apps',
    settings: 'Einstellungen',
    connect: 'App verbinden',
    signedInAs: 'Angemeldet als',
  },

  common: {
    cancel: 'Abbrechen',
    done: 'Fertig',
    save: 'Speichern',
    working: 'Einen Moment…',
    loading: 'Lädt…',
    retry: 'Erneut versuchen',
    copy: 'Kopieren',
    copied: 'Kopiert',
    copyFailed: 'Nicht kopiert: bitte markieren',
    copyOf: (what: string) => `${what} kopieren`,
    dismiss: 'Schließen',
    never: 'nie',
    optional: 'optional',
    showTable: 'Tabelle',
    showChart: 'Diagramm',
  },

  time: { justNow: 'gerade eben', soon: 'gleich', lastUsed: 'zuletzt benutzt', neverUsed: 'nie benutzt' },

  errors: {
    unknown: (status: number) => `Der Broker hat mit einem Fehler geantwortet (${status}).`,
    codes: {
      invalid_request: 'Der Broker nimmt das so nicht an.',
      invalid_json: 'Der Broker nimmt das so nicht an.',
      unknown_field: 'Der Broker nimmt das so nicht an.',
      insufficient_user_authentication: 'Dafür müssen Sie erneut bestätigen, dass Sie es sind.',
      not_found: 'Das gibt es nicht oder nicht mehr.',
      conflict: 'Das passt nicht zum jetzigen Stand.',
      request_too_large: 'Das ist zu groß.',
      rate_limited: 'Das waren zu viele Anfragen. Versuchen Sie es gleich noch einmal.',
      unavailable: 'Der Broker kann gerade nichts aufzeichnen. Versuchen Sie es gleich noch einmal.',
      internal_error: 'Im Broker ist etwas schiefgegangen.',
    },
    unreachable:
      'Der Broker hat nicht geantwortet. Prüfen Sie, ob er läuft und ob Sie verbunden sind, und versuchen Sie es noch einmal.',
    heading: 'Das konnte nicht geladen werden',
    request: (id: string) => `Anfrage ${id}`,
    crash: 'Auf dieser Seite ist etwas schiefgegangen',
    crashText: 'Laden Sie sie neu. Ihre Freigaben und Limits sind nicht betroffen.',
    reload: 'Neu laden',
    notFound: 'Unter dieser Adresse gibt es nichts',
    notFoundText: 'Der Link ist vielleicht alt, oder es wurde entfernt, worauf er zeigt.',
    goHome: 'Zum Start',
  },

  grantStatus: { active: 'Aktiv', suspended: 'Pausiert', revoked: 'Widerrufen', expired: 'Abgelaufen' },

  callStatus: {
    admitted: 'Läuft',
    settled: 'Abgerechnet',
    ceiling: 'Zum Höchstbetrag gebucht',
    released: 'Ohne Kosten',
    refused: 'Abgelehnt',
  },

  limits: {
    per: {
      total: 'insgesamt',
      month: 'diesen Monat',
      week: 'diese Woche',
      day: 'heute',
      minute: 'diese Minute',
    },
    kind: {
      usd: {
        total: 'US-Dollar insgesamt',
        month: 'US-Dollar im Monat',
        week: 'US-Dollar in der Woche',
        day: 'US-Dollar am Tag',
        minute: 'US-Dollar in der Minute',
      },
      requests: {
        total: 'Anfragen insgesamt',
        month: 'Anfragen im Monat',
        week: 'Anfragen in der Woche',
        day: 'Anfragen am Tag',
        minute: 'Anfragen in der Minute',
      },
      tokens: {
        total: 'Token insgesamt',
        month: 'Token im Monat',
        week: 'Token in der Woche',
        day: 'Token am Tag',
        minute: 'Token in der Minute',
      },
    },
    counted: {
      requests: (count: number) => many(count, 'Anfrage', 'Anfragen'),
      tokens: (count: number) => many(count, 'Token', 'Token'),
    },
    amountIn: (amount: string, period: string) => `${amount} ${period}`,
    left: (amount: string) => `${amount} übrig`,
    spentOf: (spent: string, amount: string, window: string) => `${spent} von ${amount} ${window}`,
    held: (amount: string) => `${amount} für laufende Aufrufe reserviert`,
    reset: (amount: string) => `zurückgesetzt: ${amount} davor zählen nicht`,
    startsAgain: (when: string) => `beginnt ${when} neu`,
    none: 'Kein Limit',
    noneText: 'Nichts begrenzt, was diese App ausgeben darf, bis der Zugang abläuft oder Sie ihn widerrufen.',
    noneOwn: 'Kein eigenes Limit',
    noneOwnText: 'Es gelten die Limits der Freigaben darüber.',
    meter: (spent: string, held: string, left: string) =>
      `${spent} ausgegeben, ${held} reserviert, ${left} übrig`,
  },

  home: {
    title: 'Start',
    today: 'Heute ausgegeben',
    month: 'Diesen Monat ausgegeben',
    total: 'Von Beginn an ausgegeben',
    callsToday: (count: number) => `${calls(count)} heute`,
    callsMonth: (count: number) => `${calls(count)} diesen Monat`,
    canSpend: (count: number) => `${apps(count)} ${count === 1 ? 'kann' : 'können'} Geld ausgeben`,
    attention: 'Bitte ansehen',
    allWell: 'Nichts braucht Ihre Aufmerksamkeit.',
    allWellText:
      'Jedes Budget hat Luft, keine Freigabe läuft bald ab, und seit gestern wurde nichts abgelehnt.',
    byDay: 'Ausgaben nach Tagen',
    byDayText: 'Dieser Monat, in UTC-Tagen.',
    chartSummary: (total: string, highest: string, day: string) =>
      `Ausgaben nach Tagen: ${total} diesen Monat, am meisten am ${day} mit ${highest}.`,
    chartDay: (day: string, amount: string, count: number) => `${day}: ${amount}, ${calls(count)}`,
    chartEmpty: 'Keine Ausgaben diesen Monat.',
    day: 'Tag (UTC)',
    spend: 'Ausgaben',
    callCount: 'Aufrufe',
    byApp: 'Ausgaben nach Apps',
    app: 'App',
    thisMonth: 'Dieser Monat',
    inTotal: 'Insgesamt',
    latest: 'Letzte Aufrufe',
    allCalls: 'Alle Aufrufe',
    view: 'Zeigen als',
  },

  attention: {
    exhausted: (name: string) => `Das Budget von ${name} ist aufgebraucht. Weitere Aufrufe werden abgelehnt.`,
    nearly_used: (name: string, percent: number) => `${name} hat ${percent} % des Budgets verbraucht.`,
    expiring: (name: string, when: string) => `Die Freigabe von ${name} endet ${when}.`,
    idle: (name: string, when: string | null) =>
      when === null
        ? `${name} wurde nie benutzt. Entfernen Sie die App, wenn Sie sie nicht brauchen.`
        : `${name} wurde zuletzt ${when} benutzt. Entfernen Sie die App, wenn Sie sie nicht brauchen.`,
    endingUnused: (name: string, when: string) =>
      `Niemand benutzt ${name}: Die Freigabe endet ${when}, falls sie bis dahin unbenutzt bleibt.`,
    refused: (name: string, count: number) =>
      `Von ${name} ${count === 1 ? 'wurde' : 'wurden'} seit gestern ${calls(count)} abgelehnt.`,
    refusedMore: (name: string, count: number) =>
      `Seit gestern wurden mehr als ${calls(count)} abgelehnt, die neuesten von ${name}.`,
    unconfirmed: (name: string, count: number) =>
      `Von ${name} ${count === 1 ? 'endete' : 'endeten'} ${calls(count)} ohne bekannte Kosten und ${count === 1 ? 'wurde' : 'wurden'} zum Höchstbetrag gebucht.`,
    raise: 'Limits ändern',
    extend: 'Ende ändern',
    review: 'Ansehen',
    seeCalls: 'Aufrufe ansehen',
  },

  quickstart: {
    title: (name: string) => `Willkommen, ${name}. Vergeben Sie Ihren ersten Schlüssel.`,
    lead: 'Apps bekommen ein Token mit einem Budget. Ihre Anbieter-Schlüssel bleiben hier.',
    steps: {
      account: 'KI-Konto hinzufügen oder mit der Sandbox beginnen',
      accountText:
        'Die Sandbox ist ein simulierter Anbieter. Sie braucht keinen Schlüssel und kostet nichts; so lässt sich erst alles ausprobieren.',
      accountAction: 'Anbieter-Schlüssel hinzufügen',
      connect: 'App verbinden',
      connectText:
        'Wählen Sie Modell und Budget. Sie bekommen eine Adresse und ein Token zum Einfügen, wo ein Programm nach Basis-URL und Schlüssel fragt.',
      connectAction: 'Mit der Sandbox verbinden',
      call: 'Den ersten Aufruf machen',
      callText: 'Das ist der Aufruf, mit Ihrer eigenen Adresse. Das Token ist das aus Schritt 2.',
    },
    cli: 'Oder im Terminal, mit Ihrem Konto an diesem Broker angemeldet:',
    yourToken: 'IHR_TOKEN',
  },

  apps: {
    title: 'Verbundene Apps',
    lead: 'Wer über Ihre KI-Konten Geld ausgeben kann, und wie viel noch übrig ist.',
    live: 'Aktive',
    all: 'Alle',
    filter: 'Welche Apps gezeigt werden',
    idleTitle: 'Seit 30 Tagen nicht benutzt',
    idleText:
      'Eine App, die Sie vergessen haben, würden Sie nicht vermissen. Ein Widerruf hält sie sofort an.',
    pausedTitle: 'Pausiert',
    endedTitle: 'Beendet',
    ownTool: 'Ihr eigenes Werkzeug',
    connected: 'verbunden',
    spentMonth: 'Dieser Monat',
    notUsed: 'noch nicht benutzt',
    pause: 'Pausieren',
    resume: 'Fortsetzen',
    revoke: 'Widerrufen',
    pauseOf: (name: string) => `${name} pausieren`,
    resumeOf: (name: string) => `${name} fortsetzen`,
    revokeOf: (name: string) => `${name} widerrufen`,
    paused: (name: string) => `${name} ist pausiert. Aufrufe werden abgelehnt, bis Sie die App fortsetzen.`,
    resumed: (name: string) => `${name} kann wieder Geld ausgeben.`,
    empty: 'Keine App kann über Ihre KI-Konten Geld ausgeben.',
    emptyText:
      'Verbinden Sie ein eigenes Werkzeug, oder öffnen Sie eine App, die „Connect your AI“ anbietet, und geben Sie ihr diese Adresse:',
    emptyIssuer: 'Adresse Ihres Brokers',
  },

  revoke: {
    title: (name: string) => `${name} widerrufen?`,
    effect:
      'Der Zugang endet sofort und endgültig: Kein Aufruf wird mehr weitergeleitet, laufende werden binnen zwei Sekunden abgebrochen.',
    spent: (month: string, total: string) =>
      `Ausgegeben sind diesen Monat ${month} und insgesamt ${total}. Was die App getan hat, bleibt unter Aktivität sichtbar.`,
    below: (count: number) =>
      `${many(count, 'von ihr weitergegebene Freigabe endet', 'von ihr weitergegebene Freigaben enden')} damit ebenfalls.`,
    pauseInstead: 'Um sie nur eine Weile anzuhalten, pausieren Sie sie stattdessen.',
    confirm: (count: number) =>
      count === 1 ? 'Zugang widerrufen' : `${count.toLocaleString('en')} Freigaben widerrufen`,
    done: (name: string, grants: number, streams: number) =>
      `${name} ist widerrufen: ${many(grants, 'Freigabe', 'Freigaben')} beendet, ${many(streams, 'laufender Aufruf', 'laufende Aufrufe')} abgebrochen.`,
  },

  app: {
    back: 'Verbundene Apps',
    mayDo: 'Was sie darf',
    withheld: 'Was sie nicht darf',
    noKey: 'kein Schlüssel nötig',
    keyEnding: (label: string, lastFour: string) => `${label}, endet auf ${lastFour}`,
    ends: 'Endet',
    connected: 'Verbunden',
    made: 'Ausgestellt',
    lastUsed: 'Zuletzt benutzt',
    endsUnused: 'wenn unbenutzt:',
    endsNever: 'Hat kein eigenes Ende',
    revokedAt: 'Widerrufen',
    reason: 'In ihren Worten',
    grantId: 'Freigabe',
    spentToday: 'Heute',
    spentMonth: 'Dieser Monat',
    spentTotal: 'Insgesamt',
    callCount: 'Aufrufe',
    editLimits: 'Limits ändern',
    calls: 'Aufrufe der App',
    callsAll: 'Unter Aktivität ansehen',
    noCalls: 'Noch kein Aufruf.',
    noCallsText: 'Aufrufe erscheinen hier kurz nach ihrem Beginn.',
    noOwnCalls: 'Kein eigener Aufruf.',
    noOwnCallsText: 'Aufrufe weitergegebener Freigaben stehen auf deren eigenen Seiten.',
    unverified: 'Nicht von Valetkey',
    token: 'Token',
    tokenText:
      'Diese Freigabe hat ein Token in Form eines Schlüssels. Es wurde einmal gezeigt und ist nur als Hash gespeichert.',
    replaceToken: 'Neues Token ausstellen',
    replaceTitle: 'Neues Token ausstellen?',
    replaceEffect:
      'Das jetzige Token gilt sofort nicht mehr. Jedes Programm, das es benutzt, braucht das neue.',
    replaceConfirm: 'Token ersetzen',
    newToken: 'Neues Token',
    copyNow: 'Kopieren Sie es jetzt. Es wird nicht noch einmal gezeigt.',
  },

  delegation,
  sharing,

  edit: {
    title: (name: string) => `Limits von ${name}`,
    lead: 'Eine Änderung gilt ab dem nächsten Aufruf. Liegt ein Limit unter dem schon Ausgegebenen, werden weitere Aufrufe abgelehnt.',
    remove: 'Entfernen',
    removeOf: (kind: string) => `Entfernen: ${kind}`,
    add: 'Limit hinzufügen',
    choose: 'Art wählen…',
    noneLeft: 'Ohne Limit darf sie unbegrenzt ausgeben, bis der Zugang abläuft.',
    badUsd: 'Geben Sie einen Betrag wie 5 oder 0.25 ein, mit Punkt.',
    badCount: 'Geben Sie eine ganze Zahl ein.',
    expiry: 'Ende der Freigabe',
    keepExpiry: (when: string) => `Beibehalten: ${when}`,
    keepForever: 'Beibehalten: kein Ende',
    inDays: (days: number) => `${many(days, 'Tag', 'Tage')} von jetzt an`,
    saved: (name: string) => `Die Limits von ${name} sind geändert.`,
    save: 'Limits speichern',
    changedMeanwhile:
      'Dieser Zugang wurde inzwischen geändert. Von Ihren Angaben ist noch nichts gespeichert.',
    showNow: 'Mit dem jetzigen Stand neu beginnen',
  },

  reset: {
    action: 'Zurücksetzen',
    of: (kind: string) => `Zurücksetzen: ${kind}`,
    title: (kind: string) => `„${kind}“ zurücksetzen?`,
    effect:
      'Was in diesem Zeitraum schon ausgegeben wurde, zählt bei diesem Limit nicht mehr; aufgezeichnet bleibt es. Das lässt sich nicht rückgängig machen.',
    counts: (spent: string, window: string) => `Gezählt ${window}: ${spent}.`,
    others:
      'Andere Limits zählen es weiter. Was laufende Aufrufe reserviert haben, zählt, sobald sie beendet sind.',
    confirm: 'Limit zurücksetzen',
    done: (kind: string) => `„${kind}“ ist zurückgesetzt.`,
  },

  call: {
    time: 'Zeit',
    app: 'App',
    model: 'Modell',
    tokens: 'Token',
    cost: 'Kosten',
    status: 'Status',
    request: 'Anfrage',
    table: 'Aufrufe, neueste zuerst',
    noModel: 'kein Modell',
    tokenCounts: (input: string, output: string) => `${input} hin, ${output} zurück`,
    cached: (count: string) => `${count} aus dem Cache`,
    held: (amount: string) => `${amount} reserviert`,
    heldWas: (amount: string) => `${amount} waren reserviert`,
    unconfirmed: 'unbestätigt',
    streamed: 'als Stream',
    more: 'Ältere Aufrufe zeigen',
  },

  accounts: {
    title: 'KI-Konten',
    lead: 'Ihre Anbieter-Schlüssel. Sie liegen hier versiegelt und gehen nur an den Anbieter selbst.',
    add: 'Schlüssel hinzufügen',
    provider: 'Anbieter',
    key: 'API-Schlüssel',
    keyHint: 'Verschlüsselt gespeichert. Gezeigt werden nur noch die letzten vier Zeichen.',
    label: 'Name',
    labelHint: 'Um zwei Schlüssel eines Anbieters zu unterscheiden.',
    addTitle: 'Anbieter-Schlüssel hinzufügen',
    added: 'hinzugefügt',
    replaced: 'ersetzt',
    usedBy: (count: number) => `von ${apps(count)} benutzt`,
    unused: 'von keiner App benutzt',
    test: 'Prüfen',
    testOf: (name: string) => `${name} prüfen`,
    testOk: (message: string) => `Funktioniert. ${message}`,
    testFailed: (message: string) => `Funktioniert nicht. ${message}`,
    replace: 'Ersetzen',
    replaceOf: (name: string) => `${name} ersetzen`,
    replaceTitle: (name: string) => `Den Schlüssel von ${name} ersetzen`,
    replaceText: 'Apps behalten ihre Token und arbeiten ab dem nächsten Aufruf mit dem neuen Schlüssel.',
    remove: 'Entfernen',
    removeOf: (name: string) => `${name} entfernen`,
    removeTitle: (name: string) => `${name} entfernen?`,
    removeEffect:
      'Der versiegelte Schlüssel wird gelöscht. Um das Konto wieder zu benutzen, fügen Sie ihn neu hinzu.',
    removeApps: (count: number) =>
      `${apps(count)} ${count === 1 ? 'nutzt' : 'nutzen'} ihn und ${count === 1 ? 'wird' : 'werden'} damit widerrufen, sofort und endgültig.`,
    removeConfirm: 'Schlüssel entfernen',
    removeConfirmApps: (count: number) => `Schlüssel entfernen und ${apps(count)} widerrufen`,
    addedNotice: (name: string) => `Der Schlüssel von ${name} liegt im Tresor.`,
    replacedNotice: (name: string) => `Der Schlüssel von ${name} ist ersetzt.`,
    removedNotice: (name: string) => `Der Schlüssel von ${name} ist entfernt.`,
    simulatedText:
      'Eingebaut. Antworten sind erfunden und sagen das auch; Preise zählen wie echte, damit sich Budgets ausprobieren lassen.',
    keyless: 'Braucht keinen Schlüssel. Läuft unter der Adresse des Betreibers.',
    tryIt: 'Eine App damit verbinden',
    waiting: 'Eine App wartet auf Ihre Entscheidung.',
    waitingText: 'Sobald der Schlüssel hier ist, den sie braucht, machen Sie dort weiter.',
    goBack: 'Zurück zu ihrer Anfrage',
    emptyTitle: 'Noch kein Anbieter-Schlüssel.',
    emptyText:
      'Fügen Sie einen Schlüssel ein: Jede App, die Sie verbinden, nutzt ihn im Rahmen des Budgets, das Sie ihr geben.',
  },

  connect: {
    title: 'App verbinden',
    lead: 'Für jedes Programm, das Basis-URL und Schlüssel nimmt. Es bekommt ein eigenes Token mit eigenem Budget.',
    name: 'Wofür ist es?',
    namePlaceholder: 'Notizen auf meinem Laptop',
    nameHint: 'Dieser Name steht dann unter Verbundene Apps.',
    provider: 'KI-Konto',
    needsKey: (names: string, count: number) =>
      `${names} ${count === 1 ? 'braucht' : 'brauchen'} einen Schlüssel.`,
    addKey: 'Schlüssel hinzufügen',
    simulated: 'kein Schlüssel nötig, Antworten sind erfunden',
    ready: 'bereit',
    keyless: 'kein Schlüssel nötig, läuft unter der Adresse des Betreibers',
    whichKey: 'Welcher Schlüssel zahlt',
    models: 'Modelle',
    anyModel: 'Jedes Modell mit bekanntem Preis',
    theseModels: 'Nur diese',
    findModel: 'Modell suchen',
    noModel: 'Kein passendes Modell.',
    chooseModel: 'Wählen Sie mindestens ein Modell.',
    budget: 'Budget',
    amount: 'US-Dollar',
    per: 'Gezählt',
    perOptions: { day: 'jeden Tag', week: 'jede Woche', month: 'jeden Monat', total: 'einmal, insgesamt' },
    budgetHint:
      'Ein Aufruf, der mehr kosten könnte, als noch übrig ist, wird abgelehnt, bevor er den Anbieter erreicht.',
    badAmount: 'Geben Sie einen Betrag wie 5 oder 0.25 ein, mit Punkt.',
    expiry: 'Endet nach',
    days: (days: number) => many(days, 'Tag', 'Tagen'),
    create: (amount: string, per: string) => `Token für bis zu ${amount} ${per} ausstellen`,
    createPlain: 'Token ausstellen',
    summary: 'Was Sie gleich erlauben',
    summarySpend: (amount: string, per: string, provider: string) =>
      `Bis zu ${amount} ${per} von Ihrem Konto bei ${provider} ausgeben`,
    summaryAnyModel: 'Jedes Modell benutzen, dessen Preis bekannt ist',
    summaryModels: (models: string) => `${models} benutzen`,
    summaryEnds: (when: string) => `Bis ${when}, oder bis Sie es unter Verbundene Apps beenden`,
    summaryNever: 'Es sieht weder Ihren Anbieter-Schlüssel noch, was andere Apps tun.',
    readyTitle: (name: string) => `${name} kann verbunden werden`,
    readyLead: 'Fügen Sie diese Werte in das Programm ein.',
    once: 'Das Token wird einmal gezeigt. Geht es verloren, stellen Sie auf der Seite der App ein neues aus.',
    baseUrl: 'Basis-URL',
    token: 'Token',
    model: 'Modell',
    yourModel: 'IHR_MODELL',
    snippets: 'Oder mit Code beginnen',
    waiting: 'Wartet auf den ersten Aufruf…',
    waitingText:
      'Lassen Sie diese Seite offen und starten Sie das Programm. Mit dem ersten Aufruf erscheint der Haken.',
    arrived: 'Der erste Aufruf ist da.',
    arrivedText: (model: string, cost: string) => `${model}, ${cost}.`,
    running: 'läuft gerade',
    open: 'Seine Seite öffnen',
    another: 'Noch eines verbinden',
    noProvider: 'An diesem Broker ist kein Anbieter eingerichtet.',
  },

  programs,
  programTips,
  developer,

  activity,

  settings: {
    title: 'Einstellungen',
    account: 'Sie',
    name: 'Name',
    email: 'E-Mail',
    passkeys: 'Passkeys',
    passkeysText: 'Melden Sie sich mit Fingerabdruck, Gesicht oder einem Sicherheitsschlüssel an.',
    passkeysLink: 'Passkeys verwalten',
    session: 'Diese Sitzung',
    sessionText:
      'Wenn Sie sich hier abmelden, betrifft das keine App. Um alle anzuhalten, wählen Sie „Alles anhalten“ auf der Startseite.',
    signOut: 'Abmelden',
    broker: 'Dieser Broker',
    address: 'Adresse',
    version: 'Version',
    appearance: 'Das Aussehen folgt Ihrem System: hell oder dunkel.',
    language: 'Sprache',
    languageText:
      'Gilt in diesem Browser und in Meldungen, die Ihnen geschickt werden. Beträge und Zahlen werden in jeder Sprache gleich geschrieben.',
  },
};
