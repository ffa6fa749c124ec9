// `valetkey run`: runs a program with a small, short token that is made for this run alone and ends with it. The program MUST NOT be given the
// login, and not more than one asked for.

import { fail, type Result, succeed } from '@valetkey/core';
import { dialectOf, programName } from '../adapt-program.ts';
import { chooseProvider } from '../choose-provider.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import type { Failure } from '../failure.ts';
import { moment } from '../format.ts';
import { t } from '../messages/messages.ts';
import { runWithToken } from '../run-with-token.ts';
import { makeShortGrant, readShortGrant, SHORT_GRANT_FLAGS, type ShortGrantOptions } from '../short-grant.ts';

/** What runs, and what it may do. */
export interface RunOptions extends ShortGrantOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
}

/** `valetkey run` */
export const run = defineCommand({
  name: 'run',
  summary: t.run.summary,
  rest: 'command',
  flags: { url: SERVER_FLAGS.url, ...SHORT_GRANT_FLAGS },
  examples: [
    'valetkey run -- claude',
    'valetkey run --limit 2 -- codex exec "fix the failing test"',
    'valetkey run --provider openai --model gpt-4o-mini --expires 30m -- node script.js',
  ],
  read(flags, command, nowMs): Result<RunOptions, string> {
    if (command.length === 0) return fail(t.run.missing);
    const grant = readShortGrant(flags, nowMs);
    return grant.ok ? succeed({ ...grant.value, command }) : grant;
  },
  run: runRun,
});

async function runRun(options: RunOptions, context: Context): Promise<Result<void, Failure>> {
  const { command } = options;
  const provider = await chooseProvider(options.provider, dialectOf(command), context);
  if (!provider.ok) return provider;
  const made = await makeShortGrant(options, provider.value, programName(command), context);
  if (!made.ok) return made;
  const { id, name, token, base_urls, expires_at, authorization_details } = made.value;
  const end = moment(expires_at).text;
  context.terminal.say(t.run.started(name ?? programName(command), id, provider.value.name, end));
  return runWithToken(
    {
      command,
      token: {
        grantId: id,
        token,
        baseUrls: base_urls,
        expiresAt: expires_at === null ? null : new Date(expires_at),
        access: authorization_details,
      },
      server: context.server,
      parentToken: null,
      key: null,
      keep: false,
    },
    context,
  );
}
