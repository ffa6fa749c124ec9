// The place outside the database where checkpoints are kept, which can be slow, full or down.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How it takes what comes. */
export type ReceiverState = 'well' | 'slow' | 'full' | 'down';

/** A running receiver. */
export interface CheckpointReceiver {
  readonly url: string;
  /** The lines that it has acknowledged, in their order. */
  readonly lines: readonly string[];
  /** How often it was asked to keep some, whether or not it did. */
  readonly attempts: number;
  set(state: ReceiverState): void;
  close(): Promise<void>;
}

/** How long a slow one takes for each. */
export const SLOW_MS = 2000;

/** Starts one on a free loopback port. */
export async function startReceiver(): Promise<CheckpointReceiver> {
  const lines: string[] = [];
  let state: ReceiverState = 'well';
  let attempts = 0;
  const server = createServer(async (request, response) => {
    const text = await Array.fromAsync(request.setEncoding('utf8')).catch(() => null);
    attempts += 1;
    if (state === 'slow') await delay(SLOW_MS);
    if (state === 'down' || text === null) return void request.socket.resetAndDestroy();
    if (state === 'full') return void response.writeHead(507).end();
    lines.push(...text.join('').split('\n').filter(Boolean));
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/checkpoints`,
    lines,
    get attempts() {
      return attempts;
    },
    set: (next) => {
      state = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
