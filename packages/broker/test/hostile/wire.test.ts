// Targets, framing, methods and headers as an attacker writes them, byte by byte. Nothing but what the closed list of operations names
// reaches a provider, and nothing of the caller's request line or headers decides where it goes or whose key it carries.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAT_TEXT, rawChat, sendRaw } from './raw-request.ts';
import { WORLDS, type World } from './worlds.ts';

const GRANT = { provider: 'openai', models: ['gpt-4o-mini'], capabilities: ['chat'] };

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  let token: string;
  let turn = 0;
  beforeAll(async () => {
    world = await start();
    ({ token } = await world.grant(GRANT));
  });
  afterAll(() => world?.close());

  const url = () => world.urls[turn++ % world.urls.length]!;

  /** Sends it and says how it was answered, having checked that no provider saw anything and that nothing was spent or is held. */
  const refused = async (bytes: string, quietMs?: number) => {
    const before = world.seen();
    const answer = await sendRaw(url(), bytes, quietMs);
    expect(world.seen()).toEqual(before);
    expect(world.evil.connections()).toBe(0);
    return answer;
  };
  const passes = async (bytes = rawChat(token)) => {
    const { requests } = world.seen();
    const { statuses } = await sendRaw(url(), bytes);
    expect(statuses).toEqual([200]);
    expect(world.seen().requests).toBe(requests + 1);
  };
  const lastRequest = () => world.simulators[0]!.requests.at(-1)!;

  it('a request as it should be passes', () => passes());

  it.each([
    ['A1 an absolute target', (evil: string) => `${evil}/v1/chat/completions`],
    [
      'A1 an absolute target of the broker’s own form',
      (evil: string) => `${evil}/openai/v1/chat/completions`,
    ],
    ['A2 a scheme-relative target', (evil: string) => `${evil.slice('http:'.length)}/v1/chat/completions`],
    ['A2 a backslash', (evil: string) => `/\\${evil.slice('http://'.length)}/v1/chat/completions`],
    ['A7 dot segments', () => '/openai/v1/chat/completions/../files'],
    ['A7 dot segments that lead back', () => '/openai/v1/files/../chat/completions'],
    ['A8 encoded dots', () => '/openai/v1/chat/completions/%2e%2e/%2e%2e/files'],
    ['A8 half-encoded dots', () => '/openai/v1/chat/completions/.%2E/%2e.'],
    ['A9 an encoded slash', () => '/openai/v1/chat%2fcompletions'],
    ['A9 an encoded way out', () => '/openai/v1/chat/completions%2f..%2f..%2ffiles'],
    ['A9 doubly encoded dots', () => '/openai/v1/%252e%252e/chat/completions'],
  ])('%s is refused', async (_name, target) => {
    const { statuses } = await refused(rawChat(token, { target: target(world.evil.origin) }));
    expect(statuses).toHaveLength(1);
    expect([400, 404]).toContain(statuses[0]);
  });

  it('A3 headers that name another upstream are dropped', async () => {
    const headers = ['x-portkey-custom-host', 'x-upstream', 'x-base-url', 'x-forwarded-host'].map(
      (name) => `${name}: ${world.evil.origin}`,
    );
    await passes(rawChat(token, { headers }));
    expect(world.evil.connections()).toBe(0);
    for (const header of headers) expect(lastRequest().headers).not.toHaveProperty(header.split(':', 1)[0]!);
  });

  it.each(['api_base', 'base_url', 'baseURL', 'custom_llm_provider'])(
    'A3 %s in the body is refused',
    async (field) => {
      const body = JSON.stringify({ ...JSON.parse(CHAT_TEXT), [field]: world.evil.origin });
      const { statuses, text } = await refused(rawChat(token, { body }));
      expect(statuses).toEqual([400]);
      expect(text).toContain('unknown_field');
    },
  );

  it.each([301, 302, 307, 308])('A4 a redirect (%i) is not followed', async (status) => {
    const { id, token: own } = await world.grant(GRANT);
    world.simulators[0]!.script({
      fault: { kind: 'redirect', location: `${world.evil.origin}/steal`, status },
    });
    const { statuses, text } = await sendRaw(url(), rawChat(own));
    expect(statuses).toEqual([502]);
    expect(text).toContain('upstream_redirect');
    expect(text.toLowerCase()).not.toContain('location:');
    expect(world.evil.connections()).toBe(0);
    expect((await world.api('GET', `/grants/${id}`)).body.id).toBe(id);
  });

  it.each([
    ['an address', 'http://127.0.0.1:1'],
    ['an address of the cloud', 'http://169.254.169.254/latest/meta-data/'],
    ['a number', 'http://2130706433'],
    ['a file', 'file:///etc/passwd'],
  ])('A5 nobody can give a provider key its own origin: %s', async (_name, base) => {
    const before = world.seen();
    for (const field of ['base_url', 'baseUrl', 'origin', 'url']) {
      const made = await world.api('POST', '/provider-keys', {
        provider: 'openai',
        key: 'sk-proj-0123456789abcdef0123456789',
        [field]: base,
      });
      expect(made.status).toBe(400);
    }
    expect(world.seen()).toEqual(before);
  });

  it.each(
    [
      'organization/api_keys',
      'organization/admin_api_keys',
      'organization/users',
      'organization/costs',
      'organization/audit_logs',
      'projects',
      'dashboard/billing/usage',
    ].flatMap((path) => ['GET', 'POST', 'DELETE', 'PUT', 'PATCH'].map((method) => [method, path] as const)),
  )('A10 %s %s is not there', async (method, path) => {
    const { statuses } = await refused(rawChat(token, { method, target: `/openai/v1/${path}` }));
    expect(statuses).toEqual([404]);
  });

  it.each([
    'files',
    'uploads',
    'batches',
    'fine_tuning/jobs',
    'vector_stores',
    'evals',
    'containers',
    'realtime/client_secrets',
    'threads/x/runs',
  ])('A11 POST %s, which delays or hides spend, is refused', async (path) => {
    const { statuses, text } = await refused(rawChat(token, { target: `/openai/v1/${path}` }));
    expect(statuses).toEqual([403]);
    expect(text).toContain('operation_not_permitted');
  });

  it.each([
    ['GET', 'responses/resp_other'],
    ['DELETE', 'responses/resp_other'],
    ['POST', 'responses/resp_other/cancel'],
    ['GET', 'chat/completions/chatcmpl-other'],
  ])('A12 %s %s answers as for one that does not exist', async (method, path) => {
    const sent = (target: string) =>
      refused(rawChat(token, { method, target: `/openai/v1/${target}`, body: '' }));
    const [one, other] = [await sent(path), await sent(path.replace('other', 'nothing'))];
    expect(one.statuses).toEqual(other.statuses);
    expect([403, 404, 405]).toContain(one.statuses[0]);
    const body = (text: string) => text.slice(text.indexOf('\r\n\r\n')).replaceAll(/req_\w+/g, '');
    expect(body(one.text).replaceAll('other', 'nothing')).toBe(body(other.text));
  });

  const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
  it.each([
    ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked'], chunked(CHAT_TEXT)],
    ['two lengths', [`Content-Length: ${CHAT_TEXT.length}`, 'Content-Length: 5'], CHAT_TEXT],
    ['two lengths in one', [`Content-Length: ${CHAT_TEXT.length}, ${CHAT_TEXT.length}`], CHAT_TEXT],
    ['an unknown coding', ['Transfer-Encoding: xchunked'], chunked(CHAT_TEXT)],
    ['a coding before chunks', ['Transfer-Encoding: gzip, chunked'], chunked(CHAT_TEXT)],
    ['a signed length', [`Content-Length: +${CHAT_TEXT.length}`], CHAT_TEXT],
    ['a space before the colon', [`Content-Length : ${CHAT_TEXT.length}`], CHAT_TEXT],
    ['a chunk size that is none', ['Transfer-Encoding: chunked'], `zz\r\n${CHAT_TEXT}\r\n0\r\n\r\n`],
  ])('A13 %s is refused and ends the connection', async (_name, headers, body) => {
    const { statuses, closed } = await refused(rawChat(token, { headers, body }), 2000);
    expect(statuses).toEqual([400]);
    expect(closed).toBe(true);
    await passes();
  });

  it('A13 a request inside a body stays a body', async () => {
    const inner = rawChat(token);
    const { statuses } = await refused(rawChat(token, { body: inner }));
    expect(statuses).toEqual([400]);
  });

  it.each([
    ['a line folded', 'X-Request-Id: a\r\n X-Api-Key: evil'],
    ['a NUL', 'X-Request-Id: a\0b'],
    ['a bare CR', 'X-Request-Id: a\rX-Api-Key: evil'],
    ['a name with a space', 'X Api Key: evil'],
  ])('A14 a header with %s is refused', async (_name, line) => {
    const { statuses } = await refused(rawChat(token, { headers: [line] }));
    expect(statuses).toEqual([400]);
  });

  it('A14 headers named as hop-by-hop neither go nor take anything away', async () => {
    await passes(
      rawChat(token, {
        headers: ['Connection: keep-alive, authorization, x-hop', 'X-Hop: 1', 'TE: trailers'],
      }),
    );
    const { headers } = lastRequest();
    expect(headers).not.toHaveProperty('x-hop');
    expect(headers).not.toHaveProperty('te');
    expect(headers.authorization).toMatch(/^Bearer sk-/);
    expect(headers.authorization).not.toContain(token);
  });

  it('A15 none of the caller’s credentials and switches travels on', async () => {
    const sent = {
      'openai-organization': 'org-evil',
      'openai-project': 'proj-evil',
      'x-goog-user-project': 'p',
      'anthropic-beta': 'any-2026-01-01',
      cookie: 'a=b',
      'x-stainless-lang': 'js',
      'user-agent': 'evil/1',
    };
    await passes(
      rawChat(token, { headers: Object.entries(sent).map(([name, value]) => `${name}: ${value}`) }),
    );
    for (const [name, value] of Object.entries(sent)) expect(lastRequest().headers[name]).not.toBe(value);
  });

  it('A15 A26 a second credential beside the token is refused', async () => {
    for (const line of ['x-api-key: other', 'x-goog-api-key: other', 'Authorization: Bearer other']) {
      const { statuses, text } = await refused(rawChat(token, { headers: [line] }));
      expect(statuses).toEqual([400]);
      expect(text).toContain('multiple_credentials');
    }
  });

  it('A26 a token is taken from three headers with the same checks, and from nowhere else', async () => {
    const { id, token: own } = await world.grant(GRANT);
    const carried = (line: string, target = '/openai/v1/chat/completions') =>
      rawChat(own, { target }).replace(`Authorization: Bearer ${own}`, line);
    const carriers = [`Authorization: Bearer ${own}`, `x-api-key: ${own}`, `x-goog-api-key: ${own}`];
    for (const line of carriers) await passes(carried(line));
    for (const line of [`Cookie: token=${own}`, `api-key: ${own}`, 'X-None: 1'])
      expect((await refused(carried(line))).statuses).toEqual([401]);
    const query = `/openai/v1/chat/completions?key=${own}&access_token=${own}`;
    expect((await refused(carried('X-None: 1', query))).statuses).toEqual([401]);
    await world.api('POST', `/grants/${id}/revoke`);
    for (const line of carriers) {
      const { statuses, text } = await refused(carried(line));
      expect(statuses).toEqual([401]);
      expect(text).toContain('token_revoked');
    }
  });

  it.each([
    ['a WebSocket', rawUpgrade('/v1/realtime', 'websocket')],
    ['HTTP/2 in the clear', rawUpgrade('/openai/v1/chat/completions', 'h2c')],
    ['a tunnel', 'CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n'],
  ])('A16 %s is refused and the connection ended', async (_name, bytes) => {
    const { statuses, text, closed } = await refused(bytes, 2000);
    expect(statuses[0]).toBeGreaterThanOrEqual(400);
    expect(statuses[0]).toBeLessThan(500);
    expect(/^allow:/m.test(text)).toBe(statuses[0] === 405);
    expect(closed).toBe(true);
  });

  it('A16 TRACE echoes nothing', async () => {
    const { statuses, text } = await refused(rawChat(token, { method: 'TRACE', body: '' }));
    expect(statuses[0]).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain(token);
  });
});

function rawUpgrade(target: string, protocol: string): string {
  return `GET ${target} HTTP/1.1\r\nHost: broker.test\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
}
