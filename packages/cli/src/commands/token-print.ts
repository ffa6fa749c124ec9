// `valetkey token print`: a small, short token alone on stdout, for a shell's `$(...)` and for tools that ask a command for their token.
// Everything else MUST go to stderr.

import { fail, type Result, succeed } from '@valetkey/core';
import { createApiClient } from '../api-client.ts';
import { childDetails } from '../child-access.ts';
import { chooseProvider } from '../choose-provider.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { type Failure, failWith } from '../failure.ts';
import { moment } from '../format.ts';
import { t } from '../messages/messages.ts';
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
  summary: t.tokenPrint.summary,
  flags: {
    url: SERVER_FLAGS.url,
    ...SHORT_GRANT_FLAGS,
    for: { type: 'string', value: 'TOOL', help: t.tokenPrint.for },
  },
  examples: [
    'valetkey token print --provider openai --limit 2',
    'valetkey token print --provider anthropic --expires 30m',
    'valetkey token print --for claude',
  ],
  read({ for: tool, ...flags }, _args, nowMs): Result<TokenOptions, string> {
    if (tool === undefined) return readShortGrant(flags, nowMs);
    if (Object.keys(flags).length > 0) return fail(t.tokenPrint.forAlone);
    return TOOLS.has(tool) ? succeed({ tool }) : fail(t.tokenPrint.forOneOf([...TOOLS.keys()].join(', ')));
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
  context.terminal.say(t.tokenPrint.done(id, moment(expires_at).text));
  return succeed(token);
}

/** A child of the tool's grant: however often the tool asks, it spends no more than that grant may. */
async function tokenForTool(tool: string, { world, config }: Context): Promise<Result<string, Failure>> {
  const read = readSetUps(world.env);
  if (!read.ok) return read;
  const setUp = read.value[tool];
  if (!setUp) return failWith(t.tokenPrint.notSetUp(tool));
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
  return ended ? failWith(t.tokenPrint.grantOver(made.error.message, tool), made.error.exitCode) : made;
}
