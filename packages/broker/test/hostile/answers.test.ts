// A58, A61 and A62: a provider that keeps back its usage, shows the key, or sends headers that are not the caller's business. In each the
// caller gets neither, and the call is charged for what it may have cost.

import { searchCanary } from '@valetkey/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CHAT_TEXT } from './raw-request.ts';
import { WORLDS, type World } from './worlds.ts';

const PARTS = ['openai', 'anthropic', 'google'].map((provider) => ({
  provider,
  limits: { monthly_spend: 5 },
}));
const HELLO = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] };
const MESSAGE = { model: 'claude-sonnet-4-6', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] };
/** One call of each provider, whole and as a stream; `at` is the provider's place among the simulators. */
const CALLS = [
  ['openai', 0, '/openai/v1/chat/completions', CHAT_TEXT],
  ['anthropic', 1, '/anthropic/v1/messages', JSON.stringify(MESSAGE)],
  ['google', 2, '/google/v1beta/models/gemini-2.5-flash:generateContent', JSON.stringify(HELLO)],
] as const;
const STREAMS = [
  ['openai', 0, '/openai/v1/chat/completions', CHAT_TEXT.replace('{', '{"stream":true,')],
  ['anthropic', 1, '/anthropic/v1/messages', JSON.stringify({ ...MESSAGE, stream: true })],
  [
    'google',
    2,
    '/google/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
    JSON.stringify(HELLO),
  ],
] as const;

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  let turn = 0;
  beforeAll(async () => {
    world = await start();
  });
  afterAll(() => world?.close());

  const ask = async (path: string, body: string) => {
    const { id, token } = await world.grant(...PARTS);
    const url = world.urls[turn++ % world.urls.length] ?? '';
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(url + path, { method: 'POST', headers, body });
    const text = await response.text();
    const shown = `${JSON.stringify([...response.headers])} ${text}`;
    expect(world.keys.flatMap((key) => searchCanary(shown, key))).toEqual([]);
    const outcome = () =>
      vi.waitFor(async () => {
        const [call] = (await world.api('GET', `/grants/${id}/calls`)).body.data;
        expect(call?.status).not.toBe('admitted');
        return call;
      }, 20_000);
    return { status: response.status, headers: response.headers, text, outcome };
  };

  describe('A58 usage is asked for whatever the caller says', () => {
    const asked = (more: string) => CHAT_TEXT.replace('{', `{"stream":true,${more}`);
    it.each([
      ['nothing of it', asked('')],
      ['that it wants none', asked('"stream_options":{"include_usage":false},')],
    ])('who says %s sees no chunk of it, and is charged by it', async (_name, body) => {
      const { text, outcome } = await ask('/openai/v1/chat/completions', body);
      const sent = JSON.parse(String(world.simulators[0]?.requests.at(-1)?.body));
      expect(sent.stream_options).toEqual({ include_usage: true });
      expect(text).not.toContain('"total_tokens"');
      expect(text).toContain('[DONE]');
      expect(await outcome()).toMatchObject({ status: 'settled' });
    });

    it('who says both is refused', async () => {
      const both = '"stream_options":{"include_usage":false},"stream_options":{"include_usage":true},';
      const before = world.seen();
      const { status, text } = await ask('/openai/v1/chat/completions', asked(both));
      expect([status, text]).toEqual([400, expect.stringContaining('duplicate_key')]);
      expect(world.seen()).toEqual(before);
    });

    it('and where none comes the ceiling is charged', async () => {
      world.simulators[0]?.script({ usageIn: 'nowhere' });
      const { outcome } = await ask('/openai/v1/chat/completions', asked(''));
      expect(await outcome()).toMatchObject({ status: 'ceiling' });
    });
  });

  describe('A61 a key that the provider shows', () => {
    const keyOf = (name: string) => world.keys[CALLS.findIndex(([each]) => each === name)] ?? '';

    it.each(CALLS)('%s: in its refusal, whole or in part', async (name, at, path, body) => {
      const half = keyOf(name).slice(0, keyOf(name).length / 2);
      for (const fault of [
        { kind: 'status', status: 401, echoKey: true },
        { kind: 'status', status: 401, message: `Incorrect API key provided: ${half}****` },
      ] as const) {
        world.simulators[at]?.script({ fault });
        const { status, text } = await ask(path, body);
        expect(status).toBe(502);
        expect(text).toContain('refused the key behind this access');
      }
    });

    it.each(CALLS)('%s: in another error, in a header, in an answer', async (name, at, path, body) => {
      const simulator = world.simulators[at];
      simulator?.script(
        { fault: { kind: 'status', status: 400, echoKey: true } },
        { fault: { kind: 'status', status: 500, echoKey: true }, writeBytes: 7 },
        { headers: { 'x-request-id': keyOf(name), 'request-id': keyOf(name) } },
        { text: `Your key is ${keyOf(name)}.` },
      );
      expect((await ask(path, body)).status).toBe(400);
      expect((await ask(path, body)).status).toBe(500);
      expect((await ask(path, body)).status).toBe(200);
      expect((await ask(path, body)).text).toContain('*****');
    });

    it.each(CALLS)('%s: a part of it, in another error and in an answer', async (name, at, path, body) => {
      const key = keyOf(name);
      for (const part of [key.slice(0, 20), key.slice(-20), key.slice(4, 20)]) {
        const message = `Your key ${part}... is not allowed.`;
        world.simulators[at]?.script({ fault: { kind: 'status', status: 403, message } }, { text: message });
        for (let round = 0; round < 2; round += 1) {
          const { text } = await ask(path, body);
          expect(text).not.toContain(part);
          expect(text).toContain('****************');
        }
      }
    });

    it.each(STREAMS)('%s: in a stream, also cut in two, and in its error', async (name, at, path, body) => {
      const text = `Your key is ${keyOf(name)}.`;
      const error = { kind: 'error-event', afterEvents: 1, message: text } as const;
      world.simulators[at]?.script(
        { text, chunks: 1 },
        { text, chunks: 1, writeBytes: 11 },
        { fault: error, writeBytes: 11 },
      );
      for (let round = 0; round < 3; round += 1) expect((await ask(path, body)).text).toContain('*****');
    });
  });

  it.each([...CALLS, ...STREAMS])(
    'A62 %s: only headers of the list pass (%#)',
    async (name, at, path, body) => {
      const key = world.keys[CALLS.findIndex(([each]) => each === name)] ?? '';
      const hostile = {
        'set-cookie': 'a=b',
        'openai-organization': 'org-x',
        'openai-project': 'proj-x',
        'anthropic-organization-id': 'org-x',
        'x-api-key': key,
        server: 'x',
        via: '1.1 x',
        'alt-svc': 'h3=":443"',
        'x-ratelimit-remaining-tokens': '1',
        'anthropic-ratelimit-tokens-remaining': '1',
        location: world.evil.origin,
        link: '<https://evil.test>; rel="preload"',
        refresh: '0;url=https://evil.test',
        'access-control-allow-origin': 'https://evil.test',
        'access-control-allow-credentials': 'true',
        'content-security-policy': 'x',
        'strict-transport-security': 'x',
      };
      world.simulators[at]?.script({ headers: hostile });
      const { status, headers } = await ask(path, body);
      expect(status).toBe(200);
      const passed = Object.keys(hostile).filter((header) => headers.has(header));
      expect(passed).toEqual(['access-control-allow-origin']);
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(world.evil.connections()).toBe(0);
    },
  );
});
