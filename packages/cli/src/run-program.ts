// Runs a program in the place of this one: same terminal, same signals, its exit code. This process outlives it, to clean up after it.

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fail, type Result, succeed } from '@valetkey/core';
import { t } from './messages/messages.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

const cannotRun = (command: string, { code }: NodeJS.ErrnoException) =>
  fail(t.runProgram.cannotRun(command, code));

/** Gives what would end this process to `listener` alone, until what it returns is called. */
export function takeSignals(listener: (signal: NodeJS.Signals) => void): () => void {
  const others = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
  for (const signal of SIGNALS) process.removeAllListeners(signal).on(signal, listener);
  return () => {
    for (const [signal, listeners] of others) {
      process.removeListener(signal, listener);
      for (const other of listeners) process.on(signal, other);
    }
  };
}

/** Some of what keeps a program from starting is thrown at once, such as an empty name or too long a list of arguments. */
function startOf(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Result<ChildProcess, string> {
  try {
    return succeed(spawn(command, args, { env, stdio: 'inherit' }));
  } catch (error) {
    return cannotRun(command, error as NodeJS.ErrnoException);
  }
}

/** The program's exit code (128 and the number of the signal that ended it), or why it could not be started. */
export function runProgram(
  [command, ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<number, string>> {
  const started = startOf(command!, args, env);
  if (!started.ok) return Promise.resolve(started);
  const program = started.value;
  // At a terminal Ctrl-C and Ctrl-\ reach the program by themselves; twice would mean something else to it.
  const isSentByTerminal = (signal: NodeJS.Signals) =>
    process.stdin.isTTY === true && (signal === 'SIGINT' || signal === 'SIGQUIT');
  const passOn = (signal: NodeJS.Signals) => {
    if (!isSentByTerminal(signal)) program.kill(signal);
  };
  const giveBack = takeSignals(passOn);
  return new Promise<Result<number, string>>((resolve) => {
    program.once('error', (error) => resolve(cannotRun(command!, error)));
    program.once('exit', (code, signal) =>
      resolve(succeed(code ?? 128 + (signal ? constants.signals[signal] : 0))),
    );
  }).finally(giveBack);
}
