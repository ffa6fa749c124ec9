// Runs a program with a token that was made for it alone, and ends the token's grant after it, whatever became of the program.

import { fail, type Result, succeed } from '@valetkey/core';
import type { ChildToken, SigningKey } from '@valetkey/sdk';
import { adaptProgram } from './adapt-program.ts';
import type { Context } from './command.ts';
import { EXIT, type Failure, failWith } from './failure.ts';
import { moment } from './format.ts';
import { t } from './messages/messages.ts';
import { endGrant } from './parent-grant.ts';
import { programEnv } from './program-env.ts';
import type { World } from './world.ts';

/** What runs with which token. */
export interface TokenRun {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly token: Pick<ChildToken, 'grantId' | 'token' | 'baseUrls' | 'expiresAt' | 'access'>;
  readonly server: string;
  /** The token that it was made from; null for an owner's login. */
  readonly parentToken: string | null;
  /** The key that has to be proved with it; null for none. */
  readonly key: SigningKey | null;
  /** Whether its grant lives on when the program has ended. */
  readonly keep: boolean;
}

type Outside = Pick<Context, 'world' | 'terminal'>;

/** How long somebody who presses Ctrl-C is told that the grant is being ended, instead of being let go at once. */
const PATIENCE_MS = 3000;

/** Ends as the program does: its exit code becomes this command's, without a word. */
export async function runWithToken(run: TokenRun, outside: Outside): Promise<Result<void, Failure>> {
  const ended = await runProgram(run, outside.world);
  const over = run.keep ? succeed(undefined) : await endGrantOf(run, outside);
  if (!over.ok) return over;
  if (!ended.ok) return failWith(ended.error);
  return ended.value === EXIT.ok ? succeed(undefined) : fail({ exitCode: ended.value, message: '' });
}

/** That it could not be ended is only said; it fails where nobody waited for it. */
async function endGrantOf(
  { token: { grantId, token, expiresAt }, server, key }: TokenRun,
  { world, terminal }: Outside,
): Promise<Result<void, Failure>> {
  const unwaited = new AbortController();
  const fetcher: typeof fetch = (input, init) => {
    const signals = [unwaited.signal, ...(init?.signal ? [init.signal] : [])];
    return world.fetch(input, { ...init, signal: AbortSignal.any(signals) });
  };
  const startMs = world.now();
  let isTold = false;
  const giveBack = world.takeSignals(() => {
    if (isTold || world.now() - startMs > PATIENCE_MS) return unwaited.abort();
    isTold = true;
    terminal.say(t.runProgram.ending(grantId));
  });
  const over = await endGrant(fetcher, { server, token }, key).finally(giveBack);
  // Ended before, by its owner or by time, is ended.
  if (over.ok || over.error.code === 'invalid_token') return succeed(undefined);
  const end = moment(expiresAt?.toISOString()).text;
  if (unwaited.signal.aborted) return failWith(t.runProgram.unwaited(grantId, end), EXIT.interrupted);
  terminal.say(t.runProgram.notEnded(grantId, end));
  return succeed(undefined);
}

/** Where the token has to come with proofs of this device's key, the program talks to a proxy that adds them: it need not know of any. */
async function runProgram(run: TokenRun, world: World): Promise<Result<number, string>> {
  const { token, server, key } = run;
  if (key === null) return runAt(server, token.baseUrls, run, world);
  const proxy = await world.startProofProxy({ server, token: token.token, key });
  const baseUrls = Object.fromEntries(
    Object.entries(token.baseUrls).map(([dialect, url]) => [dialect, url.replace(server, proxy.url)]),
  );
  try {
    return await runAt(proxy.url, baseUrls, run, world);
  } finally {
    proxy.close();
  }
}

function runAt(
  server: string,
  baseUrls: ChildToken['baseUrls'],
  { command, token, parentToken }: TokenRun,
  world: World,
): Promise<Result<number, string>> {
  const env = programEnv(world.env, { token: token.token, baseUrls }, server, parentToken);
  const program = adaptProgram({ command, env }, { baseUrls, model: onlyModel(token.access) });
  return world.runProgram(program.command, program.env);
}

/** The model, where the grant is for exactly one. */
function onlyModel(access: ChildToken['access']): string | null {
  const models = access.map((part) => part.models as readonly string[] | undefined);
  const [model] = models[0] ?? [];
  return models.length === 1 && models[0]?.length === 1 && !model!.includes('*') ? model! : null;
}
