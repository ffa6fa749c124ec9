// `valetkey mcp` as an agent host runs it: the official MCP client over standard input and output, the command as a process of its own, the
// broker behind it. What a model can do with it, what it is told, and what it never sees.

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as official from '../../broker/test/house/openai-at.ts';
import { type House, startHouse } from '../../broker/test/house/start-house.ts';

const CLI = fileURLToPath(new URL('../src/valetkey.js', import.meta.url));
const RIGHTS = { type: 'ai_model_access', provider: 'openai', models: ['gpt-4o*'] };

interface Host {
  readonly client: Client;
  /** The structured result of a tool that worked. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read JSON of many shapes
  call(name: string, input?: object): Promise<any>;
  /** The words of a tool that did not. */
  refusal(name: string, input?: object): Promise<string>;
  /** Everything the client was sent, and what was said on stderr; ends the server. */
  close(): Promise<{ readonly received: string; readonly said: string }>;
}

let house: House;
let folder: string;
let grantId: string;
let token: string;
const hosts: Host[] = [];

const startHost = async (...words: string[]): Promise<Host> => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [CLI, 'mcp', ...words],
    env: {
      PATH: process.env.PATH ?? '',
      XDG_CONFIG_HOME: folder,
      VALETKEY_URL: house.url,
      VALETKEY_TOKEN: token,
    },
    stderr: 'pipe',
  });
  const said = text(transport.stderr as NodeJS.ReadableStream);
  const received: unknown[] = [];
  const client = new Client({ name: 'host', version: '1' });
  await client.connect(transport);
  const { onmessage } = transport;
  transport.onmessage = (message) => {
    received.push(message);
    onmessage?.(message);
  };
  // Known before: the client then checks each result against its schema.
  await client.listTools();
  const callTool = (name: string, input: object) => client.callTool({ name, arguments: { ...input } });
  const host: Host = {
    client,
    async call(name, input = {}) {
      const result = await callTool(name, input);
      expect(result.isError ?? false, JSON.stringify(result)).toBe(false);
      const [part] = result.content as { text: string }[];
      expect(JSON.parse(part?.text ?? '')).toEqual(result.structuredContent);
      return result.structuredContent;
    },
    async refusal(name, input = {}) {
      const result = await callTool(name, input);
      expect(result.isError, JSON.stringify([input, result])).toBe(true);
      return (result.content as { text: string }[])[0]?.text ?? '';
    },
    async close() {
      await client.close();
      return { received: JSON.stringify(received), said: await said };
    },
  };
  hosts.push(host);
  return host;
};

const chat = (apiKey: string, baseURL: string) => official.chat(official.openaiAt(apiKey, baseURL));

beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-mcp-'));
  const made = await house.grant({ ...RIGHTS, limits: { total_spend: 1 }, delegation: { max_depth: 2 } });
  ({ id: grantId, token } = made);
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
  rmSync(folder, { recursive: true, force: true });
});

describe('an agent host', () => {
  it('finds tools that say what they do and whether they change anything', async () => {
    const { client } = await startHost();
    const { tools } = await client.listTools();
    expect(
      tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint, annotations?.destructiveHint]),
    ).toEqual([
      ['whoami', true, undefined],
      ['budget', true, undefined],
      ['delegate', false, false],
      ['request_more', false, false],
      ['revoke', false, true],
    ]);
    for (const { description, inputSchema, outputSchema } of tools) {
      expect(description?.length).toBeGreaterThan(80);
      expect([inputSchema.type, outputSchema?.type]).toEqual(['object', 'object']);
    }
    expect(client.getInstructions()).toContain('never hand on the token');
  });

  it('looks, gives a worker a part, sees what it spent, and ends it', async () => {
    const host = await startHost();
    expect(await host.call('whoami')).toMatchObject({
      grant_id: grantId,
      parent_grant_id: null,
      access: [{ provider: 'openai', models: ['gpt-4o*'], delegation: { max_depth: 2 } }],
      budget: { used_usd: '0', remaining_usd: '1' },
      children: [],
    });
    const child = await host.call('delegate', {
      name: 'search-worker',
      limit_usd: 0.25,
      models: ['gpt-4o-mini'],
      expires_in: '15m',
    });
    expect(child).toMatchObject({ access: [{ models: ['gpt-4o-mini'], limits: { total_spend: 0.25 } }] });
    expect(await chat(child.token, child.base_urls.openai)).toContain('simulated');
    const spent = async () => Number((await host.call('budget')).budget.used_usd);
    await expect.poll(spent).toBeGreaterThan(0);
    const listed = { grant_id: child.grant_id, name: 'search-worker', status: 'active' };
    expect((await host.call('whoami')).children).toMatchObject([listed]);
    for (const _ of [1, 2])
      expect(await host.call('revoke', { grant_id: child.grant_id })).toEqual({
        grant_id: child.grant_id,
        ended: true,
      });
    await expect(chat(child.token, child.base_urls.openai)).rejects.toMatchObject({ code: 'token_revoked' });
    expect((await host.call('whoami')).children).toEqual([]);
  });

  it('asks for more, tells where a person decides, and learns what became of it', async () => {
    const host = await startHost();
    const asked = { reason: 'The report has become longer.', limit_usd: 2 };
    const request = await host.call('request_more', asked);
    expect(request).toMatchObject({ status: 'pending', url: expect.stringContaining(house.url) });
    expect(await host.call('request_more', asked)).toEqual(request);
    await house.api('POST', `/requests/${request.request_id}/deny`, {});
    expect(await host.call('request_more', asked)).toMatchObject({ status: 'denied' });
    const other = await host.call('request_more', { ...asked, limit_usd: 3 });
    await house.api('POST', `/requests/${other.request_id}/allow`, {});
    expect((await host.call('whoami')).access).toMatchObject([{ limits: { total_spend: 3 } }]);
    expect(await host.refusal('request_more', { reason: 'Again', limit_usd: 1 })).toContain('Ask for more');
  });

  it('never sees the token that the server acts with, and reads nothing but the protocol', async () => {
    const host = await startHost();
    await host.call('whoami');
    await host.call('delegate', { name: 'worker' });
    await host.refusal('delegate', { name: 'worker', limit_usd: 5 });
    await house.api('POST', `/grants/${grantId}/revoke`);
    await host.refusal('budget');
    const { received, said } = await host.close();
    expect(received).toContain('vk_');
    expect(`${received}${said}`).not.toContain(token);
    expect(said).not.toContain('vk_');
  });
});

describe('a refusal', () => {
  it.each([
    [
      'delegate',
      { name: 'worker', models: ['o1'], limit_usd: 2 },
      ['invalid_authorization_details', '- models:', '- limits.total_spend:', 'What to do: Ask for less'],
    ],
    ['delegate', { name: 'worker', depth: 2 }, ['delegation_not_permitted', 'What to do:']],
    ['delegate', { name: 'worker', expires_in: 'soon' }, ['expiresIn must be']],
    ['delegate', { limit_usd: 0.1 }, ['name']],
    ['revoke', { grant_id: 'grant_unknown' }, ['not_found', 'its own children']],
  ])('of %s %j says what to do', async (name, input, says) => {
    const host = await startHost();
    const words = await host.refusal(name, input);
    for (const part of says) expect(words).toContain(part);
  });

  it('meets who would end its own grant, or a child of another', async () => {
    const host = await startHost();
    const other = await house.grant({ ...RIGHTS, limits: { total_spend: 1 }, delegation: { max_depth: 1 } });
    for (const grant_id of [grantId, other.id, '..', 'self'])
      expect(await host.refusal('revoke', { grant_id }), grant_id).toContain('not_found');
    expect(await chat(token, `${house.url}/openai/v1`)).toContain('simulated');
  });
});

describe('--token-files', () => {
  it('keeps a child’s token from the model, in a file that only this user can read, until the child is ended', async () => {
    const host = await startHost('--token-files', join(folder, 'workers'));
    const child = await host.call('delegate', { name: 'worker', limit_usd: 0.1 });
    expect(child).not.toHaveProperty('token');
    const { mode } = statSync(child.token_file);
    expect(mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'workers')).mode & 0o777).toBe(0o700);
    expect(await chat(readFileSync(child.token_file, 'utf8'), child.base_urls.openai)).toContain('simulated');
    await host.call('revoke', { grant_id: child.grant_id });
    expect(() => statSync(child.token_file)).toThrow('ENOENT');
    expect((await host.close()).received).not.toContain('vk_');
  });

  it('leaves no child whose token could not be kept', async () => {
    const host = await startHost('--token-files', '/dev/null/workers');
    expect(await host.refusal('delegate', { name: 'worker' })).toContain('--token-files');
    expect((await host.call('whoami')).children).toEqual([]);
  });
});
