// `valetkey setup`: puts the broker into a tool's own settings, so that the tool works without `valetkey run`. It MUST show what it writes and
// be told to before it does, MUST lose nothing, and can take everything back.

import { fail, formatAccess, type Result, succeed } from '@valetkey/core';
import { createApiClient } from '../api-client.ts';
import type { CreatedGrant, Provider, Revocation } from '../api-types.ts';
import { chooseProvider } from '../choose-provider.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { EXIT, type Failure, failWith, usageError } from '../failure.ts';
import { moment, words } from '../format.ts';
import { t } from '../messages/messages.ts';
import { ownCommand } from '../own-command.ts';
import { SDK_NAMES } from '../program-env.ts';
import { changedLines, type FileChange, planChanges } from '../setup/plan-changes.ts';
import { keepSetUp, ownFolder, readSetUps, type SetUp } from '../setup/set-ups.ts';
import { TOOLS, type Tool } from '../setup/tools.ts';
import { writeChanges } from '../setup/write-changes.ts';
import { readShortGrant, SHORT_GRANT_FLAGS, type ShortGrantOptions } from '../short-grant.ts';

/** What is set up, or taken back. */
export interface SetupOptions {
  readonly name: string;
  readonly tool: Tool;
  readonly grant: ShortGrantOptions;
  readonly undo: boolean;
  readonly agreed: boolean;
}

const DEFAULTS = { limit: ['5/day'], expires: '30d' };

/** `valetkey setup` */
export const setup = defineCommand({
  name: 'setup',
  summary: t.setup.summary,
  args: ['tool'],
  choices: [...TOOLS.keys()],
  flags: {
    ...SERVER_FLAGS,
    ...SHORT_GRANT_FLAGS,
    limit: { ...SHORT_GRANT_FLAGS.limit, help: t.setup.limit },
    expires: { ...SHORT_GRANT_FLAGS.expires, help: t.setup.expires },
    yes: { type: 'boolean', help: t.setup.yes },
    undo: { type: 'boolean', help: t.setup.undo },
  },
  examples: [
    'valetkey setup claude',
    'valetkey setup codex --model gpt-5-codex --limit 20/week --yes',
    'valetkey setup claude --undo',
  ],
  read({ undo = false, yes = false, ...flags }, [name], nowMs): Result<SetupOptions, string> {
    const tool = TOOLS.get(name!);
    if (!tool) return fail(t.setup.toolOneOf([...TOOLS.keys()].join(', ')));
    const grant = readShortGrant({ ...DEFAULTS, ...flags }, nowMs);
    return grant.ok ? succeed({ name: name!, tool, grant: grant.value, undo, agreed: yes }) : grant;
  },
  run: (options, context) => (options.undo ? undoSetup(options, context) : runSetup(options, context)),
});

async function runSetup(options: SetupOptions, context: Context): Promise<Result<void, Failure>> {
  const { name, tool, grant } = options;
  const { world, server, terminal } = context;
  const read = readSetUps(world.env);
  if (!read.ok) return read;
  const provider = await chooseProvider(grant.provider, tool.dialect, context);
  if (!provider.ok) return provider;
  const old = read.value[name] ?? null;
  const plan = (token: string) =>
    planChanges(old?.files ?? [], tool.files(accessOf(options, provider.value, token, context)));
  const shown = plan('…');
  if (!shown.ok) return shown;
  const asked = await agree(shown.value, options, context);
  if (!asked.ok) return asked;
  const made = await makeGrant(options, provider.value, context);
  if (!made.ok) return made;
  const { id, token, expires_at } = made.value;
  const changes = plan(token);
  // What was shown is what may be replaced, not what has come since.
  const agreed = changes.ok
    ? changes.value.map((change, at) => ({ ...change, before: shown.value[at]?.before ?? null }))
    : [];
  const done = changes.ok ? carryOut(name, { server, grantId: id }, agreed, world.env) : changes;
  if (!done.ok) {
    await endGrant({ server, grantId: id }, context);
    return done;
  }
  if (old) await endGrant(old, context);
  const files = done.value;
  terminal.say(t.setup.done(tool.title, id, moment(expires_at).text));
  terminal.say(t.setup.takeBack(name));
  const { keys, rivals } = SDK_NAMES[provider.value.dialect];
  const set = [...keys, ...rivals].filter((variable) => world.env[variable]);
  if (set.length > 0) terminal.say(t.setup.alsoSet(set.join(', ')));
  terminal.result({ tool: name, grant_id: id, expires_at, files }, [
    ['Tool', words(name)],
    ['Grant', words(id)],
    ...files.map((path) => ['File', words(path)] as const),
  ]);
  return succeed(undefined);
}

async function undoSetup(options: SetupOptions, context: Context): Promise<Result<void, Failure>> {
  const { name, tool } = options;
  const { world, terminal } = context;
  const read = readSetUps(world.env);
  if (!read.ok) return read;
  const old = read.value[name];
  if (!old) return failWith(t.setup.notSetUp(tool.title));
  const changes = planChanges(old.files, []);
  if (!changes.ok) return changes;
  const asked = await agree(changes.value, options, context);
  if (!asked.ok) return asked;
  const done = carryOut(name, null, changes.value, world.env);
  if (!done.ok) return done;
  await endGrant(old, context);
  terminal.say(t.setup.undone(tool.title));
  terminal.result({ tool: name, undone: true, files: done.value }, [
    ['Tool', words(name)],
    ...done.value.map((path) => ['File', words(path)] as const),
  ]);
  return succeed(undefined);
}

const accessOf = (
  { name, grant }: SetupOptions,
  { base_url: baseUrl, dialect }: Provider,
  token: string,
  { world: { env } }: Context,
) => {
  const [only, ...more] = grant.access.models ?? [];
  const model = only && more.length === 0 && !only.includes('*') ? only : null;
  const helper = [...ownCommand(env), 'token', 'print', '--for', name];
  return { baseUrl, dialect, model, helper, token, folder: ownFolder(env), env };
};

/** Shows what will change, and asks; without a terminal only `--yes` is an answer. */
async function agree(
  changes: readonly FileChange[],
  { agreed }: SetupOptions,
  { terminal, world }: Context,
): Promise<Result<void, Failure>> {
  for (const change of changes) {
    const lines = changedLines(change);
    if (lines.length > 0) terminal.say([change.path, ...lines].join('\n'));
  }
  if (agreed) return succeed(undefined);
  if (!terminal.canPrompt) return usageError(t.setup.needsYes);
  const answer = await world.stdin.readLine(t.setup.ask);
  if (answer === null) return failWith(t.secret.interrupted, EXIT.interrupted);
  const isAgreed = t.setup.agreed.split(' ').includes(answer.trim().toLowerCase());
  return isAgreed ? succeed(undefined) : failWith(t.setup.refused);
}

/** The grant of a tool that asks for tokens is the parent of them all, so that it bounds what they spend together. */
function makeGrant({ name, tool, grant }: SetupOptions, provider: Provider, { api }: Context) {
  const access = {
    ...grant.access,
    provider: provider.name,
    delegationMaxDepth: tool.asksCommand ? 1 : grant.access.delegationMaxDepth,
  };
  const body = { name: grant.name ?? name, authorization_details: [formatAccess(access)] };
  return api.call<CreatedGrant>('POST', '/grants', body);
}

/** Remembers first and writes then: what is interrupted in between can be taken back. */
function carryOut(
  name: string,
  grant: Pick<SetUp, 'server' | 'grantId'> | null,
  changes: readonly FileChange[],
  env: Context['world']['env'],
): Result<readonly string[], Failure> {
  const files = changes.flatMap(({ kept }) => (kept ? [kept] : []));
  const before = readSetUps(env);
  if (!before.ok) return before;
  if (grant) {
    const kept = keepSetUp(env, name, { ...grant, files });
    if (!kept.ok) return kept;
  }
  const done = writeChanges(changes);
  if (!done.ok) keepSetUp(env, name, before.value[name] ?? null);
  if (!done.ok || grant) return done;
  const forgotten = keepSetUp(env, name, null);
  return forgotten.ok ? done : forgotten;
}

async function endGrant(
  { server, grantId }: Pick<SetUp, 'server' | 'grantId'>,
  { config, world, terminal }: Context,
): Promise<void> {
  const api = createApiClient(world.fetch, server, config.logins[server]?.token ?? null);
  const ended = await api.call<Revocation>('POST', `/grants/${encodeURIComponent(grantId)}/revoke`);
  if (!ended.ok) terminal.say(t.setup.grantLeft(grantId, server));
}
