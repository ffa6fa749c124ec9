// `valetkey mcp`: tools for agent hosts that speak the Model Context Protocol, acting with the token in the environment. Standard output is
// the protocol's.

import { succeed } from '@valetkey/core';
import { type SigningKey, valetkey } from '@valetkey/sdk';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { readDeviceKey } from '../device-keys.ts';
import { t } from '../messages/messages.ts';
import { findToken, grantOfToken, type PlacedToken } from '../parent-grant.ts';

/** `valetkey mcp` */
export const mcp = defineCommand({
  name: 'mcp',
  summary: t.mcp.summary,
  flags: {
    url: SERVER_FLAGS.url,
    'token-files': { type: 'string', value: 'FOLDER', help: t.mcp.tokenFiles },
  },
  examples: ['valetkey mcp', 'valetkey mcp --token-files ~/.valetkey-workers'],
  read: (flags) => succeed({ url: flags.url, tokenFolder: flags['token-files'] ?? null }),
  async run({ url, tokenFolder }, { world, terminal, deviceKeys }) {
    const found = findToken(world.env, url);
    if (!found.ok) return found;
    const { token, server } = found.value;
    const enrolled = await readDeviceKey(deviceKeys, server);
    if (!enrolled.ok) return enrolled;
    const dpopKey = enrolled.value && (await neededKey(world.fetch, found.value, enrolled.value));
    terminal.say(t.mcp.serving(server));
    const access = valetkey({ baseUrl: server, token, fetch: world.fetch, ...(dpopKey && { dpopKey }) });
    await world.serveMcp(access, tokenFolder);
    return succeed(undefined);
  },
});

/** The key, unless the token works without: a proof names the broker as it calls itself, which not every address does. */
async function neededKey(
  fetcher: typeof fetch,
  token: PlacedToken,
  key: SigningKey,
): Promise<SigningKey | null> {
  const grant = await grantOfToken(fetcher, token, async () => succeed(key));
  return grant.ok ? grant.value.key : key;
}
