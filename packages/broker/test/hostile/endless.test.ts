// A80 and A81: what a provider sends without end, without measure, or packed. The call ends at its bounds, is charged its ceiling, and the
// process keeps no more memory than before. A79: so it is with callers that send or read as slowly as they can.

import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CHAT_TEXT, rawChat } from './raw-request.ts';
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts';
import { WORLDS, type World } from './worlds.ts';

const HOUR_MS = 3_600_000;
const MEGABYTE = 1_000_000;
/** How many callers are slow at once; 2,000 by hand. */
const SLOW = Number(process.env.SLOW_SOCKETS ?? 60);
const STREAM_TEXT = CHAT_TEXT.replace('{', '{"stream":true,');
const DELTA = 'data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n';

/** Writes `piece` as fast as it is taken, or every `everyMs`, until nobody takes it. */
const forever = (response: ServerResponse, piece: Buffer | string, everyMs = 0): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const write = () => {
    if (response.destroyed) return;
    if (everyMs > 0) {
      response.write(piece);
      setTimeout(write, everyMs);
    } else if (response.write(piece)) setImmediate(write);
    else response.once('drain', write);
  };
  write();
};

/** Reads an answer to its end and keeps its last bytes only. */
const tailOf = async (response: Response): Promise<string> => {
  let tail = '';
  const decoder = new TextDecoder('latin1');
  for await (const chunk of response.body ?? []) tail = (tail + decoder.decode(chunk)).slice(-1000);
  return tail;
};

const rss = () => process.memoryUsage().rss;

/** Starts a world for the cases of one block, whose provider is `upstream`; the clock can be moved where one process has it to itself. */
const openCases = (start: (typeof WORLDS)[number][1], clock = { offsetMs: 0 }) => {
  let upstream: RawUpstream;
  let world: World;
  beforeAll(async () => {
    upstream = await startRawUpstream();
    world = await start({
      ambient: {
        now: () => Date.now() + clock.offsetMs,
        randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
      },
      env: { VALETKEY_UPSTREAM_OPENAI: upstream.origin },
    });
  });
  afterAll(async () => {
    await world?.close();
    await upstream?.close();
  });

  const granted = () => world.grant({ provider: 'openai', limits: { monthly_spend: 5 } });
  const ask = (token: string, body: string) =>
    fetch(`${world.urls.at(-1)}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    });
  const outcomeOf = (id: string) =>
    vi.waitFor(
      async () => {
        const [call] = (await world.api('GET', `/grants/${id}/calls`)).body.data;
        expect(call?.status).not.toBe('admitted');
        return call.status;
      },
      { timeout: 20_000 },
    );
  return { upstream: () => upstream, world: () => world, granted, ask, outcomeOf };
};

describe.each(WORLDS)('%s', (_form, start) => {
  const { upstream, world, granted, ask, outcomeOf } = openCases(start);

  it.each([
    ['a line without end', Buffer.alloc(MEGABYTE, 'x')],
    ['pieces without end', Buffer.from(DELTA.repeat(18_000))],
  ])('A80 %s: ends at the most bytes, at the ceiling, in flat memory', async (_name, piece) => {
    upstream().answer = (_request, response) => forever(response, piece);
    const { id, token } = await granted();
    const before = rss();
    expect(await tailOf(await ask(token, STREAM_TEXT))).toContain('upstream_invalid');
    expect(await outcomeOf(id)).toBe('ceiling');
    expect(rss() - before).toBeLessThan(200 * MEGABYTE);
  });

  const bomb = gzipSync(Buffer.alloc(100 * MEGABYTE));
  it.each([
    ['100 MB in a hundredth', 'gzip', bomb],
    ['twice', 'gzip, gzip', gzipSync(bomb)],
    ['a thousand times', Array(1000).fill('gzip').join(', '), bomb],
    ['by a coding of nobody', 'x', bomb],
  ])(
    'A81 an answer packed %s is not unpacked: asked for plain, refused, at the ceiling',
    async (_name, coding, body) => {
      let accepted: string | undefined;
      upstream().answer = (request, response) => {
        accepted = String(request.headers['accept-encoding']);
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding }).end(body);
      };
      const { id, token } = await granted();
      const before = rss();
      const response = await ask(token, CHAT_TEXT);
      expect([response.status, await response.text()]).toEqual([
        502,
        expect.stringContaining('upstream_invalid'),
      ]);
      expect(accepted).toBe('identity');
      expect(await outcomeOf(id)).toBe('ceiling');
      expect(rss() - before).toBeLessThan(80 * MEGABYTE);
    },
  );

  it('A79 slow callers keep nobody waiting, and those that never finish their headers are put out', async () => {
    upstream().answer = (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
    const { token } = await granted();
    const alone = await p99(() => ask(token, CHAT_TEXT));
    const callers = Array.from({ length: SLOW }, (_, index) =>
      slowCaller(world().urls[index % world().urls.length] ?? '', token, index % 2 === 0 ? 'header' : 'body'),
    );
    await Promise.all(callers.map(({ connected }) => connected));
    const before = rss();
    // Who waited for one of them would wait for seconds; the floor is what a busy machine does to fifty requests.
    expect(await p99(() => ask(token, CHAT_TEXT))).toBeLessThan(Math.max(2 * alone, 2000));
    for (const { ended, kind } of callers) if (kind === 'header') expect(await ended).toBe('408');
    expect(rss() - before).toBeLessThan(100 * MEGABYTE);
    for (const { socket } of callers) socket.destroy();
  }, 240_000);
});

describe('one process, an hour later', () => {
  const clock = { offsetMs: 0 };
  const { upstream, world, granted, ask, outcomeOf } = openCases(WORLDS[0]![1], clock);

  it.each([
    ['comments', ': ping\n\n'],
    ['one piece at a time', DELTA],
  ])('A80 a stream of %s ends at the longest duration, at the ceiling', async (_name, piece) => {
    upstream().answer = (_request, response) => forever(response, piece, 20);
    const { id, token } = await granted();
    const response = await ask(token, STREAM_TEXT);
    const tail = tailOf(response);
    clock.offsetMs += HOUR_MS + 1000;
    expect(await tail).toContain('upstream_timeout');
    expect(await outcomeOf(id)).toBe('ceiling');
  });

  it('A79 a caller that never reads holds back its own stream alone', async () => {
    let pieces = 0;
    upstream().answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const write = (): unknown => {
        pieces += 1;
        if (response.destroyed) return;
        return response.write(DELTA.repeat(18_000)) ? setImmediate(write) : response.once('drain', write);
      };
      write();
    };
    const { id, token } = await granted();
    const { hostname, port } = new URL(world().urls.at(-1) ?? '');
    const before = rss();
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.write(rawChat(token, { body: STREAM_TEXT }));
    // It has stopped when it stands still for as many looks.
    let [last, looks] = [-1, 0];
    await vi.waitFor(
      () => {
        looks = pieces > 1 && pieces === last ? looks + 1 : 0;
        last = pieces;
        expect(looks).toBeGreaterThan(5);
      },
      { timeout: 30_000, interval: 100 },
    );
    expect(pieces).toBeLessThan(60);
    expect(rss() - before).toBeLessThan(150 * MEGABYTE);
    clock.offsetMs += HOUR_MS + 1000;
    expect(await outcomeOf(id)).toBe('ceiling');
    socket.destroy();
  });
});

const ANSWER = JSON.stringify({
  id: 'x',
  object: 'chat.completion',
  model: 'gpt-4o-mini',
  choices: [],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

/** Milliseconds that 99 of a hundred requests took at most. */
async function p99(send: () => Promise<Response>): Promise<number> {
  const took: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    const startedAt = performance.now();
    const response = await send();
    await response.arrayBuffer();
    expect(response.status).toBe(200);
    took.push(performance.now() - startedAt);
  }
  return took.sort((a, b) => a - b)[Math.ceil(took.length * 0.99) - 1] ?? 0;
}

interface SlowCaller {
  readonly kind: 'header' | 'body';
  readonly socket: Socket;
  readonly connected: Promise<void>;
  /** The status it was put out with. */
  readonly ended: Promise<string>;
}

/** Sends one byte in five seconds, of a header or of a body, for as long as it is let. */
function slowCaller(url: string, token: string, kind: 'header' | 'body'): SlowCaller {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  const head = `POST /openai/v1/chat/completions HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer ${token}\r\n`;
  const body = 'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n';
  const begun = kind === 'header' ? `${head}X-Slow: ` : head + body;
  const connected = new Promise<void>((resolve) =>
    socket.once('connect', () => socket.write(begun, () => resolve())),
  );
  const pace = setInterval(() => socket.write('x'), 5000);
  const ended = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(pace);
      resolve(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? '');
    });
  });
  return { kind, socket, connected, ended };
}
