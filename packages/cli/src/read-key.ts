// Takes a provider key in, from standard input or a prompt without echo. It is never printed, not even in part.

import { type Result, succeed } from '@valetkey/core';
import type { Context } from './command.ts';
import { type Failure, usageError } from './failure.ts';
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
  if (key === '') return usageError(`No key came in. Write it to standard input: ${command} < key.txt`);
  if (!/^[!-~]+$/.test(key)) return usageError('A key is one line without spaces; give only the key itself');
  return succeed(key);
}
