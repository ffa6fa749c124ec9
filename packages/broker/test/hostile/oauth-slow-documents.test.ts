// A40: what a server on the public internet could do with the one fetch that reaches it. The name is public here and the connection ends at
// a server of this test; the rest is the product's own fetch, with its deadline, and the library's own limit of bytes.

import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemAmbient } from '../../src/clock.ts';
import { startBroker, type TestBroker } from '../oauth/broker.ts';
import { Browser } from '../oauth/browser.ts';
import * as flow from '../oauth/flow.ts';

let port = 0;

vi.mock('undici', async (original) => {
  const undici = await original<typeof import('undici')>();
  class LoopbackAgent extends undici.Agent {
    constructor(options: ConstructorParameters<typeof undici.Agent>[0]) {
      super({
        ...options,
        connect: (_target, callback) => {
          const socket = connect(port, '127.0.0.1', () => callback(null, socket));
          socket.on('error', (error) => callback(error, null));
        },
      });
    }
  }
  return { ...undici, Agent: LoopbackAgent };
});

const { createDocumentFetch } = await import('../../src/oauth/document-fetch.ts');

const DOCUMENT = {
  client_id: 'https://writer.example/client.json',
  client_name: 'Writer',
  redirect_uris: [flow.REDIRECT],
  token_endpoint_auth_method: 'none',
};

/** How the server answers, by path. `sentBytes` counts what it got rid of. */
let sentBytes = 0;
const endless = (response: ServerResponse) => {
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  const more = () => {
    while (!response.destroyed) {
      sentBytes += chunk.length;
      if (!response.write(chunk)) break;
    }
  };
  response.on('drain', more);
  more();
};
const dripping = (response: ServerResponse) => {
  const timer = setInterval(() => response.write(' '), 100);
  response.on('close', () => clearInterval(timer));
};
const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/client.json': (response) => response.end(JSON.stringify(DOCUMENT)),
  '/redirect.json': (response) =>
    response.writeHead(302, { location: 'https://writer.example/client.json' }).end(),
  '/endless.json': endless,
  '/drip.json': dripping,
  '/silent.json': () => {},
};

let server: Server;
let broker: TestBroker;
beforeAll(async () => {
  server = createServer((request, response) => ANSWERS[request.url ?? '']?.(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  broker = await startBroker({ documentFetch: createDocumentFetch(systemAmbient.now) });
  await broker.addKey('own_ada', 'openai');
});
afterAll(async () => {
  await broker.close();
  server.closeAllConnections();
  server.close();
});

const open = async (path: string) => {
  const startedAt = performance.now();
  const id = `https://writer.example${path}`;
  const { status } = await flow.openRequest(new Browser(broker.issuer), { id, secret: null });
  return { status, tookMs: performance.now() - startedAt };
};

describe('a document on the public internet', () => {
  it('is fetched by the product’s own fetch', async () => {
    expect((await open('/client.json')).status).toBe(200);
  });

  it('A40 that redirects is refused', async () => {
    expect((await open('/redirect.json')).status).toBe(400);
  });

  it('A40 that never ends is cut off after a few kilobytes', async () => {
    expect((await open('/endless.json')).status).toBe(400);
    expect(sentBytes).toBeLessThan(8 * 1024 * 1024);
  });

  it.each(['/drip.json', '/silent.json'])('A40 %s is given up after 2.5 seconds', async (path) => {
    const { status, tookMs } = await open(path);
    expect(status).toBe(400);
    // What this machine takes for one that is there.
    const besides = (await open('/client.json')).tookMs;
    // Not twice as long, either: the library asks twice.
    expect(tookMs).toBeLessThan(4500 + 2 * besides);
  });
});
