// `valetkey mcp` on standard input and output: the tools, joined to the official MCP SDK. Loaded when asked for. Standard output carries the
// protocol and MUST carry nothing else.

import { once } from 'node:events';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Access } from '@valetkey/sdk';
import { VERSION } from '../version.ts';
import { tokenFiles } from './token-files.ts';
import { outcomeOf, type Tool } from './tool.ts';
import { budget, delegate, requestMore, revoke, type ToolDeps, whoami } from './tools.ts';

const INSTRUCTIONS =
  'Access to AI models through Valetkey, within limits that a person has set. Use delegate to give each worker or sub-agent that calls ' +
  'models its own narrow, short-lived access; never hand on the token that this agent itself uses.';

/** Serves the tools for the grant behind `access` until standard input ends. `tokenFolder` keeps children's tokens out of the answers. */
export async function serveMcp(access: Access, tokenFolder: string | null): Promise<void> {
  const server = createServer({ access, tokenFiles: tokenFolder === null ? null : tokenFiles(tokenFolder) });
  const ended = once(process.stdin, 'close');
  await server.connect(new StdioServerTransport());
  await ended;
  await server.close();
}

function createServer(deps: ToolDeps): McpServer {
  const info = { name: 'valetkey', title: 'Valetkey', version: VERSION };
  const server = new McpServer(info, { instructions: INSTRUCTIONS });
  for (const tool of [whoami(deps), budget(deps), delegate(deps), requestMore(deps), revoke(deps)])
    register(server, tool);
  return server;
}

function register(
  server: McpServer,
  { name, title, description, input, output, annotations, act }: Tool,
): void {
  const config = { title, description, inputSchema: input, outputSchema: output, annotations };
  server.registerTool(name, config, (given) => outcomeOf(() => act(given)));
}
