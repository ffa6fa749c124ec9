// Words about apps, requests, devices and stops.

/** English. */
export const apps = {
  appsList: {
    summary: 'List the apps and tokens that can use your AI',
    all: 'also those that are revoked or expired',
    empty: 'No apps yet. Make a token: valetkey grant create --help',
  },
  appsShow: {
    summary: 'Show what one app may do and what is left of its limits',
    delegated: (name: string, id: string, isProven: boolean, spent: string) =>
      `${name} (${id}), ${isProven ? 'proved itself' : 'named by its parent'}, spent ${spent}`,
  },
  appsLimit: {
    summary: 'Set one limit of an app, such as 10/month, or take it away with none/month',
    unit: 'usd, requests or tokens (default: usd)',
    badUnit: (units: string) => `--unit must be one of ${units}`,
    badCount: (text: string, unit: string) => `<limit> ${text}: must be a whole number of ${unit}, or none`,
    noLimit: (unit: string, per: string) => `There is no limit of ${unit} per ${per} to take away`,
    doneBare: 'Changed. It has no limit of money now: it may spend all there is.',
  },
  appsResetLimit: {
    summary: 'Let what was spent of a limit so far count no more',
    provider: 'the limit of this provider',
    unit: 'the limit of usd, requests or tokens',
    per: 'the limit per month, week, day, minute or in total',
    done: 'Reset. What was spent so far stays on record.',
    whichLimit: (names: string) => `Say which limit with --provider, --unit and --per: ${names}`,
    noLimit: 'This app has no limit.',
    noSuchLimit: (names: string) => `This app has no such limit. It has: ${names}`,
  },
  appsPause: {
    summary: 'Stop an app for now',
    done: (id: string) => `Paused. Go on with: valetkey apps resume ${id}`,
  },
  appsResume: { summary: 'Let a paused app go on', done: 'Resumed.' },
  appsRevoke: {
    summary: 'Stop an app for ever, with everything it delegated',
    /** `below` counts the grants that went with it. */
    done: (below: number) =>
      below === 0
        ? 'Revoked. Nothing is forwarded for it any more.'
        : `Revoked, and ${below === 1 ? 'one grant' : `${below} grants`} below it. Nothing is forwarded for them any more.`,
  },
  requestsList: {
    summary: 'List what apps and agents ask for beyond what they have',
    empty: 'Nobody asks for more.',
  },
  requestsAllow: {
    summary: 'Allow a request for more, or less of it',
    limit: 'give this amount of what is asked',
    model: 'give this model of those asked for',
    alone: 'leave the grants above it as they are',
    severalProviders: 'It asks for several providers: decide on its page.',
    done: 'Allowed. It holds for its next call.',
  },
  requestsDeny: { summary: 'Deny a request for more', done: 'Denied. It goes on with what it has.' },
  devicesEnrol: {
    summary: 'Make this machine a device: grants can be pinned to it, and it can be reported lost',
    name: 'what you call it, such as laptop (required)',
    nameMissing: 'Say what you call this machine with --name',
    already: (server: string, name: string) => `This machine is enrolled at ${server} already, as ${name}.`,
    /** `name` as a shell takes it. */
    done: (file: string, name: string) =>
      `Its key is in ${file}. Pin a token to it: valetkey grant create --device ${name} ...`,
  },
  devicesList: {
    summary: 'List your devices, lost ones too',
    empty: 'No devices yet. Enrol this machine: valetkey devices enrol --name laptop',
    unknown: (name: string) => `There is no device ${name}. See: valetkey devices list`,
  },
  devicesLost: {
    summary: 'Report a device lost: nothing is forwarded for it any more, for ever',
    done: 'Nothing is forwarded for it any more. Tokens that are bound to no device still work: see valetkey apps list',
  },
  stop: {
    summary: 'Stop everything, an app or a provider key at once, until you resume it',
    all: 'everything that can use your AI',
    app: 'every grant of this app, and all that it delegated',
    key: 'everything that draws on this provider key',
    nameOne: 'name one of --all, --app <client> and --key <id>',
    done: (option: string) => `Stopped. Nothing is forwarded any more. Go on with: valetkey resume ${option}`,
  },
  resume: {
    summary: 'Let what was stopped go on; what was paused by itself stays paused',
    notStopped: 'That is not stopped.',
    /** `others` counts the wholes that are still stopped. */
    done: (others: number) => (others === 0 ? 'Resumed.' : `Resumed. Still stopped as a whole: ${others}.`),
  },
};
