// `valetkey doctor`: looks at everything that has to be right before a program can use the broker, and says what to do about what is not. It
// MUST NOT show the value of any variable: it may be a key.

import { succeed } from '@valetkey/core';
import type { Grant, Me, Page, Provider } from '../api-types.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { type Failure, failWith } from '../failure.ts';
import { moment, said, wordFor, words } from '../format.ts';
import { type Messages, t } from '../messages/messages.ts';
import { SDK_NAMES } from '../program-env.ts';
import { readSetUps } from '../setup/set-ups.ts';
import type { Cell, Column } from '../terminal.ts';

/** One thing that was looked at. */
interface Finding {
  readonly check: Cell;
  readonly status: keyof typeof TONES;
  /** What was found, and what to do about it. */
  readonly message: Cell;
}

const TONES = { ok: 'good', warning: 'warning', problem: 'bad' } as const;

const COLUMNS: readonly Column<Finding>[] = [
  { title: 'CHECK', cell: ({ check }) => check },
  {
    title: 'STATUS',
    cell: ({ status }) => ({ text: t.doctor.statuses[status], plain: status, tone: TONES[status] }),
  },
  { title: 'FOUND', cell: ({ message }) => message },
];

/** `valetkey doctor` */
export const doctor = defineCommand({
  name: 'doctor',
  summary: t.doctor.summary,
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
    const value = findings.map(({ check, status, message }) => ({
      check: plainOf(check),
      status,
      message: plainOf(message),
    }));
    context.terminal.list(findings, COLUMNS, '', value);
    const problems = findings.filter(({ status }) => status === 'problem').length;
    return problems === 0 ? succeed(undefined) : failWith(t.doctor.notRight(problems, findings.length));
  },
});

type Check = keyof Messages['doctor']['checks'];
type Say = (words: Messages) => string;

const finding = (check: Check | Cell, status: Finding['status'], message: Say | Cell): Finding => ({
  check: typeof check === 'string' ? said(({ doctor }) => doctor.checks[check]) : check,
  status,
  message: typeof message === 'function' ? said(message) : message,
});
const ok = (check: Check | Cell, message: Say | Cell) => finding(check, 'ok', message);
const warning = (check: Check, message: Say) => finding(check, 'warning', message);
const problem = (check: Check | Cell, message: Say | Cell) => finding(check, 'problem', message);
const failed = (check: Check | Cell, { message, plain = message }: Failure) =>
  problem(check, { text: message, plain });

const plainOf = ({ text, plain = text }: Cell): string => plain;

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
    return [problem('server', ({ reach }) => reach.here(server, null))];
  }
  const apartMs = Date.parse(answer.headers.get('date') ?? '') - world.now();
  const seconds = Math.round(Math.abs(apartMs) / 1000);
  return [
    answer.status === 200
      ? ok('server', ({ doctor }) => doctor.answers(server))
      : problem('server', ({ doctor }) => doctor.unhealthy(server, answer.status)),
    Math.abs(apartMs) <= MOST_APART_MS
      ? ok('clock', ({ doctor }) => doctor.clocksAgree)
      : warning('clock', ({ doctor }) =>
          apartMs > 0 ? doctor.clockBehind(seconds) : doctor.clockAhead(seconds),
        ),
  ];
}

async function lookAtLogin({ api, server }: Context): Promise<Finding[]> {
  const me = await api.call<Me>('GET', '/me');
  if (!me.ok) return [failed('login', me.error)];
  const { owner, issuer } = me.value;
  const login = ok('login', ({ doctor }) => doctor.you(owner.email));
  const listed = await api.call<Page<Provider>>('GET', '/providers');
  if (!listed.ok) return [login, failed('providerKeys', listed.error)];
  const names = listed.value.data.filter(({ has_key, simulated }) => has_key && !simulated);
  const keys = names.map(({ name }) => name).join(', ');
  return [
    login,
    issuer === server
      ? ok('address', ({ doctor }) => doctor.knowsItself(server))
      : warning('address', ({ doctor }) => doctor.callsItself(issuer, server)),
    keys === ''
      ? warning('providerKeys', ({ doctor }) => doctor.noProviderKeys)
      : ok('providerKeys', words(keys)),
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
    ? ok('environment', ({ doctor }) => doctor.noOwnKeys)
    : warning('environment', ({ doctor }) => doctor.ownKeys(own.join(', ')));
}

/** Tools that are set up with this server, and whether their grants still live. */
async function lookAtSetUps({ api, server, world }: Context): Promise<Finding[]> {
  const read = readSetUps(world.env);
  if (!read.ok) return [failed('tools', read.error)];
  const here = Object.entries(read.value).filter(([, setUp]) => setUp.server === server);
  return Promise.all(
    here.map(async ([tool, { grantId }]) => {
      const grant = await api.call<Grant>('GET', `/grants/${encodeURIComponent(grantId)}`);
      if (!grant.ok) return failed(words(tool), grant.error);
      const { status, expires_at } = grant.value;
      return status === 'active'
        ? ok(words(tool), ({ doctor }) => doctor.setUp(moment(expires_at).text))
        : problem(words(tool), ({ doctor, statuses }) =>
            doctor.grantEnded(grantId, wordFor(statuses, status), tool),
          );
    }),
  );
}
