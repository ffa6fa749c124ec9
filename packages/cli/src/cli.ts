// The table of commands and the way from a command line to an exit code. Nothing here touches the outside but through the world it is given.

import { type Result, succeed } from '@valetkey/core';
import { createApiClient } from './api-client.ts';
import type { Command, Context } from './command.ts';
import { appsLimit } from './commands/apps-limit.ts';
import { appsList } from './commands/apps-list.ts';
import { appsPause, appsResume } from './commands/apps-pause.ts';
import { appsResetLimit } from './commands/apps-reset-limit.ts';
import { appsRevoke } from './commands/apps-revoke.ts';
import { appsShow } from './commands/apps-show.ts';
import { auditErase } from './commands/audit-erase.ts';
import { auditExport } from './commands/audit-export.ts';
import { auditGraph } from './commands/audit-graph.ts';
import { auditReceipts } from './commands/audit-receipts.ts';
import { auditVerify } from './commands/audit-verify.ts';
import { backup } from './commands/backup.ts';
import { callsCorrect } from './commands/calls-correct.ts';
import { completionOf } from './commands/completion.ts';
import { delegate } from './commands/delegate.ts';
import { devicesEnrol } from './commands/devices-enrol.ts';
import { devicesList } from './commands/devices-list.ts';
import { devicesLost } from './commands/devices-lost.ts';
import { doctor } from './commands/doctor.ts';
import { env } from './commands/env.ts';
import { grantCreate } from './commands/grant-create.ts';
import { grantEdit } from './commands/grant-edit.ts';
import { keysAdd } from './commands/keys-add.ts';
import { keysList } from './commands/keys-list.ts';
import { keysRm } from './commands/keys-rm.ts';
import { keysRotate } from './commands/keys-rotate.ts';
import { keysTest } from './commands/keys-test.ts';
import { ledgerCompare } from './commands/ledger-compare.ts';
import { ledgerVerify } from './commands/ledger-verify.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { logs } from './commands/logs.ts';
import { mcp } from './commands/mcp.ts';
import { migrate } from './commands/migrate.ts';
import { pricesCheck } from './commands/prices-check.ts';
import { pricesShow } from './commands/prices-show.ts';
import { requestsAllow, requestsDeny } from './commands/requests-decide.ts';
import { requestsList } from './commands/requests-list.ts';
import { restore } from './commands/restore.ts';
import { rotateMasterKey } from './commands/rotate-master-key.ts';
import { run } from './commands/run.ts';
import { serve } from './commands/serve.ts';
import { setup } from './commands/setup.ts';
import { status } from './commands/status.ts';
import { resume, stop } from './commands/stop.ts';
import { tokenPrint } from './commands/token-print.ts';
import { usage } from './commands/usage.ts';
import { usageImport } from './commands/usage-import.ts';
import { whoami } from './commands/whoami.ts';
import { type Config, configPath, NO_LOGINS, readConfig, writeConfig } from './config.ts';
import { deviceKeysPath } from './device-keys.ts';
import { EXIT, type Failure, usageError } from './failure.ts';
import { commandHelp, groupHelp, overview } from './help.ts';
import { language, t } from './messages/messages.ts';
import { DEFAULT_SERVER, parseServerUrl } from './server-url.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import { VERSION } from './version.ts';
import type { World } from './world.ts';

/** Every command, in the order of the help page. */
export const COMMANDS: readonly Command[] = [
  serve,
  migrate,
  login,
  logout,
  status,
  whoami,
  doctor,
  keysAdd,
  keysList,
  keysTest,
  keysRotate,
  keysRm,
  run,
  setup,
  env,
  tokenPrint,
  grantCreate,
  grantEdit,
  delegate,
  mcp,
  appsList,
  appsShow,
  appsLimit,
  appsResetLimit,
  appsPause,
  appsResume,
  appsRevoke,
  requestsList,
  requestsAllow,
  requestsDeny,
  devicesEnrol,
  devicesList,
  devicesLost,
  stop,
  resume,
  usageImport,
  usage,
  logs,
  callsCorrect,
  pricesCheck,
  pricesShow,
  auditExport,
  auditVerify,
  auditReceipts,
  auditGraph,
  auditErase,
  ledgerVerify,
  backup,
  restore,
  rotateMasterKey,
  ledgerCompare,
  completionOf(() => COMMANDS),
];

/** Runs one command line (the words after `valetkey`); what went wrong is said on stderr in one line. */
export async function runCli(words: readonly string[], world: World): Promise<number> {
  const outcome = await dispatch(words, world);
  if (outcome.ok) return EXIT.ok;
  const { message } = outcome.error;
  if (message !== '') createTerminal(world, false).say(`valetkey: ${message}`);
  return outcome.error.exitCode;
}

async function dispatch(given: readonly string[], world: World): Promise<Result<void, Failure>> {
  // `npx valetkey` starts it.
  const words = given.length === 0 ? [serve.name] : given;
  if (words[0] === 'help' && words.length > 1) return dispatch([...words.slice(1), '--help'], world);
  const asks = (...names: string[]) => names.includes(words[0] ?? '');
  const plain = createTerminal(world, false);
  if (asks('--help', '-h', 'help')) return succeed(plain.print(overview(COMMANDS)));
  if (asks('--version')) return succeed(plain.print(VERSION));

  const command = findCommand(words);
  const group = groupOf(words);
  if (command === undefined && group.length > 0 && asksForHelp(words.slice(1)))
    return succeed(plain.print(groupHelp(group)));
  if (command === undefined) return unknownCommand(words, group);
  const rest = words.slice(command.name.split(' ').length);
  if (asksForHelp(rest)) return succeed(plain.print(commandHelp(command)));
  const invocation = command.parse(rest, world.now());
  if (!invocation.ok) return invocation;
  const { json, url, run } = invocation.value;
  const terminal = createTerminal(world, json);
  // A command without a server MUST NOT fail over a login file that it does not need.
  const context = 'url' in command.flags ? openContext(url, world, terminal) : localContext(world, terminal);
  return context.ok ? run(context.value) : context;
}

const findCommand = (words: readonly string[]): Command | undefined =>
  COMMANDS.find(({ name }) => name.split(' ').every((part, index) => words[index] === part));

/** The commands of two words that begin with the first of these. */
const groupOf = ([first]: readonly string[]): readonly Command[] =>
  COMMANDS.filter(({ name }) => name.startsWith(`${first} `));

/** What follows `--` is another program's. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end < 0 ? undefined : end).some((word) => word === '--help' || word === '-h');
}

function unknownCommand([first]: readonly string[], group: readonly Command[]) {
  const names = group.map(({ name }) => name).join(', ');
  if (names !== '') return usageError(t.misuse.comesNext(first!, names));
  return usageError(t.misuse.noCommand(first!));
}

/** The server that is meant (`--url`, then `VALETKEY_URL`, then the last login) and the login there, if any. */
function openContext(url: string | undefined, world: World, terminal: Terminal): Result<Context, Failure> {
  const path = configPath(world.env);
  const config = readConfig(path);
  if (!config.ok) return config;
  const named = url ?? (world.env.VALETKEY_URL || undefined);
  const server = parseServerUrl(
    named ?? config.value.current ?? DEFAULT_SERVER,
    url === undefined ? 'VALETKEY_URL' : '--url',
  );
  if (!server.ok) return usageError(server.error);
  return succeed(contextOf(world, terminal, server.value, config.value, path));
}

const localContext = (world: World, terminal: Terminal): Result<Context, Failure> =>
  succeed(contextOf(world, terminal, DEFAULT_SERVER, NO_LOGINS, configPath(world.env)));

const contextOf = (
  world: World,
  terminal: Terminal,
  server: string,
  config: Config,
  path: string,
): Context => ({
  world,
  terminal,
  server,
  api: createApiClient(
    world.fetch,
    server,
    config.logins[server]?.token ?? null,
    terminal.isForPeople ? language : null,
  ),
  config,
  saveConfig: (changed) => writeConfig(path, changed),
  deviceKeys: deviceKeysPath(path),
});
