// `valetkey token print`: a small, short token alone on stdout, for a shell's `$(...)` and for tools that ask a command for their token.
// Everything else MUST go to stderr.

import { fail, type Result, succeed } from '@valetkey/core';
import { createApiClient } from '../api-client.ts';
import { childDetails } from '../child-access.ts';
import { chooseProvider } from '../choose-provider.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { type Failure, failWith } from '../failure.ts';
import { moment } from '../format.ts';
import { grantOfOwner } from '../parent-grant.ts';
import { readAskedAccess } from '../read-access.ts';
import { readSetUps } from '../setup/set-ups.ts';
import { TOOLS } from '../setup/tools.ts';
import { makeShortGrant, readShortGrant, SHORT_GRANT_FLAGS, type ShortGrantOptions } from '../short-grant.ts';

/** Of a new grant, or of the grant of a tool. */
type TokenOptions = ShortGrantOptions | { readonly tool: string };

/** `valetkey token print` */
export const tokenPrint = defineCommand({
  name: 'token print',
  summary: 'Print a small, short token and nothing else',
  flags: {
    url: SERVER_FLAGS.url,
    ...SHORT_GRANT_FLAGS,
    for: {
      type: 'string',
      value: 'TOOL',
      help: 'for a tool that is set up: an hour of its grant, no new one',
    },
  },
  examples: [
    'valetkey token print --provider openai --limit 2',
    'valetkey token print --provider anthropic --expires 30m',
    'valetkey token print --for claude',
  ],
  read({ for: tool, ...flags }, _args, nowMs): Result<TokenOptions, string> {
    if (tool === undefined) return readShortGrant(flags, nowMs);
    if (Object.keys(flags).length > 0)
      return fail('--for goes with no other option: the tool’s setup says all');
    return TOOLS.has(tool) ? succeed({ tool }) : fail(`--for must be one of ${[...TOOLS.keys()].join(', ')}`);
  },
  async run(options, context) {
    const token =
      'tool' in options ? await tokenForTool(options.tool, context) : await newToken(options, context);
    if (token.ok) context.terminal.print(token.value);
    return token.ok ? succeed(undefined) : token;
  },
});

async function newToken(options: ShortGrantOptions, context: Context): Promise<Result<string, Failure>> {
  const provider = await chooseProvider(options.provider, null, context);
  if (!provider.ok) return provider;
  const made = await makeShortGrant(options, provider.value, 'token print', context);
  if (!made.ok) return made;
  const { id, token, expires_at } = made.value;
  const end = moment(expires_at).text;
  context.terminal.say(`The grant ${id} ends ${end}; before that with: valetkey apps revoke ${id}`);
  return succeed(token);
}

/** A child of the tool's grant: however often the tool asks, it spends no more than that grant may. */
async function tokenForTool(tool: string, { world, config }: Context): Promise<Result<string, Failure>> {
  const read = readSetUps(world.env);
  if (!read.ok) return read;
  const setUp = read.value[tool];
  if (!setUp) return failWith(`${tool} is not set up here. Run: valetkey setup ${tool}`);
  const { server, grantId } = setUp;
  const api = createApiClient(world.fetch, server, config.logins[server]?.token ?? null);
  const parent = await grantOfOwner(grantId, { api, server });
  if (!parent.ok) return parent;
  const asked = readAskedAccess({}, world.now());
  const details = asked.ok ? childDetails(asked.value, parent.value.details, world.now()) : asked;
  if (!details.ok) return failWith(details.error);
  const made = await parent.value.delegate({ name: tool, authorization_details: details.value });
  if (made.ok) return succeed(made.value.token);
  const ended = ['conflict', 'invalid_request'].includes(made.error.code ?? '');
  return ended
    ? failWith(`${made.error.message} For a new grant run: valetkey setup ${tool}`, made.error.exitCode)
    : made;
}
