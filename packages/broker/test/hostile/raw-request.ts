// One request as the bytes say, without a client that would repair it, and what came back.

import { connect } from 'node:net';

/** What a connection answered until it was closed, or went quiet for `quietMs`. */
export interface RawAnswer {
  /** Status of each answer, in order; empty when the connection was closed without one. */
  readonly statuses: readonly number[];
  readonly text: string;
  readonly closed: boolean;
}

const QUIET_MS = 400;
const STEPS = 8;

/** Sends `bytes` to the process at `url` on a connection of its own. */
export const sendRaw = (url: string, bytes: string, quietMs = QUIET_MS): Promise<RawAnswer> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const chunks: Buffer[] = [];
    let quiet: NodeJS.Timeout | undefined;
    const socket = connect(Number(port), hostname, () => {
      socket.write(Buffer.from(bytes, 'latin1'));
      wait();
    });
    const finish = (closed: boolean) => {
      clearTimeout(quiet);
      socket.destroy();
      const text = Buffer.concat(chunks).toString('latin1');
      const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
      resolve({ statuses, text, closed });
    };
    // Only a connection that stays open ends by this; the first answer may take long on a busy machine. In short steps: where this process
    // stood still, what has come meanwhile is read before the next.
    const wait = (steps = STEPS) => {
      clearTimeout(quiet);
      const ms = (chunks.length > 0 ? quietMs : 20 * quietMs) / STEPS;
      quiet = setTimeout(() => (steps > 1 ? wait(steps - 1) : finish(false)), ms);
    };
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      wait();
    });
    socket.on('error', () => {});
    socket.on('close', () => finish(true));
  });

/** A chat request with the lines and the body given, of the right length unless `headers` say another. */
export const rawChat = (
  token: string,
  {
    target = '/openai/v1/chat/completions',
    method = 'POST',
    headers = [] as readonly string[],
    contentType = 'application/json' as string | null,
    body = CHAT_TEXT,
  } = {},
): string => {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(headers.some((line) => /^host:/i.test(line)) ? [] : ['Host: broker.test']),
    `Authorization: Bearer ${token}`,
    ...(contentType === null ? [] : [`Content-Type: ${contentType}`]),
    ...(headers.some((line) => /^(content-length|transfer-encoding):/i.test(line))
      ? []
      : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
};

/** A chat that passes. */
export const CHAT_TEXT = JSON.stringify({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'hello' }],
  max_tokens: 10,
});
