// The simulator's memory of what reached it: every connection with its raw bytes, every request.
// It keeps the bytes as they came, so that a test may search them for keys; it MUST NOT interpret them.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** One TCP connection that a caller opened. */
export interface ConnectionRecord {
  /** 1 for the first, and so on. */
  readonly id: number;
  /** Every byte received so far, in order. */
  readonly bytes: () => Buffer;
  closed: boolean;
}

/** How an answer ended: `refused` by an error status, `cut` by a fault, or the caller left before the end. */
export type Outcome = 'pending' | 'answered' | 'refused' | 'cut' | 'caller-gone';

/** One HTTP request that arrived. */
export interface RequestRecord {
  /** The id on the answer, and in the bill. */
  readonly id: string;
  /** The connection's id. */
  readonly connection: number;
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Header names in lower case; several values joined as Node does. */
  readonly headers: IncomingMessage['headers'];
  /** Names and values in turn, as sent. */
  readonly rawHeaders: readonly string[];
  /** The body's bytes as received, before any decoding. */
  body: Buffer;
  /** True once the whole body arrived. */
  complete: boolean;
  /** The operation it was read as; undefined for a path that the provider does not have. */
  operation: string | undefined;
  model: string | undefined;
  /** The credential, and where it came from. */
  readonly key: Credential | undefined;
  outcome: Outcome;
  /** Body bytes of the answer handed to the connection. */
  bytesSent: number;
}

/** A key found in a request. */
export interface Credential {
  readonly value: string;
  readonly carrier: 'authorization' | 'x-api-key' | 'x-goog-api-key' | 'query';
}

/** The records of one simulator. */
export interface Recorder {
  readonly connections: ConnectionRecord[];
  readonly requests: RequestRecord[];
  connect(socket: Socket): void;
  open(message: IncomingMessage): RequestRecord;
  clear(): void;
}

/** An empty record whose request ids start with `prefix`. Ids and numbers are never used twice, even after `clear`. */
export function createRecorder(prefix: string): Recorder {
  const ids = new WeakMap<Socket, number>();
  const connections: (ConnectionRecord & { forget(): void })[] = [];
  const requests: RequestRecord[] = [];
  let connectionCount = 0;
  let requestCount = 0;
  return {
    connections,
    requests,
    connect(socket) {
      let chunks: Buffer[] = [];
      const forget = () => {
        chunks = [];
      };
      const record = { id: ++connectionCount, bytes: () => Buffer.concat(chunks), closed: false, forget };
      ids.set(socket, record.id);
      connections.push(record);
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('error', () => {});
      socket.on('close', () => {
        record.closed = true;
      });
    },
    open(message) {
      const record: RequestRecord = {
        id: `${prefix}${String(++requestCount).padStart(6, '0')}`,
        connection: ids.get(message.socket) ?? 0,
        method: message.method ?? '',
        target: message.url ?? '',
        headers: message.headers,
        rawHeaders: message.rawHeaders,
        body: Buffer.alloc(0),
        complete: false,
        operation: undefined,
        model: undefined,
        key: credentialOf(message),
        outcome: 'pending',
        bytesSent: 0,
      };
      requests.push(record);
      return record;
    },
    clear() {
      requests.length = 0;
      const open = connections.filter(({ closed }) => !closed);
      for (const connection of open) connection.forget();
      connections.splice(0, connections.length, ...open);
    },
  };
}

function credentialOf({ headers, url }: IncomingMessage): Credential | undefined {
  const bearer = headers.authorization?.match(/^Bearer (.+)$/i)?.[1];
  if (bearer) return { value: bearer, carrier: 'authorization' };
  for (const carrier of ['x-api-key', 'x-goog-api-key'] as const) {
    const value = headers[carrier];
    if (typeof value === 'string') return { value, carrier };
  }
  const query = new URL(url ?? '', 'http://simulator').searchParams.get('key');
  return query ? { value: query, carrier: 'query' } : undefined;
}
