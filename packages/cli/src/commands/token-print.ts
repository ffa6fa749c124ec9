// `valetkey token print`: a small, short token alone on stdout, for a shell's `$(...)`. Everything else MUST
// go to stderr.

import { succeed } from '@valetkey/core';
import { chooseProvider } from '../choose-provider.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { moment } from '../format.ts';
import { makeShortGrant, readShortGrant, SHORT_GRANT_FLAGS } from '../short-grant.ts';

/** `valetkey token print` */
export const tokenPrint = defineCommand({
  name: 'token print',
  summary: 'Print a small, short token and nothing else',
  flags: { url: SERVER_FLAGS.url, ...SHORT_GRANT_FLAGS },
  examples: [
    'valetkey token print --provider openai --limit 2',
    'valetkey token print --provider anthropic --expires 30m',
  ],
  read: (flags, _args, nowMs) => readShortGrant(flags, nowMs),
  async run(options, context) {
    const provider = await chooseProvider(options.provider, null, context);
    if (!provider.ok) return provider;
    const made = await makeShortGrant(options, provider.value, 'token print', context);
    if (!made.ok) return made;
    const { id, token, expires_at } = made.value;
    const { terminal } = context;
    terminal.say(
      `The grant ${id} ends ${moment(expires_at).text}; before that with: valetkey apps revoke ${id}`,
    );
    terminal.print(token);
    return succeed(undefined);
  },
});
