// A42 to A57 over HTTP: models, numbers, fields, references and encodings as an attacker writes them. What is checked is what is sent, and
// what can not be checked or bounded goes nowhere.

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectNotForwarded } from './not-forwarded.ts';
import { CHAT_TEXT, rawChat, sendRaw } from './raw-request.ts';
import { WORLDS, type World } from './worlds.ts';

const PARTS = [
  { provider: 'openai', models: ['gpt-4o-mini', 'gpt-4o-mini-transcribe'] },
  { provider: 'anthropic', models: ['claude-sonnet-4-6'] },
  { provider: 'google', models: ['gemini-2.5-flash'] },
].map((part) => ({
  ...part,
  capabilities: ['chat', 'audio'],
  limits: { monthly_spend: 5 },
}));

type Raw = NonNullable<Parameters<typeof rawChat>[1]>;
/** What stands in the case's row: its name, the request, the statuses it may be answered with, and what the answer names. */
type Case = readonly [name: string, request: Raw, statuses: readonly number[], code: string];

const chat = (more: object): Raw => ({ body: JSON.stringify({ ...JSON.parse(CHAT_TEXT), ...more }) });
const chatText = (members: string): Raw => ({ body: `{"messages":[],${members}}` });
const content = (part: object) => chat({ messages: [{ role: 'user', content: [part] }] });
const responses = (more: object): Raw => ({
  target: '/openai/v1/responses',
  body: JSON.stringify({ model: 'gpt-4o-mini', input: 'hi', ...more }),
});
const messages = (more: object): Raw => ({
  target: '/anthropic/v1/messages',
  body: JSON.stringify({ model: 'claude-sonnet-4-6', max_tokens: 9, messages: [], ...more }),
});
const gemini = (more: object, target = '/google/v1beta/models/gemini-2.5-flash:generateContent'): Raw => ({
  target,
  body: JSON.stringify({ contents: [{ parts: [{ text: 'hi' }] }], ...more }),
});
const part = (name: string, value: string, more = '') =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const audio = (size = 4) => part('file', 'R'.repeat(size), '; filename="a.wav"\r\nContent-Type: audio/wav');
const form = (...parts: string[]): Raw => ({
  target: '/openai/v1/audio/transcriptions',
  contentType: 'multipart/form-data; boundary=b',
  body: `${parts.join('')}--b--\r\n`,
});
const SMALL = 'gpt-4o-mini-transcribe';

const MODELS: readonly Case[] = [
  ...[
    ['A42 the wide model last', '"model":"gpt-4o-mini","model":"gpt-4o"'],
    ['A42 the wide model first', '"model":"gpt-4o","model":"gpt-4o-mini"'],
    ['A43 an escaped key', '"\\u006dodel":"gpt-4o","model":"gpt-4o-mini"'],
  ].map(([name = '', text = '']): Case => [name, chatText(text), [400], 'duplicate_key']),
  ...[
    'GPT-4O-MINI',
    ' gpt-4o-mini',
    'gpt-4o-mini\n',
    'gpt-4o-mini-latest',
    'gpt-4o-mini-2026-01-01',
    'ft:gpt-4o-mini:org::id',
    'openai/gpt-4o-mini',
    'models/gpt-4o-mini',
    'gpt-4o-mini:free',
  ].map(
    (model): Case => [
      `A44 the model ${JSON.stringify(model)}`,
      chat({ model }),
      [403],
      'model_not_permitted',
    ],
  ),
  [
    'A45 another model in the body than in the address',
    gemini({ model: 'models/gemini-2.5-pro' }),
    [400],
    'model',
  ],
  [
    'A45 another model in the address than in the body',
    gemini({ model: 'models/gemini-2.5-flash' }, '/google/v1beta/models/gemini-2.5-pro:generateContent'),
    [400, 403],
    'model',
  ],
  ['A46 two models', form(part('model', SMALL), part('model', 'whisper-1'), audio()), [400], 'duplicate'],
  ...['model ', 'Model', 'model[]'].map(
    (name): Case => [
      `A46 a second model named ${JSON.stringify(name)}`,
      form(part('model', SMALL), part(name, 'whisper-1'), audio()),
      [400],
      '',
    ],
  ),
  [
    'A46 another charset',
    form(part('model', SMALL, '\r\nContent-Type: text/plain; charset=utf-16'), audio()),
    [400],
    '',
  ],
  [
    'A46 a form that says its charset',
    {
      ...form(part('model', SMALL), audio()),
      contentType: 'multipart/form-data; boundary=b; charset=utf-16',
    },
    [415],
    '',
  ],
];

const ENCODINGS: readonly Case[] = [
  ...['gzip', 'deflate', 'br', 'gzip, gzip'].map(
    (coding): Case => [
      `A47 ${coding} said of plain JSON`,
      { headers: [`Content-Encoding: ${coding}`] },
      [415],
      'unsupported_media_type',
    ],
  ),
  [
    'A47 gzip indeed',
    {
      headers: ['Content-Encoding: gzip', `Content-Length: ${gzipSync(CHAT_TEXT).length}`],
      body: gzipSync(CHAT_TEXT).toString('latin1'),
    },
    [415],
    'unsupported_media_type',
  ],
  ['A51 JSON as text', { contentType: 'text/plain' }, [415], 'unsupported_media_type'],
  ['A51 JSON without a type', { contentType: null }, [415], 'unsupported_media_type'],
  [
    'A51 UTF-16 that says so',
    { contentType: 'application/json; charset=utf-16', body: Buffer.from(CHAT_TEXT, 'utf16le').toString() },
    [415],
    'unsupported_media_type',
  ],
  ['A51 UTF-16 that does not', { body: Buffer.from(CHAT_TEXT, 'utf16le').toString() }, [400], 'invalid_json'],
  ['A51 trailing bytes', { body: `${CHAT_TEXT}x` }, [400], 'invalid_json'],
  ['A51 a second value', { body: CHAT_TEXT + CHAT_TEXT }, [400], 'invalid_json'],
];

const NUMBERS = ['1e400', '-1', '1.5', '"100"', '9007199254740993', 'true'];
const SHAPES: readonly Case[] = [
  ...['max_tokens', 'n'].flatMap((field) =>
    NUMBERS.map(
      (value): Case => [
        `A48 ${field} of ${value}`,
        chatText(`"model":"gpt-4o-mini","${field}":${value}`),
        [400],
        'invalid_',
      ],
    ),
  ),
  [
    'A48 a prototype',
    chatText('"model":"gpt-4o-mini","__proto__":{"model":"gpt-4o"}'),
    [400],
    'invalid_json',
  ],
  ['A48 five million brackets', { body: '['.repeat(5_000_000) }, [400], 'invalid_json'],
  [
    'A48 a length of 200 MB',
    { headers: ['Content-Length: 200000000'], body: '{' },
    [413],
    'request_too_large',
  ],
  [
    'A49 two spellings',
    gemini({ generationConfig: { candidate_count: 1, candidateCount: 8 } }),
    [400],
    'candidate_count',
  ],
  [
    'A49 two spellings of the settings',
    gemini({ generation_config: {}, generationConfig: { maxOutputTokens: 999_999 } }),
    [400],
    'generation_config',
  ],
  ...['models', 'fallbacks', 'route', 'provider', 'plugins', 'mcp_servers', 'extra_body'].flatMap((field) =>
    [chat, responses, messages, gemini].map(
      (api): Case => [
        `A50 ${field} at ${api({}).target ?? 'chat'}`,
        api({ [field]: ['gpt-4o'] }),
        [400],
        'unknown_field',
      ],
    ),
  ),
];

const REFERENCES: readonly Case[] = [
  ...[
    responses({ previous_response_id: 'resp_other' }),
    responses({ conversation: 'conv_other' }),
    responses({ prompt: { id: 'pmpt_other' } }),
    content({ type: 'file', file: { file_id: 'file-other' } }),
    gemini({ cachedContent: 'cachedContents/other' }),
    ...['http://169.254.169.254/', 'https://10.0.0.1/', 'https://localhost/x'].map((url) =>
      content({ type: 'image_url', image_url: { url } }),
    ),
  ].map(
    (request): Case => [`A52 ${request.body?.slice(-60)}`, request, [403, 404], 'reference_not_permitted'],
  ),
  [
    'A52 a picture of 200 MB',
    {
      headers: ['Content-Length: 200000000'],
      body: '{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,',
    },
    [413],
    'request_too_large',
  ],
];

const SPEND: readonly Case[] = [
  [
    'A53 2,048 inputs without the capability',
    {
      target: '/openai/v1/embeddings',
      body: JSON.stringify({ model: 'gpt-4o-mini', input: Array(2048).fill('x') }),
    },
    [403],
    'capability_not_permitted',
  ],
  ...['web_search', 'code_interpreter', 'file_search', 'image_generation', 'computer_use', 'mcp'].map(
    (type): Case => [`A54 ${type}`, responses({ tools: [{ type }] }), [400, 403], ''],
  ),
  ['A56 background', responses({ background: true }), [403], 'operation_not_permitted'],
  ['A56 a stored answer', responses({ store: true }), [403], 'operation_not_permitted'],
  ['A56 a stored chat', chat({ store: true }), [403], 'operation_not_permitted'],
  ['A56 a batch', { target: '/openai/v1/batches' }, [403], 'operation_not_permitted'],
  ['A57 more output than any model has', chat({ max_tokens: 9_000_000_000 }), [400, 402, 403], ''],
];

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  beforeAll(async () => {
    world = await start();
  });
  afterAll(() => world?.close());

  it.each([...MODELS, ...ENCODINGS, ...SHAPES, ...REFERENCES, ...SPEND])(
    '%s is refused and goes nowhere',
    async (_name, request, statuses, code) => {
      const granted = await world.grant(...PARTS);
      // A connection that is closed after its answer has shown all of it.
      const bytes = rawChat(granted.token, {
        ...request,
        headers: [...(request.headers ?? []), 'Connection: close'],
      });
      for (const answer of await expectNotForwarded(world, granted, bytes)) {
        expect(answer.statuses).toHaveLength(1);
        expect(statuses).toContain(answer.statuses[0]);
        expect(answer.text).toContain(code);
      }
      expect(Object.hasOwn(Object.prototype, 'model')).toBe(false);
    },
  );

  const sent = async (request: Raw, parts: readonly object[] = PARTS) => {
    const { token } = await world.grant(...parts);
    const [url = ''] = world.urls;
    expect((await sendRaw(url, rawChat(token, request))).statuses).toEqual([200]);
    return world.simulators.flatMap(({ requests }) => requests.slice(-1));
  };

  it('A45 the address is made from the model that was checked', async () => {
    const requests = await sent(gemini({ model: 'models/gemini-2.5-flash' }));
    expect(requests.at(-1)?.target).toBe('/v1beta/models/gemini-2.5-flash:generateContent');
  });

  it('A46 a model after a file of 20 MB is found, and goes first and once', async () => {
    const [request] = await sent(form(audio(20_000_000), part('model', SMALL)));
    const head = request?.body.subarray(0, 1000).toString('latin1') ?? '';
    expect(head.match(/name="model"/g)).toHaveLength(1);
    expect(request?.body.subarray(1000).includes('name="model"')).toBe(false);
  });

  it('A53 a hundred answers are held for as a hundred', async () => {
    const granted = await world.grant({ ...PARTS[0], limits: { daily_spend: 0.01 } });
    const asked = (n: number) => rawChat(granted.token, chat({ n, max_tokens: 10_000 }));
    for (const { statuses, text } of await expectNotForwarded(world, granted, asked(100))) {
      expect(statuses).toEqual([402]);
      expect(text).toContain('insufficient_budget');
    }
    expect((await sendRaw(world.urls[0] ?? '', asked(1))).statuses).toEqual([200]);
  });

  it('A57 a cap that is missing is put in, as low as what is left', async () => {
    const [request] = await sent({ body: CHAT_TEXT.replace(',"max_tokens":10', '') }, [
      { provider: 'openai', models: ['gpt-4o-mini'], limits: { daily_spend: 0.001 } },
    ]);
    expect(JSON.parse(String(request?.body)).max_completion_tokens).toBeLessThan(2000);
  });

  it('A48 200 MB in chunks are refused once they are too many, in flat memory', async () => {
    const { token } = await world.grant(...PARTS);
    const before = world.seen();
    const rssBefore = process.memoryUsage().rss;
    const { status, sentBytes } = await streamBody(world.urls[0] ?? '', token, 200_000_000);
    expect(status).toBe(413);
    // What the sockets buffer on the way comes on top of the 32 MB that are read.
    expect(sentBytes).toBeLessThan(100_000_000);
    expect(process.memoryUsage().rss - rssBefore).toBeLessThan(200_000_000);
    expect(world.seen()).toEqual(before);
  });

  it('A48 a length that is too short leaves the rest of the body a bad request', async () => {
    const { token } = await world.grant(...PARTS);
    const before = world.seen();
    const bytes = rawChat(token, { headers: ['Content-Length: 5'] });
    const { statuses } = await sendRaw(world.urls[0] ?? '', bytes);
    for (const status of statuses) expect(status).toBe(400);
    expect(statuses.length).toBeGreaterThan(0);
    expect(world.seen()).toEqual(before);
  });
});

const MEGABYTE = 1_000_000;

/** Sends `size` bytes of white space in chunks, or as many as are taken before an answer comes. */
async function streamBody(url: string, token: string, size: number) {
  let sentBytes = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sentBytes >= size) return controller.close();
      sentBytes += MEGABYTE;
      controller.enqueue(new Uint8Array(MEGABYTE).fill(32));
    },
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
  const { status } = await fetch(`${url}/openai/v1/chat/completions`, init);
  return { status, sentBytes };
}
