// Words about signing in, help, and what is wrong with a command line, in German.

import type { Translated } from '@valetkey/core';
import type { basics as english } from '../en/basics.ts';

/** German. */
export const basics: Translated<typeof english> = {
  resultNotWritten: (code = '') => `Das Ergebnis lässt sich nicht schreiben (${code}).`,
  login: {
    summary: 'Bei einem Server anmelden, mit dem Browser oder mit E-Mail und Passwort',
    email: 'mit dieser E-Mail-Adresse und ihrem Passwort anmelden',
    passwordStdin: 'das Passwort von der Standardeingabe lesen',
    needsEmail: '--password-stdin braucht --email',
    passwordWanted: 'Geben Sie das Passwort mit --password-stdin über die Standardeingabe an',
    password: 'Passwort',
    done: (server, email) => `Bei ${server} als ${email} angemeldet.`,
    otherIssuer: (issuer, server) =>
      `Er nennt sich ${issuer}: Programme werden dorthin geschickt, nicht zu ${server}.`,
  },
};
