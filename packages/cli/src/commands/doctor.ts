// `valetkey doctor`: looks at everything that has to be right before a program can use the broker, and says what to do about what is not. It
// MUST NOT show the value of any variable: it may be a key.

import { succeed } from '@valetkey/core';
import type { Grant, Me, Page, Provider } from '../api-types.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith } from '../failure.ts';
import { moment, words } from '../format.ts';
import { SDK_NAMES } from '../program-env.ts';
import { readSetUps } from '../setup/set-ups.ts';
import type { Column } from '../terminal.ts';

/** One thing that was looked at. */
interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'problem';
  /** What was found, and what to do about it. */
  readonly message: string;
}

const TONES = { ok: 'good', warning: 'warning', problem: 'bad' } as const;

const COLUMNS: readonly Column<Finding>[] = [
  { title: 'CHECK', cell: ({ check }) => words(check) },
  { title: 'STATUS', cell: ({ status }) => ({ text: status, tone: TONES[status] }) },
  { title: 'FOUND', cell: ({ message }) => words(message) },
];

/** `valetkey doctor` */
export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Look for what keeps programs from using the broker, and say what to do',
  flags: SERVER_FLAGS,
  examples: ['valetkey doctor', 'valetkey doctor --url https://keys.example.com --json'],
  read: () => succeed(null),
  async run(_options, context) {
    const findings = [
      ...(await lookAtServer(context)),
      ...(await lookAtLogin(context)),
      lookAtEnvironment(context),
      ...(await lookAtSetUps(context)),
    ];
    context.terminal.list(findings, COLUMNS, '');
    const problems = findings.filter(({ status }) => status === 'problem').length;
    return problems === 0 ? succeed(undefined) : failWith(`Not right: ${problems} of ${findings.length}.`);
  },
});

const ok = (check: string, message: string): Finding => ({ check, status: 'ok', message });
const warning = (check: string, message: string): Finding => ({ check, status: 'warning', message });
const problem = (check: string, message: string): Finding => ({ check, status: 'problem', message });

/** Proofs of keys and tokens are refused where clocks are further apart than a few seconds; the `Date` header counts whole ones. */
const MOST_APART_MS = 5000;

async function lookAtServer({ world, server }: Context): Promise<Finding[]> {
  let answer: Response;
  try {
    answer = await world.fetch(`${server}/healthz`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    return [
      problem('server', `Cannot reach ${server}. Start it with: valetkey serve, or name another with --url.`),
    ];
  }
  const apartMs = Date.parse(answer.headers.get('date') ?? '') - world.now();
  const seconds = Math.round(Math.abs(apartMs) / 1000);
  return [
    answer.status === 200
      ? ok('server', `${server} answers.`)
      : problem(
          'server',
          `${server} answered ${answer.status} when asked for its health. Look into its log.`,
        ),
    Math.abs(apartMs) <= MOST_APART_MS
      ? ok('clock', 'The clocks here and there agree.')
      : warning(
          'clock',
          `The clock here is ${seconds} s ${apartMs > 0 ? 'behind' : 'ahead of'} the server's. Set it.`,
        ),
  ];
}

async function lookAtLogin({ api, server }: Context): Promise<Finding[]> {
  const me = await api.call<Me>('GET', '/me');
  if (!me.ok) return [problem('login', me.error.message)];
  const login = ok('login', `You are ${me.value.owner.email}.`);
  const listed = await api.call<Page<Provider>>('GET', '/providers');
  if (!listed.ok) return [login, problem('provider keys', listed.error.message)];
  const names = listed.value.data.filter(({ has_key, simulated }) => has_key && !simulated);
  const keys = names.map(({ name }) => name).join(', ');
  return [
    login,
    me.value.issuer === server
      ? ok('address', `The server knows itself by ${server}.`)
      : warning(
          'address',
          `The server calls itself ${me.value.issuer}: programs are sent there, not to ${server}.`,
        ),
    keys === ''
      ? warning(
          'provider keys',
          'There are none, so only the sandbox answers. Add one with: valetkey keys add',
        )
      : ok('provider keys', keys),
  ];
}

/** A provider's own key in the environment takes every program that is started here past the broker. */
function lookAtEnvironment({ world }: Context): Finding {
  const names = Object.values(SDK_NAMES).flatMap(({ keys, rivals }) => [
    ...keys,
    ...rivals.filter((name) => name.endsWith('_KEY')),
  ]);
  const own = names.filter((name) => world.env[name] && !world.env[name]?.startsWith('vk_'));
  return own.length === 0
    ? ok('environment', 'No key of a provider is set here.')
    : warning(
        'environment',
        `${own.join(', ')} may hold a key of a provider: programs started here use it past the broker. Unset it, or start them with: valetkey run`,
      );
}

/** Tools that are set up with this server, and whether their grants still live. */
async function lookAtSetUps({ api, server, world }: Context): Promise<Finding[]> {
  const read = readSetUps(world.env);
  if (!read.ok) return [problem('tools', read.error.message)];
  const here = Object.entries(read.value).filter(([, setUp]) => setUp.server === server);
  return Promise.all(
    here.map(async ([tool, { grantId }]) => {
      const grant = await api.call<Grant>('GET', `/grants/${encodeURIComponent(grantId)}`);
      if (!grant.ok) return problem(tool, grant.error.message);
      const { status, expires_at } = grant.value;
      return status === 'active'
        ? ok(tool, `It is set up, until ${moment(expires_at).text}.`)
        : problem(tool, `Its grant ${grantId} is ${status}. For a new one run: valetkey setup ${tool}`);
    }),
  );
}
