// The words of "confirm that it is you", in German.

/** Before what matters most. */
export const confirm = {
  title: 'Bestätigen, dass Sie es sind',
  lead: 'Was Sie vorhaben, hat besonderes Gewicht. Die Bestätigung gilt einige Minuten, in diesem Browser.',
  password: 'Ihr Passwort',
  confirm: 'Bestätigen',
  passkey: 'Mit einem Passkey bestätigen',
  wrong: 'Das Passwort ist falsch.',
  tooMany: 'Zu viele Versuche. Versuchen Sie es in einigen Minuten noch einmal.',
  noPasskey: 'Das hat nicht geklappt. Versuchen Sie es noch einmal, mit einem Ihrer Passkeys.',
  broken: 'Die Anmeldung ist gerade gestört. Versuchen Sie es gleich noch einmal.',
};
