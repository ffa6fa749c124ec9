// Words about programs that are run or set up with a token.

/** English. */
export const programs = {
  run: {
    summary: 'Run a program with a small, short token made for this run alone',
    missing: 'the program to run is missing: it comes after --',
    started: (name: string, grant: string, provider: string, end: string) =>
      `${name} has the grant ${grant} for ${provider}; it ends with it, by ${end}.`,
  },
  runProgram: {
    cannotRun: (command: string, code = '') => `Cannot run '${command}' (${code}).`,
    ending: (grant: string) => `The grant ${grant} is being ended. Ctrl-C again does not wait for it.`,
    unwaited: (grant: string, end: string) =>
      `Interrupted. Whether the grant ${grant} has ended is not known; it ends ${end} at the latest.`,
    notEnded: (grant: string, end: string) => `The grant ${grant} could not be ended; it ends ${end}.`,
  },
  chooseProvider: {
    unknown: (name: string) => `There is no provider ${name} here.`,
    otherDialect: (dialect: string, name: string) =>
      `This program speaks the API of ${dialect}, and ${name} does not: choose another --provider`,
    choose: (names: string) => `Say whose models it may use with --provider: one of ${names}`,
    noKey: (names: string) => `There is no provider key for it (${names}). Add one with: valetkey keys add`,
  },
  env: {
    summary: 'Print lines for eval "$(...)" that point SDKs at the broker, with a small, short token',
  },
  tokenPrint: {
    summary: 'Print a small, short token and nothing else',
    for: 'for a tool that is set up: an hour of its grant, no new one',
    forAlone: '--for goes with no other option: the tool’s setup says all',
    forOneOf: (names: string) => `--for must be one of ${names}`,
    done: (grant: string, end: string) =>
      `The grant ${grant} ends ${end}; before that with: valetkey apps revoke ${grant}`,
    notSetUp: (tool: string) => `${tool} is not set up here. Run: valetkey setup ${tool}`,
    grantOver: (message: string, tool: string) => `${message} For a new grant run: valetkey setup ${tool}`,
  },
  mcp: {
    summary: 'Serve whoami, budget, delegate, request_more and revoke to an agent host (MCP)',
    tokenFiles: 'write tokens of children to files there, which only you can read, and do not answer them',
    serving: (server: string) => `valetkey: serving the grant of this token at ${server} to the agent host.`,
  },
  parentGrant: {
    noToken:
      'There is no token to delegate: set VALETKEY_TOKEN and VALETKEY_URL, or name one of your grants with --from',
    noAddress: (variable: string) => `${variable} is set, but not where it is valid: set VALETKEY_URL`,
    noAnswer: (message: string) => `${message} Check VALETKEY_URL.`,
    ended: 'The token is unknown or has ended. Ask for a new one where it came from.',
  },
  setup: {
    summary: 'Put the broker into the settings of claude, codex, gemini, opencode or aider',
    limit: 'the most it may spend; may be repeated (default: 5/day)',
    expires: 'when it ends, such as 12h or 8w (default: 30d)',
    yes: 'write without asking',
    undo: 'take everything back, and end the grant',
    toolOneOf: (names: string) => `<tool> must be one of ${names}`,
    ask: 'Write this? [y/N] ',
    /** What means yes, in lower case. */
    agreed: 'y yes',
    needsYes: 'Nothing was changed. To agree without being asked, add --yes',
    refused: 'Nothing was changed.',
    done: (tool: string, grant: string, end: string) => `${tool} uses the grant ${grant} now, until ${end}.`,
    takeBack: (tool: string) => `Take it back with: valetkey setup ${tool} --undo`,
    alsoSet: (variables: string) => `Set in this shell, and may win over it: ${variables}. Unset that.`,
    notSetUp: (tool: string) => `${tool} is not set up here.`,
    undone: (tool: string) => `${tool} is as it was before.`,
    grantLeft: (grant: string, server: string) =>
      `The grant ${grant} could not be ended. End it with: valetkey apps revoke ${grant} --url ${server}`,
  },
  toolFiles: {
    /** `problem` is one of those below. */
    leftAlone: (path: string, problem: string) => `${path} was left alone: ${problem}.`,
    rivals: (names: readonly string[]) =>
      `its ${names.join(' and ')} would win over what has to be written; take that out first`,
    holdsAlready: 'it holds already what has to be written',
    notJson: (line: string | null) => `it is not JSON (${line === null ? 'too deep' : `line ${line}`})`,
    notObject: (key = 'it') => `${key} is not an object`,
    keyTwice: (key: string) => `${key} is there twice`,
    notToml: (line: number) => `it is not TOML (line ${line})`,
    has: (name: string) => `it has ${name} already; take that out first`,
    notEnv: (line: number) => `it is not a file of NAME=value lines (line ${line})`,
    notYaml: (line: number) => `it is not YAML with plain keys at its top level (line ${line})`,
    setsTwice: (key: string) => `it sets ${key} twice`,
    tooLong: (key: string) => `its ${key} is longer than a line`,
    notOurs: 'it is not ours',
    changed: (path: string, lines: string) =>
      `${path} was left alone: somebody has changed what was written there. Take that out by hand, then try again: ${lines}`,
    changedMeanwhile: (path: string) =>
      `${path} has changed in the meantime. Nothing was changed; try again.`,
    cannotRemove: (path: string, code = '') => `Cannot remove ${path} (${code}).`,
    damaged: (path: string) => `${path} is damaged. Take out of your tools what it names, then delete it.`,
  },
};
