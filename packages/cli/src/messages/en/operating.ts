// Words of the commands about a login, the broker itself and its data folder.

/** English. */
export const operating = {
  dataDir: 'the data folder (default: VALETKEY_DATA_DIR, then ./data)',
  logout: {
    summary: 'End the login at a server',
    wasNot: (server: string) => `You were not logged in to ${server}.`,
    done: (server: string) => `Logged out of ${server}.`,
    onlyHere: (server: string) =>
      `Forgot the login to ${server}, but the server could not be told: end the session on its dashboard.`,
  },
  status: { summary: 'Show the server and who is logged in' },
  whoami: { summary: 'Show what the token in the environment may do, or else who is logged in' },
  doctor: {
    summary: 'Look for what keeps programs from using the broker, and say what to do',
    checks: {
      server: 'server',
      clock: 'clock',
      login: 'login',
      address: 'address',
      providerKeys: 'provider keys',
      environment: 'environment',
      tools: 'tools',
    },
    statuses: { ok: 'ok', warning: 'warning', problem: 'problem' },
    notRight: (wrong: number, all: number) => `Not right: ${wrong} of ${all}.`,
    answers: (server: string) => `${server} answers.`,
    unhealthy: (server: string, status: number) =>
      `${server} answered ${status} when asked for its health. Look into its log.`,
    clocksAgree: 'The clocks here and there agree.',
    clockBehind: (seconds: number) => `The clock here is ${seconds} s behind the server's. Set it.`,
    clockAhead: (seconds: number) => `The clock here is ${seconds} s ahead of the server's. Set it.`,
    you: (email: string) => `You are ${email}.`,
    knowsItself: (server: string) => `The server knows itself by ${server}.`,
    callsItself: (issuer: string, server: string) =>
      `The server calls itself ${issuer}: programs are sent there, not to ${server}.`,
    noProviderKeys: 'There are none, so only the sandbox answers. Add one with: valetkey keys add',
    noOwnKeys: 'No key of a provider is set here.',
    ownKeys: (names: string) =>
      `${names} may hold a key of a provider: programs started here use it past the broker. Unset it, or start them with: valetkey run`,
    setUp: (until: string) => `It is set up, until ${until}.`,
    grantEnded: (grant: string, status: string, tool: string) =>
      `Its grant ${grant} is ${status}. For a new one run: valetkey setup ${tool}`,
  },
  serve: { summary: 'Start the broker in this process', failed: 'The broker did not start.' },
  migrate: {
    summary: 'Move a data folder’s database to PostgreSQL, while no broker runs on it',
    to: 'postgres://... (default: VALETKEY_DATABASE_URL, which no other user can read)',
    toMissing: 'Name the database with --to postgres://... or VALETKEY_DATABASE_URL.',
    done: 'Both sides add up to the same. Start the broker with VALETKEY_DATABASE_URL and the same master key; do not start it on the data folder again.',
  },
  backup: {
    summary: 'Copy the database of a data folder into one new file, also while the broker runs',
    to: 'the file to write; it must not exist yet',
    done: (masterKey: string) =>
      `The master key (${masterKey}) is not in the backup, and nothing sealed opens without it. Keep a copy of it in another place: whoever has both has the provider keys.`,
  },
  restore: {
    summary: 'Make a new data folder of a backup, once its structure, chains and balances are checked',
    from: 'a file that valetkey backup wrote',
    dataDir: 'an empty folder, or a new one',
    nothing: (why: string) => `Nothing was restored. ${why}`,
    done: (folder: string) =>
      `Restored to ${folder}. Give it the master key of that time: as ${folder}/master.key or in VALETKEY_MASTER_KEY. Grants that were revoked after the backup are live again, and what was spent after it is not counted: see docs/operating/backup.md.`,
  },
  rotateMasterKey: {
    summary: 'Replace the master key in a data folder, also while the broker runs',
    inEnvironment:
      'The master key is set by VALETKEY_MASTER_KEY (or _FILE). Give the broker a new one there, and this one as VALETKEY_MASTER_KEY_OLD (or _OLD_FILE).',
    states: { done: 'done', running: 'running', at_next_start: 'at_next_start' },
    says: {
      done: 'Everything is sealed anew. The master key before opens nothing any more, except backups from before: keep it as long as you keep those.',
      running:
        'The broker is still at it; its log says how far. Run this again to wait on. The key before stays in master.key.old until then.',
      at_next_start:
        'No broker runs on this folder: the next start does it. The key before stays in master.key.old until then.',
    },
    backUp: 'Back the new master.key up, apart from the database.',
  },
  ledgerVerify: {
    summary: 'Check every balance and every entry in a data folder, offline',
    fault: (entry: number, problem: string) => `Journal entry ${entry} ${problem}.`,
    doesNotAddUp: (fault: string) => `The ledger does not add up. ${fault}`,
  },
  completion: {
    summary: 'Print what makes a shell complete commands: bash, zsh or fish',
    shells: (names: string) => `<shell> must be one of ${names}`,
  },
};
