// A provider that answers with bytes no simulator would send: endless, enormous, encoded without being asked. For a case that is about
// what comes from outside, whatever was asked.

import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running one: where it is, how it answers from now on, and how many requests and open connections it has. */
export interface RawUpstream {
  readonly origin: string;
  answer: RequestListener;
  readonly requests: () => number;
  close(): Promise<void>;
}

/** Starts one on a free loopback port. */
export const startRawUpstream = async (): Promise<RawUpstream> => {
  let requests = 0;
  const upstream = { answer: (_, response) => response.destroy() } as { answer: RequestListener };
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    response.on('error', () => {});
    request.on('end', () => upstream.answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(upstream, {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  });
};
