// F8, F9: a provider that can not be reached, says nothing, or vanishes without a word. What was never sent costs nothing, what was sent
// is posted at its ceiling, the caller is told which of the two it was, and no socket and no timer stays.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type Fault, freePort, type Simulator, startFaultProxy, type WireFault } from '@valetkey/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chatOf, makeGrant, post, startGate } from './start-gate.ts';

/** Long enough for what does come, also on a busy machine. */
const TIMEOUTS = { connectMs: 800, headersMs: 800, idleMs: 800 };

/** What keeps this process alive, by kind. */
const resources = (): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

let before: Readonly<Record<string, number>>;
const ending: (() => unknown)[] = [];
beforeEach(() => {
  before = resources();
});
/** What there is more of than before. */
const leftBehind = () => Object.entries(resources()).filter(([kind, count]) => count > (before[kind] ?? 0));

/** No socket, no timer, no listening server is left by anything. */
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
  await expect.poll(leftBehind).toEqual([]);
});

/** A peer of the connection that is no provider. Resolves with its address without the scheme. */
const listenAs = async (server: Server): Promise<string> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** One chat on a gate of its own, whose provider is reached as `reach` says: its answer and how the call was posted. */
const askOnce = async (
  reach: (simulator: Simulator) => Promise<string>,
  fields: object = {},
  fault?: Fault,
) => {
  const gate = await startGate({ reach, upstreamTimeouts: TIMEOUTS });
  ending.push(() => gate.close());
  const { token } = await makeGrant(gate, { monthly_spend: 5 });
  if (fault) gate.simulator.script({ fault, chunks: 8 });
  const answer = await post(gate.url, token, chatOf('is anybody there', fields));
  await gate.running.whenIdle();
  await gate.ledger.record([]);
  const sql = `select kind, held_nanos as held, settled_nanos as settled from journal where link_id is not null order by id`;
  const [admission, outcome] = gate.store.reader.run({ sql, parameters: [] }).rows;
  await expect
    .poll(() => gate.upstreams.get('openai')!.pool.stats)
    .toMatchObject({ connected: 0, running: 0, pending: 0 });
  expect(gate.faults).toEqual([]);
  return { answer, outcome: outcome?.kind, isPaid: outcome?.settled === admission?.held };
};

/** Each gives the origin of a provider that no request ever reaches. */
const UNREACHABLE: readonly (readonly [string, () => Promise<string>])[] = [
  ['whose port is closed', async () => `http://127.0.0.1:${await freePort()}`],
  // A label of more than 63 characters is no name: nobody has to be asked.
  ['whose name there is not', async () => `http://${'a'.repeat(64)}.invalid`],
  [
    'that speaks no TLS',
    async () => `https://${await listenAs(createServer((socket) => socket.end('HTTP/1.1 400\r\n\r\n')))}`,
  ],
  ['that has no certificate', async () => `https://${await listenAs(createTlsServer())}`],
  [
    'that hangs up during the TLS handshake',
    async () =>
      `https://${await listenAs(createServer((socket) => socket.once('data', () => socket.end())))}`,
  ],
  [
    'that resets during the TLS handshake',
    async () =>
      `https://${await listenAs(createServer((socket) => socket.once('data', () => socket.resetAndDestroy())))}`,
  ],
  ['that never completes the TLS handshake', async () => `https://${await listenAs(createServer())}`],
];

describe('a provider', () => {
  it.each(UNREACHABLE)('%s: 502 upstream_unreachable, the hold given back', async (_, originOf) => {
    const { answer, outcome, isPaid } = await askOnce(originOf);
    expect([answer.status, answer.code]).toEqual([502, 'upstream_unreachable']);
    expect([outcome, isPaid]).toEqual(['call.released', false]);
  });
});

const STREAM = { stream: true };

/** Where a provider falls silent, and whether its answer had begun by then. */
const SILENCE: readonly (readonly [string, Fault, object, begun: boolean])[] = [
  ['before the head of its answer', { kind: 'stall', at: 'start' }, {}, false],
  ['after the head of a stream', { kind: 'stall', at: 'headers' }, STREAM, true],
  ['between two pieces of a stream', { kind: 'stall', at: { events: 3 } }, STREAM, true],
  ['inside a piece of a stream', { kind: 'stall', at: { bytes: 30 } }, STREAM, true],
  ['in the middle of a short answer', { kind: 'stall', at: { bytes: 40 } }, {}, false],
];

/** What no FIN and no reset tells of: from here on nothing passes. */
const VANISHED: readonly (readonly [string, WireFault, object, begun: boolean])[] = [
  ['before it reads the request', { kind: 'stall', direction: 'to-target' }, {}, false],
  ['in the middle of the request', { kind: 'stall', afterBytes: 60, direction: 'to-target' }, {}, false],
  ['before it answers', { kind: 'stall' }, {}, false],
  ['in the head of its answer', { kind: 'stall', afterBytes: 20 }, {}, false],
  ['in a stream', { kind: 'stall', afterBytes: 600 }, STREAM, true],
];

const expectTimeout = ({ answer, outcome, isPaid }: Awaited<ReturnType<typeof askOnce>>, begun: boolean) => {
  expect([answer.status, answer.code]).toEqual([begun ? 200 : 504, 'upstream_timeout']);
  expect(answer.text).not.toContain('[DONE]');
  expect([outcome, isPaid]).toEqual(['call.ceiling', true]);
};

describe('a provider that falls silent', () => {
  it.each(SILENCE)('%s is cut at the timeout, at the ceiling', async (_, fault, fields, begun) => {
    expectTimeout(await askOnce(async ({ origin }) => origin, fields, fault), begun);
  });
});

describe('a provider that vanishes', () => {
  it.each(VANISHED)('%s is cut at the timeout, at the ceiling', async (_, fault, fields, begun) => {
    const reach = async ({ origin }: Simulator) => {
      const proxy = await startFaultProxy(Number(new URL(origin).port));
      ending.push(() => proxy.close());
      proxy.setFault(fault);
      return proxy.origin;
    };
    expectTimeout(await askOnce(reach, fields), begun);
  });
});
