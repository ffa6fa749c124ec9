// Words about signing in, help, what is wrong with a command line, and what several commands say.

/** English. */
export const basics = {
  resultNotWritten: (code = '') => `Cannot write the result (${code}).`,
  flags: {
    url: 'the server (default: VALETKEY_URL, then the last login)',
    json: 'print the result as JSON',
    help: 'show this page',
  },
  help: {
    /** What a command does, as a sentence. */
    about: (summary: string) => `${summary}.`,
    usage: 'Usage:',
    options: 'Options:',
    examples: 'Examples:',
    commands: 'Commands:',
    product: 'Valetkey keeps your AI provider keys and hands out scoped, budgeted tokens instead.',
    starts: '(starts the broker, as valetkey serve does)',
    exitCodes:
      'Exit codes: 0 ok, 1 error, 2 usage, 4 login needed, 5 budget refused, 6 not granted, 130 interrupted.',
    environment:
      'Environment: VALETKEY_URL chooses the server, XDG_CONFIG_HOME where logins are kept, LANG the language, NO_COLOR turns colour off.',
    more: 'More about one command: valetkey <command> --help',
  },
  misuse: {
    /** `problem` has no full stop. */
    wrong: (problem: string, command: string) => `${problem}. See: valetkey ${command} --help`,
    noCommand: (word: string) => `There is no command '${word}'. See: valetkey --help`,
    comesNext: (word: string, names: string) => `After ${word} comes one of: ${names}. See: valetkey --help`,
    missing: (arg: string) => `<${arg}> is missing`,
    empty: (arg: string) => `<${arg}> is empty`,
    tooMany: (word: string) => `'${word}' is one argument too many`,
    lastTooMany: 'The last word is one argument too many',
    unknownOption: (option: string) => `Unknown option '${option}'`,
    takesNoValue: (option: string) => `Option '${option}' does not take an argument`,
    valueMissing: (option: string) => `Option '${option} <value>' argument missing`,
    valueIsOption: (option: string) => `Option '${option}' argument is ambiguous`,
    optionMissing: (option: string) => `${option} is missing`,
  },
  serverUrl: {
    notOne: (source: string) =>
      `${source} must be the address of a Valetkey server, such as https://keys.example.com`,
    notAlone: (source: string, origin: string) =>
      `${source} must be a server's address alone, such as ${origin}`,
    notHttps: (source: string) =>
      `${source} must begin with https:// unless it is this machine: your login is sent there`,
  },
  /** In English the words of the API. Another word than these is shown as it is. */
  statuses: {
    active: 'active',
    suspended: 'suspended',
    stopped: 'stopped',
    revoked: 'revoked',
    expired: 'expired',
    admitted: 'admitted',
    settled: 'settled',
    ceiling: 'ceiling',
    released: 'released',
    refused: 'refused',
    lost: 'lost',
    pending: 'pending',
    allowed: 'allowed',
    denied: 'denied',
    withdrawn: 'withdrawn',
  },
  limits: {
    /** A period behind an amount. */
    per: { total: 'in total', month: 'a month', week: 'a week', day: 'a day', minute: 'a minute' },
    requests: (amount: string | number) => `${amount} requests`,
    tokens: (amount: string | number) => `${amount} tokens`,
    left: (left: string, amount: string, per: string) => `${left} of ${amount} ${per}`,
  },
  /** That calls from before `day` are gone. */
  callsRemoved: (before: string, entry: number) =>
    `Calls from before ${before} have left the journal, as its entry ${entry} says.`,
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
