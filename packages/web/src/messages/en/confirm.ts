// The words of "confirm that it is you", in English.

/** Before what matters most. */
export const confirm = {
  title: 'Confirm that it is you',
  lead: 'What you are about to do matters more than most. This counts for a few minutes, in this browser.',
  password: 'Your password',
  confirm: 'Confirm',
  passkey: 'Confirm with a passkey',
  wrong: 'The password is wrong.',
  tooMany: 'Too many attempts. Try again in a few minutes.',
  noPasskey: 'That did not work. Try again, with a passkey of yours.',
  broken: 'Signing in does not work right now. Try again in a moment.',
} as const;
