// Stand-ins for the key services that a master key can live in, on one loopback port: they check credentials and signatures as those do, and
// keep what they were asked. They are no proof that the real ones agree.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerAws } from './aws.ts';
import { answerGcp } from './gcp.ts';
import { answerTransit } from './transit.ts';
import { WrappingKey } from './wrapping-key.ts';

/** A request that came in. */
export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What is answered; an object as JSON. */
export interface ServiceAnswer {
  readonly status: number;
  readonly body: object | string;
}

/** What goes wrong: no answer at all, a redirect to that address, or this answer. */
export type ServiceFault = 'silence' | { readonly redirect: string } | ServiceAnswer;

/** Running stand-ins. */
export interface KeyServices {
  readonly origin: string;
  /** The key behind all of them. */
  readonly key: WrappingKey;
  readonly requests: readonly ServiceRequest[];
  /** From now on, or (null) no more. */
  setFault(fault: ServiceFault | null): void;
  close(): Promise<void>;
}

const send = (response: ServerResponse, { status, body }: ServiceAnswer): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

/** Starts them. */
export const startKeyServices = async (): Promise<KeyServices> => {
  const key = new WrappingKey();
  const requests: ServiceRequest[] = [];
  let fault: ServiceFault | null = null;
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = '', url: path = '' } = incoming;
    const headers = incoming.headers as ServiceRequest['headers'];
    const request = { method, path, headers, body: Buffer.concat(chunks).toString() };
    requests.push(request);
    if (fault === 'silence') return;
    if (fault && 'redirect' in fault) return void response.writeHead(307, { location: fault.redirect }).end();
    const answer =
      fault ?? answerAws(request, key) ?? answerGcp(request, key, origin) ?? answerTransit(request, key);
    send(response, answer ?? { status: 404, body: {} });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    key,
    requests,
    setFault(next) {
      fault = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
