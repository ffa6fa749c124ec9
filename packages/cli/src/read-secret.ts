// Takes a password or a provider key in. It MUST never be echoed: where somebody types, it is read without echo; else from the pipe.

import { type Result, succeed } from '@valetkey/core';
import type { Context } from './command.ts';
import { EXIT, type Failure, failWith, usageError } from './failure.ts';
import { t } from './messages/messages.ts';

/** What was typed or piped in, as it came. */
export async function readSecret(
  prompt: string,
  { world, terminal }: Context,
): Promise<Result<string, Failure>> {
  if (!world.stdin.isTerminal) return succeed(await world.stdin.readAll());
  if (!terminal.canPrompt) return usageError(t.secret.wanted(prompt));
  const typed = await world.stdin.readHidden(`${prompt}: `);
  return typed === null ? failWith(t.secret.interrupted, EXIT.interrupted) : succeed(typed);
}
