// A plain proxy between an unmodified SDK and the broker that notes every answer as it was on the wire: headers, body, and what stands after
// the body, which `fetch` does not show.

import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** An answer as it was on the wire. */
export interface RecordedAnswer {
  readonly path: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** False if it was cut off. */
  readonly isComplete: boolean;
}

/** A running proxy. */
export interface RecordingProxy {
  readonly url: string;
  /** Every answer so far, in the order in which they ended. */
  readonly answers: RecordedAnswer[];
  close(): Promise<void>;
}

/** Starts one in front of `target` on a free loopback port. */
export const startRecordingProxy = async (target: string): Promise<RecordingProxy> => {
  const answers: RecordedAnswer[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url: path = '' } = incoming;
    const onward = request(target + path, { method, headers: { ...headers, host: new URL(target).host } });
    onward.on('response', async (answer) => {
      const bytes: Buffer[] = [];
      const body = await buffer(answer.on('data', (chunk: Buffer) => bytes.push(chunk))).catch(() =>
        Buffer.concat(bytes),
      );
      const { statusCode: status = 0, headers, trailers, complete: isComplete } = answer;
      answers.push({ path, status, headers, trailers, body, isComplete });
      const { trailer, 'transfer-encoding': encoding, connection, ...passed } = headers;
      outgoing.writeHead(status, { ...passed, 'content-length': body.length }).end(body);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers, close };
};
