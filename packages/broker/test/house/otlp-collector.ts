// A collector of OpenTelemetry for tests, at a loopback port: keeps what it is sent.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running collector. */
export interface Collector {
  readonly origin: string;
  /** What came, oldest first. */
  readonly received: readonly {
    readonly path: string;
    readonly text: string;
    readonly authorization: string;
  }[];
  /** Whether it refuses what comes. */
  isFailing: boolean;
  close(): void;
}

/** Starts one. */
export const startCollector = async (): Promise<Collector> => {
  const received: { path: string; text: string; authorization: string }[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const { url: path = '', headers } = request;
    const text = Buffer.concat(pieces).toString();
    if (!collector.isFailing) received.push({ path, text, authorization: headers.authorization ?? '' });
    response.writeHead(collector.isFailing ? 400 : 200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const collector: Collector = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    isFailing: false,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return collector;
};
