// What a script can do to an answer: every fault, hold and distortion, seen from a plain client; and what it means for the bill.

import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Fault, type Rule, type Simulator, startSimulator } from '../index.ts';

let sim: Simulator;

beforeAll(async () => {
  sim = await startSimulator({ provider: 'openai', prices: { 'gpt-5': { input: 1.25e9, output: 10e9 } } });
});
afterEach(() => sim.reset());
afterAll(() => sim.close());

const body = (stream: boolean) =>
  JSON.stringify({
    model: 'gpt-5',
    messages: [{ role: 'user', content: 'Twelve bytes' }],
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
  });

const call = (stream: boolean, signal?: AbortSignal): Promise<Response> =>
  fetch(`${sim.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-canary' },
    body: body(stream),
    redirect: 'manual',
    ...(signal ? { signal } : {}),
  });

/** The bytes of an answer that could be read, and whether it ended cleanly. */
async function read(stream: boolean): Promise<{ text: string; clean: boolean }> {
  let text = '';
  try {
    const response = await call(stream);
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
    return { text, clean: true };
  } catch {
    return { text, clean: false };
  }
}

const events = (text: string): number => text.split('\n\n').length - 1;

describe('refusals', () => {
  it.each([401, 403, 429, 500, 529])(
    'answers %i in the form of the provider and bills nothing',
    async (status) => {
      sim.script({ fault: { kind: 'status', status }, headers: { 'retry-after': '7' } });
      const response = await call(false);
      expect(response.status).toBe(status);
      expect(response.headers.get('retry-after')).toBe('7');
      expect(await response.json()).toMatchObject({ error: { message: /told to answer/ } });
      expect(sim.bill).toHaveLength(0);
      expect(sim.requests[0]?.outcome).toBe('refused');
    },
  );

  it('echoes the key when told to', async () => {
    sim.script({ fault: { kind: 'status', status: 401, echoKey: true } });
    const response = await call(false);
    expect(response.headers.get('x-echoed-key')).toBe('sk-canary');
    expect(await response.text()).toContain('sk-canary');
  });

  it('redirects', async () => {
    sim.script({ fault: { kind: 'redirect', location: 'http://127.0.0.1:1/elsewhere' } });
    const response = await call(false);
    expect([response.status, response.headers.get('location')]).toEqual([
      307,
      'http://127.0.0.1:1/elsewhere',
    ]);
    expect(sim.bill).toHaveLength(0);
  });

  it('accepts only the expected key and the listed models', async () => {
    const strict = await startSimulator({ provider: 'openai', expectedKey: 'sk-right', models: ['gpt-5'] });
    const client = (apiKey: string) => new OpenAI({ apiKey, baseURL: strict.url, maxRetries: 0 });
    const ask = (key: string, model: string) =>
      client(key).chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }] });
    await expect(ask('sk-wrong', 'gpt-5')).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    await expect(ask('sk-right', 'gpt-6')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    expect((await ask('sk-right', 'gpt-5')).choices).toHaveLength(1);
    expect(strict.bill).toHaveLength(1);
    await strict.close();
  });
});

describe('cut answers', () => {
  const anonymous = (text: string) => text.replaceAll(/req_openai_\d+/g, 'id');

  it.each<[string, Fault, (text: string) => boolean, boolean]>([
    ['reset before any byte', { kind: 'reset', at: 'start' }, (text) => text === '', false],
    ['reset after headers', { kind: 'reset', at: 'headers' }, (text) => text === '', false],
    ['reset after 3 events', { kind: 'reset', at: { events: 3 } }, (text) => events(text) === 3, false],
    ['reset at byte 100', { kind: 'reset', at: { bytes: 100 } }, (text) => text.length === 100, false],
    ['truncate after 3 events', { kind: 'truncate', at: { events: 3 } }, (text) => events(text) === 3, true],
    ['truncate at byte 1', { kind: 'truncate', at: { bytes: 1 } }, (text) => text === 'd', true],
  ])(
    '%s: nothing before the fault is lost, nothing after it is sent',
    async (_name, fault, expected, clean) => {
      sim.script({ fault });
      const got = await read(true);
      expect(expected(got.text)).toBe(true);
      expect(got.clean).toBe(clean);
      expect(sim.bill).toMatchObject([{ completed: false, usage: { input: 3, output: 13 } }]);
      const whole = await read(true);
      expect(anonymous(whole.text).startsWith(anonymous(got.text))).toBe(true);
    },
  );

  it.each(['reset', 'truncate'] as const)(
    '%s inside an answer with a length is an error to the caller',
    async (kind) => {
      sim.script({ fault: { kind, at: { bytes: 10 } } });
      expect((await read(false)).clean).toBe(false);
    },
  );

  it('stalls until the caller leaves', async () => {
    sim.script({ fault: { kind: 'stall', at: { events: 2 } } });
    const leaving = new AbortController();
    const response = await call(true, leaving.signal);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (events(text) < 2) text += (await reader.read()).value;
    leaving.abort();
    await expect.poll(() => sim.requests[0]?.outcome).toBe('caller-gone');
    expect(sim.bill[0]?.completed).toBe(false);
  });

  it('breaks off with an error event', async () => {
    sim.script({ fault: { kind: 'error-event', afterEvents: 2, message: 'Overloaded' } });
    const { text, clean } = await read(true);
    expect(clean).toBe(true);
    expect(events(text)).toBe(3);
    expect(text).toMatch(/"Overloaded"[^\n]*\n\n$/);
    expect(sim.requests[0]?.outcome).toBe('cut');
  });

  it('is billed or not as scripted', async () => {
    sim.script(
      { fault: { kind: 'reset', at: 'start' }, billed: false },
      { fault: { kind: 'status', status: 500 }, billed: true },
    );
    await read(true);
    await read(true);
    expect(sim.bill).toHaveLength(1);
  });
});

describe('holds and pace', () => {
  it('holds an answer at a point until it is released', async () => {
    sim.script({ hold: { events: 2 } });
    let done = false;
    const reading = read(true).finally(() => {
      done = true;
    });
    await sim.held();
    expect([done, sim.requests[0]?.outcome]).toEqual([false, 'pending']);
    sim.release();
    expect((await reading).text).toMatch(/\[DONE\]\n\n$/);
  });

  it('holds many answers before their first byte', async () => {
    sim.hold();
    const answers = Promise.all([read(false), read(true), read(false)]);
    await sim.held(3);
    expect(sim.requests.map(({ bytesSent }) => bytesSent)).toEqual([0, 0, 0]);
    sim.release();
    expect((await answers).every(({ clean }) => clean)).toBe(true);
    expect((await read(false)).clean).toBe(true);
  });

  it('lets a caller who leaves go, and knows it', async () => {
    sim.hold('headers');
    const leaving = new AbortController();
    const calling = call(true, leaving.signal).then((response) => response.text());
    await sim.held();
    leaving.abort();
    await expect(calling).rejects.toThrow();
    await expect.poll(() => sim.requests[0]?.outcome).toBe('caller-gone');
  });

  it('paces a stream', async () => {
    sim.script({ text: 'ab', chunks: 2, gapMs: 4 });
    const before = performance.now();
    await read(true);
    expect(performance.now() - before).toBeGreaterThan(4 * 5);
  });
});

describe('distortions', () => {
  it.each([1, 3, 1_000_000])(
    'cuts the stream into writes of %i bytes without changing one',
    async (writeBytes) => {
      const text = 'Grüße 👋 an alle';
      sim.script({ text }, { text, writeBytes });
      const [first, second] = [await read(true), await read(true)];
      const stable = (answer: string) => answer.replaceAll(/req_openai_\d+/g, '');
      expect(stable(second.text)).toBe(stable(first.text));
    },
  );

  it.each(['gzip', 'deflate', 'br'] as const)('encodes as %s', async (encoding) => {
    sim.script({ encoding, times: 2 });
    expect((await read(true)).text).toMatch(/\[DONE\]/);
    expect(JSON.parse((await read(false)).text)).toMatchObject({ usage: { prompt_tokens: 3 } });
  });

  it.each<[string, NonNullable<Rule['reportUsage']>, unknown]>([
    ['absent', () => undefined, undefined],
    ['null', () => null, null],
    ['negative', (usage) => ({ ...usage, prompt_tokens: -5 }), { prompt_tokens: -5 }],
    ['text', (usage) => ({ ...usage, prompt_tokens: 'NaN' }), { prompt_tokens: 'NaN' }],
    ['huge', (usage) => ({ ...usage, prompt_tokens: 1e18 }), { prompt_tokens: 1e18 }],
  ])('reports %s usage, while the bill stays true', async (_name, reportUsage, wire) => {
    sim.script({ reportUsage });
    const { usage } = JSON.parse((await read(false)).text);
    if (typeof wire === 'object' && wire !== null) expect(usage).toMatchObject(wire);
    else expect(usage).toBe(wire);
    expect(sim.bill[0]?.usage).toMatchObject({ input: 3, output: 13 });
  });
});

describe('records', () => {
  it('keeps every byte of a request: on its connection, in its head and in its body', async () => {
    await read(false);
    const [request] = sim.requests;
    expect(request).toMatchObject({
      method: 'POST',
      target: '/v1/chat/completions',
      complete: true,
      model: 'gpt-5',
    });
    expect(request?.key).toEqual({ value: 'sk-canary', carrier: 'authorization' });
    expect(request?.body.toString()).toBe(body(false));
    const raw = sim.connections.map(({ bytes }) => bytes().toString()).join('');
    const last = raw.slice(raw.lastIndexOf('POST /v1/chat/completions HTTP/1.1\r\n'));
    expect(last).toContain('Bearer sk-canary');
    expect(last.endsWith(body(false))).toBe(true);
  });

  it('knows an upload that was broken off, and bills nothing', async () => {
    const stream = new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode('{"model":'));
        await expect.poll(() => sim.requests.length).toBe(1);
        controller.error(new Error('the caller broke off'));
      },
    });
    const request = { method: 'POST', body: stream, duplex: 'half' } as RequestInit;
    await expect(fetch(`${sim.url}/chat/completions`, request)).rejects.toThrow();
    await expect.poll(() => sim.requests[0]?.outcome).toBe('caller-gone');
    expect(sim.requests[0]?.complete).toBe(false);
    expect(sim.bill).toHaveLength(0);
  });

  it('bills in nanos what it answered, by its own price list', async () => {
    await read(false);
    sim.script({ usage: { input: 1, output: 0 } });
    await read(true);
    const { totalNanos, byRequest } = sim.billNanos();
    expect([...byRequest.values()]).toEqual([133_750, 1250]);
    expect(totalNanos).toBe(135_000);
    expect(sim.counters()).toMatchObject({ requests: 2, answered: 2, billed: 2 });
  });

  it('matches rules by operation, model and stream, each as often as told', async () => {
    sim.script(
      { when: { operation: 'embeddings' }, text: 'never' },
      { when: { model: 'gpt-5', stream: true }, text: 'streamed' },
      { when: (one) => !one.stream, text: 'twice', times: 2 },
    );
    const texts = [];
    for (let at = 0; at < 3; at += 1)
      texts.push(JSON.parse((await read(false)).text).choices[0].message.content);
    expect(texts.slice(0, 2)).toEqual(['twice', 'twice']);
    expect(texts[2]).toContain('simulated');
    expect((await read(true)).text).toContain('streamed');
  });
});
