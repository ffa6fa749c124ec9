// `valetkey env`: shell lines that point SDKs at the broker for the rest of a shell. The token MUST NOT be in them: they fetch it with
// `valetkey token print` when the shell runs them.

import { succeed } from '@valetkey/core';
import { chooseProvider } from '../choose-provider.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { t } from '../messages/messages.ts';
import { ownCommand } from '../own-command.ts';
import { SDK_NAMES } from '../program-env.ts';
import { readShortGrant, SHORT_GRANT_FLAGS } from '../short-grant.ts';

/** `valetkey env` */
export const env = defineCommand({
  name: 'env',
  summary: t.env.summary,
  flags: { url: SERVER_FLAGS.url, ...SHORT_GRANT_FLAGS },
  examples: ['valetkey env --provider openai --limit 2'],
  read(flags, _args, nowMs) {
    const grant = readShortGrant(flags, nowMs);
    return grant.ok ? succeed({ flags, provider: grant.value.provider }) : grant;
  },
  async run({ flags, provider: named }, context) {
    const { server, terminal, world } = context;
    const provider = await chooseProvider(named, null, context);
    if (!provider.ok) return provider;
    const { name, dialect, base_url } = provider.value;
    const { keys, bases, rivals } = SDK_NAMES[dialect];
    // The same flags, but with what was chosen for what was left out.
    const asked = Object.entries({ ...flags, url: server, provider: name }).flatMap(([flag, value]) =>
      [value].flat().map((each) => `--${flag} ${quote(each)}`),
    );
    terminal.print(
      [
        ...rivals.map((rival) => `unset ${rival}`),
        `VALETKEY_TOKEN="$(${ownCommand(world.env).join(' ')} token print ${asked.join(' ')})"`,
        'export VALETKEY_TOKEN',
        `export VALETKEY_URL=${quote(server)}`,
        ...keys.map((key) => `export ${key}="$VALETKEY_TOKEN"`),
        ...bases.map((base) => `export ${base}=${quote(base_url)}`),
      ].join('\n'),
    );
    return succeed(undefined);
  },
});

/** For a POSIX shell, which MUST read it as one word and nothing else. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
