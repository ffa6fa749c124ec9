// A provider that costs next to nothing, so that what is measured is the proxy before it: answers chat completions with fixed bytes, or
// with a stream that the request's `user` steers (`n160-i50`: 160 chunks, 50 ms apart). Refuses every key but its own, which proves that
// a broker swapped it. A process of its own: `node mock-provider.ts PORT KEY`.

import { createServer, type Socket } from 'node:net';

const [port = '0', key = ''] = process.argv.slice(2);

const USAGE = { prompt_tokens: 200, completion_tokens: 62, total_tokens: 262 };
const COMMON = { id: 'chatcmpl-bench', created: 1_790_000_000, model: 'gpt-4o-mini-2024-07-18' };
const TEXT = 'The release moves to the second week; the importer and delegated access are open. '.repeat(4);
const ANSWER = JSON.stringify({
  ...COMMON,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }],
  usage: USAGE,
});

const whole = (status: string, body: string): Buffer =>
  Buffer.from(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
const GOOD = whole('200 OK', ANSWER);
const BAD_KEY = whole('401 Unauthorized', '{"error":{"message":"bad key"}}');

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';
const event = (data: string): string => {
  const text = `data: ${data}\n\n`;
  return `${text.length.toString(16)}\r\n${text}\r\n`;
};
const [BEFORE, AFTER] = JSON.stringify({
  ...COMMON,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content: '@' }, finish_reason: null }],
  usage: null,
}).split('@') as [string, string];
const LAST =
  event(JSON.stringify({ ...COMMON, object: 'chat.completion.chunk', choices: [], usage: USAGE })) +
  event('[DONE]') +
  '0\r\n\r\n';

/** The time at which it is written stands in each chunk; the clock is the same for every process of the machine. */
const chunk = (): string => event(`${BEFORE}@${process.hrtime.bigint() / 1000n}@${AFTER}`);

const stream = (socket: Socket, chunks: number, intervalMs: number): void => {
  let sent = 1;
  socket.write(HEAD + chunk());
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else if (sent++ < chunks) socket.write(chunk());
    else {
      clearInterval(timer);
      socket.write(LAST);
    }
  }, intervalMs);
};

const answer = (socket: Socket, head: string, body: string): void => {
  const steer = /"user":"n(\d+)-i(\d+)"/.exec(body);
  if (!head.includes(`Bearer ${key}\r\n`)) socket.write(BAD_KEY);
  else if (steer && body.includes('"stream":true')) stream(socket, Number(steer[1]), Number(steer[2]));
  else socket.write(GOOD);
};

const serve = (socket: Socket): void => {
  let kept: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    kept = kept.length > 0 ? Buffer.concat([kept, bytes]) : bytes;
    const headEnd = kept.indexOf('\r\n\r\n') + 4;
    if (headEnd < 4) return;
    const head = kept.toString('latin1', 0, headEnd);
    const end = headEnd + Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (kept.length < end) return;
    // Only the end of a body steers; a long prompt is not read again.
    const body = kept.toString('latin1', Math.max(headEnd, end - 400), end);
    kept = kept.subarray(end);
    answer(socket, head, body);
  });
};

createServer(serve).listen(Number(port), '127.0.0.1', 4096);
