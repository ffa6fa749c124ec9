// Every German text of the pages on which owners make accounts, sign in and confirm who they are.

import type { Translated } from '@valetkey/core';
import type { messagesEn } from './messages.en.ts';

/** The German message table. */
export const messagesDe: Translated<typeof messagesEn> = {
  or: 'oder',
  email: 'E-Mail',
  emailHint: 'Das ist Ihr Name zum Anmelden; es wird keine Mail geschickt.',
  password: 'Passwort',
  passwordHint: (least) => `Mindestens ${least} Zeichen; am besten ein paar Wörter.`,
  wrongEmail: 'Geben Sie eine E-Mail-Adresse ein, etwa you@example.com.',
  tooShort: (least) => `Verwenden Sie mindestens ${least} Zeichen.`,
  tooLong: (most) => `Verwenden Sie höchstens ${most} Zeichen.`,
  makeAccount: 'Mein Konto anlegen',
  usedUp: 'Link schon benutzt',
  usedUpTitle: 'Dieser Link wurde schon benutzt',

  signIn: 'Anmelden',
  signInLead: 'Ihre KI-Konten, und wer sie benutzen darf.',
  usePasskey: 'Passkey benutzen',
  notSetUp: 'Noch nicht eingerichtet',
  notSetUpText:
    'Öffnen Sie den einmaligen Link zum Einrichten, den Valetkey beim Start ausgegeben hat. Jeder Start gibt einen neuen aus.',
  passkeyMeanwhile: ' Ein Passkey funktioniert so lange trotzdem.',
  signInBroken: 'Die Anmeldung ist gerade gestört. Versuchen Sie es gleich noch einmal.',
  wrong: 'Die E-Mail-Adresse oder das Passwort ist falsch.',
  wait: (minutes) =>
    `Zu viele Versuche. Versuchen Sie es in ${minutes === 1 ? 'einer Minute' : `${minutes} Minuten`} noch einmal.`,

  signOut: 'Abmelden',
  signOutTitle: 'Abmelden?',
  signOutText: (email) =>
    `Sie sind als ${email} angemeldet. Verbundene Apps laufen weiter; nur dieser Browser wird abgemeldet.`,
  stay: 'Angemeldet bleiben',

  confirm: 'Bestätigen, dass Sie es sind',
  confirmLead: (minutes) =>
    `Was Sie vorhaben, hat besonderes Gewicht. Die Bestätigung gilt ${minutes === 1 ? 'eine Minute' : `${minutes} Minuten`}, in diesem Browser.`,
  confirmButton: 'Bestätigen',
  confirmNot: 'Nicht jetzt',
  signedOut: 'Sie sind abgemeldet. Melden Sie sich wieder an.',
  wrongPassword: 'Das Passwort ist falsch.',
  confirmPasskey: 'Benutzen Sie Ihren Passkey.',

  setUp: 'Einrichten',
  setUpTitle: 'Willkommen. Legen Sie Ihr Konto an.',
  setUpLead:
    'Sie werden Inhaber dieses Brokers: Sie fügen Ihre KI-Konten hinzu und entscheiden, welche Apps sie benutzen dürfen. Es wird niemandem etwas geschickt.',
  setUpUsed:
    'Ein Link zum Einrichten gilt einmal, und nur der neueste. Hat noch niemand diesen Broker eingerichtet, starten Sie ihn neu, und er gibt einen neuen aus.',

  invited: 'Konto anlegen',
  invitedTitle: 'Sie sind eingeladen. Legen Sie Ihr Konto an.',
  invitedLead:
    'Sie fügen Ihre eigenen KI-Konten hinzu und entscheiden, welche Apps sie benutzen dürfen. Wer diesen Broker betreibt, sieht, wie viel Sie ausgeben, nie Ihre Aufrufe, Apps oder Schlüssel.',
  invitedAs: (email) => `Sie melden sich als ${email} an.`,
  invitedPasskey: 'Stattdessen einen Passkey benutzen',
  invitedUsed:
    'Eine Einladung gilt einmal und 7 Tage lang und kann zurückgezogen werden. Haben Sie noch kein Konto, bitten Sie um eine neue, wo Sie eingeladen wurden.',
  taken:
    'Mit dieser Adresse gibt es hier schon ein Konto. Melden Sie sich an, oder verwenden Sie eine andere.',

  ways: 'Möglichkeiten der Anmeldung',
  passkeys: 'Passkeys',
  noPasskeys:
    'Noch keine. Ein Passkey meldet Sie mit der Bildschirmsperre Ihres Geräts an und ist vor Phishing sicher.',
  addPasskey: 'Passkey hinzufügen',
  addNeedsScript: 'Das Hinzufügen eines Passkeys geht nur mit JavaScript.',
  passkeysElsewhere: (port) =>
    `Browser erlauben Passkeys nur unter einem Hostnamen. Um sie zu nutzen, setzen Sie VALETKEY_ISSUER auf http://localhost:${port} oder Ihre eigene Domain.`,
  passkeyName: 'Passkey',
  added: (day) => `Hinzugefügt am ${day}`,
  remove: 'Entfernen',
  signedInNow: 'Jetzt angemeldet',
  unknownProgram: 'Unbekanntes Programm',
  thisBrowser: '(dieser Browser)',
  since: (day) => `Seit ${day}`,
  from: (address) => `, von ${address}`,
  unknownDay: 'unbekannt',
  endOthers: 'Überall sonst abmelden',

  programs: 'Programme, die warten',
  noPrograms:
    'Gerade wartet keines. Starten Sie das Programm und laden Sie diese Seite neu: Worum es bittet, steht zehn Minuten lang hier.',
  program: 'Ein Programm',
  withoutAddress: 'Einige davon kamen ohne Ihre Adresse.',
  withoutAddressText:
    ' Jeder, der diesen Broker erreicht, kann sie gestellt haben, unter jedem beliebigen Namen. Haben zwei denselben Namen, brechen Sie beide ab, geben Sie dem Programm Ihre Adresse und starten Sie es noch einmal.',
  address: 'Ihre Adresse für Programme',
  addressText:
    'Geben Sie sie einem Programm, das OKAP spricht, als Adresse seines Tresors. Worum es bittet, erreicht dann Sie und niemanden sonst.',
  device: 'Gerät verbinden',
  deviceLead: ['Geben Sie den Code ein, den die App oder ', ' zeigt.'],
  code: 'Code',
  goOn: 'Weiter',
  terminal: 'Terminal verbinden',
  terminalTitle: 'Dieses Terminal als Sie anmelden?',
  terminalCode: 'Es zeigt diesen Code:',
  terminalQuestion: 'Haben Sie das gerade selbst gestartet, auf Ihrem eigenen Rechner?',
  terminalWarning:
    ' Hat Ihnen jemand diesen Link oder Code geschickt, brechen Sie ab: Wenn Sie es erlauben, überlassen Sie dieser Person Ihr Konto.',
  terminalUntil: [
    'Es kann dann tun, was Sie hier tun können, 14 Tage lang oder bis Sie es abmelden, unter ',
    '.',
  ],
  allow: 'Erlauben',
  cancel: 'Abbrechen',
  terminalDone: 'Terminal verbunden',
  terminalBack: 'Sie können diese Seite schließen und zum Terminal zurückgehen.',
  cancelled: 'Abgebrochen',
  nothingAllowed: 'Es wurde nichts erlaubt.',
  deviceDone: 'Gerät verbunden',
  deviceBack: 'Sie können diese Seite schließen und zum Gerät zurückgehen.',
  deviceStop: ['Sie können das jederzeit beenden, unter ', '.'],
  connectedApps: 'Verbundene Apps',
  unknownCode:
    'Dieser Code ist unbekannt, schon benutzt oder zu alt. Beginnen Sie auf dem Gerät neu; es zeigt dann einen neuen.',
  tooManyCodes: 'Es wurden zu viele Codes ausprobiert. Versuchen Sie es in einer Stunde noch einmal.',

  notOffered: 'Nicht möglich',
  notOfferedText: 'Diese Seite kann nur geöffnet oder abgeschickt werden.',
  nothingDone: 'Es wurde nichts getan',
  fromElsewhere: (issuer) =>
    `Dieses Formular kam von einer anderen Website, also wurde nichts getan. Öffnen Sie ${issuer} und versuchen Sie es noch einmal.`,
  notThisForm: 'Was geschickt wurde, ist nicht dieses Formular.',
};
