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
    /** `rule` says in English what an amount is. */
    badAmount: (option: string, text: string, rule: string) => `${option} ${text}: ${rule}`,
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
    requests: (count: number) => `${count} requests`,
    tokens: (count: number) => `${count} tokens`,
    left: (left: string, amount: string, per: string) => `${left} of ${amount} ${per}`,
  },
  /** That calls from before `day` are gone. */
  callsRemoved: (before: string, entry: number) =>
    `Calls from before ${before} have left the journal, as its entry ${entry} says.`,
  reach: {
    /** `why` says what failed; a broker on this machine can be started. */
    here: (server: string, why: string | null) =>
      `Cannot reach ${server}${why === null ? '' : ` (${why})`}. Start it with: valetkey serve, or name another with --url.`,
    elsewhere: (server: string, why: string | null) =>
      `Cannot reach ${server}${why === null ? '' : ` (${why})`}. Check the address, or name another with --url.`,
    late: 'no answer in time',
    /** What keeps people from a server, by the code of the failed connection. */
    why: {
      ENOTFOUND: 'there is no such host name',
      EAI_AGAIN: 'its name cannot be looked up just now',
      CERT_HAS_EXPIRED: 'its certificate has expired',
      ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
      DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself; trust it with NODE_EXTRA_CA_CERTS',
      SELF_SIGNED_CERT_IN_CHAIN:
        'its certificate comes from an authority of its own; trust it with NODE_EXTRA_CA_CERTS',
      UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        'its certificate cannot be verified; trust its authority with NODE_EXTRA_CA_CERTS',
      ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak https there',
      ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak https there',
    },
    notLoggedIn: (server: string) =>
      `You are not logged in to ${server}. Run: valetkey login --url ${server}`,
    notValetkey: (server: string, status: number) =>
      `${server} answered ${status}, but not as a Valetkey server does. Check the address (--url).`,
    inRequest: (message: string, requestId: string) => `${message} (request ${requestId})`,
    sentElsewhere: (server: string, elsewhere: string) =>
      `${server} sends its visitors to ${elsewhere}. If you trust that, run: valetkey login ${elsewhere}`,
  },
  files: {
    cannotRead: (path: string, code: string) => `Cannot read ${path} (${code}).`,
    cannotReadLogins: (path: string, code = '') => `Cannot read ${path} (${code}). Make it readable for you.`,
    cannotReadDevices: (path: string) => `Cannot read ${path}. Make it readable for you.`,
    cannotReadToChange: (path: string, code: string) => `Cannot read ${path} (${code}). Nothing was changed.`,
    cannotWrite: (path: string, code: string, folder: string) =>
      `Cannot write ${path} (${code}). Make ${folder} writable for you.`,
    notUtf8: 'not UTF-8',
    damagedLogins: (path: string) => `${path} is damaged. Delete it and run: valetkey login`,
    damagedDevices: (path: string) => `${path} is damaged. Delete it and run: valetkey devices enrol`,
  },
  secret: {
    wanted: (what: string) => `${what} expected on standard input`,
    interrupted: 'Interrupted',
  },
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
    open: (uri: string, code: string) => `Open ${uri}\nand check that it shows the code ${code}`,
    declined: 'The login was declined in the browser.',
    nobodyAgreed: 'Nobody agreed in the browser in time. Run valetkey login again.',
    passwordEmpty: 'The password is empty. Give it on standard input.',
    refused: (server: string) => `${server} refused this e-mail address and password.`,
    tooOften: 'Too many attempts. Wait a minute, then try again.',
    needsSecondFactor: (server: string) =>
      `This account needs a second factor. Run: valetkey login --url ${server} (it uses the browser)`,
  },
};
