// Words about signing in, help, and what is wrong with a command line.

/** English. */
export const basics = {
  resultNotWritten: (code = '') => `Cannot write the result (${code}).`,
  login: {
    summary: 'Log in to a server, with the browser or with e-mail and password',
    email: 'sign in with this e-mail address and its password',
    passwordStdin: 'read the password from standard input',
    needsEmail: '--password-stdin needs --email',
    passwordWanted: 'Give the password on standard input with --password-stdin',
    password: 'Password',
    done: (server: string, email: string) => `Logged in to ${server} as ${email}.`,
    otherIssuer: (issuer: string, server: string) =>
      `It calls itself ${issuer}: programs are sent there, not to ${server}.`,
  },
};
