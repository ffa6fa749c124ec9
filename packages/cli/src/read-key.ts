// Takes a provider key in, from standard input or a prompt without echo. It is never printed, not even in part.

import { type Result, succeed } from '@valetkey/core';
import type { Context } from './command.ts';
import { type Failure, usageError } from './failure.ts';
import { t } from './messages/messages.ts';
import { readSecret } from './read-secret.ts';

/** The key without its line end; `command` is what one would have had to write. */
export async function readKey(
  prompt: string,
  command: string,
  context: Context,
): Promise<Result<string, Failure>> {
  const given = await readSecret(prompt, context);
  if (!given.ok) return given;
  const key = given.value.trim();
  if (key === '') return usageError(t.readKey.missing(command));
  if (!/^[!-~]+$/.test(key)) return usageError(t.readKey.malformed);
  return succeed(key);
}
