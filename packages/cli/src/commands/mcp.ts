// `valetkey mcp`: tools for agent hosts that speak the Model Context Protocol, acting with the token in the environment. Standard output is
// the protocol's.

import { succeed } from '@valetkey/core';
import { valetkey } from '@valetkey/sdk';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { findToken } from '../parent-grant.ts';

/** `valetkey mcp` */
export const mcp = defineCommand({
  name: 'mcp',
  summary: 'Serve whoami, budget, delegate, request_more and revoke to an agent host (MCP)',
  flags: {
    url: SERVER_FLAGS.url,
    'token-files': {
      type: 'string',
      value: 'FOLDER',
      help: 'write tokens of children to files there, which only you can read, and do not answer them',
    },
  },
  examples: ['valetkey mcp', 'valetkey mcp --token-files ~/.valetkey-workers'],
  read: (flags) => succeed({ url: flags.url, tokenFolder: flags['token-files'] ?? null }),
  async run({ url, tokenFolder }, { world, terminal }) {
    const found = findToken(world.env, url);
    if (!found.ok) return found;
    const { token, server } = found.value;
    terminal.say(`valetkey: serving the grant of this token at ${server} to the agent host.`);
    await world.serveMcp(valetkey({ baseUrl: server, token, fetch: world.fetch }), tokenFolder);
    return succeed(undefined);
  },
});
