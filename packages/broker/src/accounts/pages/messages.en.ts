// Every English text of the pages on which owners make accounts, sign in and confirm who they are.

/** The English message table. */
export const messagesEn = {
  or: 'or',
  email: 'E-mail',
  emailHint: 'It is your name for signing in; no mail is sent.',
  password: 'Password',
  passwordHint: (least: number) => `At least ${least} characters; a few words are best.`,
  wrongEmail: 'Enter an e-mail address, like you@example.com.',
  tooShort: (least: number) => `Use at least ${least} characters.`,
  tooLong: (most: number) => `Use at most ${most} characters.`,
  makeAccount: 'Make my account',
  usedUp: 'Link used up',
  usedUpTitle: 'This link is used up',

  signIn: 'Sign in',
  signInLead: 'Your AI accounts, and what may use them.',
  usePasskey: 'Use a passkey',
  notSetUp: 'Not set up yet',
  notSetUpText:
    'Open the one-time set-up link that Valetkey printed when it started. Every start prints a new one.',
  passkeyMeanwhile: ' A passkey works meanwhile.',
  signInBroken: 'Signing in does not work right now. Try again in a moment.',
  wrong: 'The e-mail address or the password is wrong.',
  wait: (minutes: number) =>
    `Too many attempts. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,

  signOut: 'Sign out',
  signOutTitle: 'Sign out?',
  signOutText: (email: string) =>
    `You are signed in as ${email}. Connected apps go on working; only this browser is signed out.`,
  stay: 'Stay signed in',

  confirm: 'Confirm that it is you',
  confirmLead: (minutes: number) =>
    `What you are about to do matters more than most. This counts for ${minutes === 1 ? 'one minute' : `${minutes} minutes`}, in this browser.`,
  confirmButton: 'Confirm',
  confirmNot: 'Not now',
  signedOut: 'You are signed out. Sign in again.',
  wrongPassword: 'The password is wrong.',
  confirmPasskey: 'Use your passkey.',

  setUp: 'Set up',
  setUpTitle: 'Welcome. Make your account.',
  setUpLead:
    'You will be the owner of this broker: you add your AI accounts and decide which apps may use them. Nothing is sent to anyone.',
  setUpUsed:
    'A set-up link works once, and only the newest one. If nobody has set up this broker yet, restart it to print a new link.',

  invited: 'Make your account',
  invitedTitle: 'You are invited. Make your account.',
  invitedLead:
    'You will add your own AI accounts and decide which apps may use them. Whoever runs this broker sees how much you spend, never your calls, apps or keys.',
  invitedAs: (email: string) => `You will sign in as ${email}.`,
  invitedPasskey: 'Use a passkey instead',
  invitedUsed:
    'An invitation works once and for 7 days, and can be taken back. If you have no account yet, ask whoever invited you for a new one.',
  taken: 'Somebody with this address has an account here. Sign in, or use another address.',

  ways: 'Ways to sign in',
  passkeys: 'Passkeys',
  noPasskeys: 'None yet. A passkey signs you in with your device’s lock, and cannot be phished.',
  addPasskey: 'Add a passkey',
  addNeedsScript: 'Adding a passkey needs JavaScript.',
  passkeysElsewhere: (port: string) =>
    `Browsers allow passkeys only at a host name. Set VALETKEY_ISSUER to http://localhost:${port} or your own domain to use them.`,
  passkeyName: 'Passkey',
  added: (day: string) => `Added ${day}`,
  remove: 'Remove',
  signedInNow: 'Signed in now',
  unknownProgram: 'Unknown program',
  thisBrowser: '(this browser)',
  since: (day: string) => `Since ${day}`,
  from: (address: string) => `, from ${address}`,
  unknownDay: 'unknown',
  endOthers: 'Sign out everywhere else',

  programs: 'Programs that wait',
  noPrograms:
    'None waits now. Start the program, then load this page again: what it asks stands here for ten minutes.',
  program: 'A program',
  withoutAddress: 'Some of these came without your address.',
  withoutAddressText:
    ' Anybody who reaches this broker can have made them, under any name. If two have the same name, cancel both, give the program your address, and start it again.',
  address: 'Your address for programs',
  addressText:
    'Give it to a program that speaks OKAP as the address of its vault. What it asks then reaches you, and nobody else.',
  device: 'Connect a device',
  deviceLead: ['Enter the code that the app, or ', ', shows.'],
  code: 'Code',
  goOn: 'Continue',
  terminal: 'Connect a terminal',
  terminalTitle: 'Let this terminal sign in as you?',
  terminalCode: 'It shows this code:',
  terminalQuestion: 'Did you just start this yourself, on your own machine?',
  terminalWarning: ' If someone sent you this link or code, cancel: allowing it gives them your account.',
  terminalUntil: [
    'It will be able to do what you can do here, for 14 days or until you sign it out under ',
    '.',
  ],
  allow: 'Allow',
  cancel: 'Cancel',
  terminalDone: 'Terminal connected',
  terminalBack: 'You can close this page and go back to your terminal.',
  cancelled: 'Cancelled',
  nothingAllowed: 'Nothing was allowed.',
  deviceDone: 'Device connected',
  deviceBack: 'You can close this page and go back to your device.',
  deviceStop: ['You can stop this at any time in ', '.'],
  connectedApps: 'Connected apps',
  unknownCode: 'That code is unknown, used up or too old. Start again on your device for a new one.',
  tooManyCodes: 'Too many codes were tried. Try again in an hour.',

  notOffered: 'Not offered',
  notOfferedText: 'This page can only be opened or sent.',
  nothingDone: 'Nothing was done',
  fromElsewhere: (issuer: string) =>
    `This form was sent from another site, so nothing was done. Open ${issuer} and try again.`,
  notThisForm: 'What was sent is not this form.',
};
