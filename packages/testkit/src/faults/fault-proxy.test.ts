// Each fault of the proxy does what it says to an HTTP exchange, and nothing before its byte.

import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../index.ts';
import { type FaultProxy, startFaultProxy, type WireFault } from './fault-proxy.ts';

let sim: Simulator;
let proxy: FaultProxy;

beforeAll(async () => {
  sim = await startSimulator({ provider: 'openai' });
  proxy = await startFaultProxy(Number(new URL(sim.origin).port));
});
afterEach(() => {
  proxy.setFault(undefined);
  proxy.resetAll();
  sim.reset();
});
afterAll(async () => {
  await proxy.close();
  await sim.close();
});

const REQUEST = 'GET /v1/models HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';

/** Sends the request; resolves with what came back and how it ended. */
async function exchange(
  fault: WireFault | undefined,
): Promise<{ text: string; ending: 'end' | 'ECONNRESET' }> {
  proxy.setFault(fault);
  const socket = createConnection({ host: '127.0.0.1', port: proxy.port });
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(REQUEST);
  const ending = await Promise.race([
    once(socket, 'end').then(() => 'end' as const),
    once(socket, 'close').then(() => 'end' as const),
  ]).catch((error: NodeJS.ErrnoException) => error.code as 'ECONNRESET');
  return { text, ending };
}

it('passes everything without a fault', async () => {
  const { text, ending } = await exchange(undefined);
  expect(ending).toBe('end');
  expect(text).toMatch(/^HTTP\/1.1 200 OK[\s\S]*gpt-5-mini/);
  expect(proxy.counters()).toMatchObject({ accepted: 1 });
});

it('splits without changing a byte', async () => {
  const [whole, split] = [await exchange(undefined), await exchange({ kind: 'split', bytes: 7 })];
  const stable = (text: string) => text.replace(/x-request-id: .*|Date: .*/gi, '');
  expect(stable(split.text)).toBe(stable(whole.text));
});

it('slows each piece', async () => {
  const before = performance.now();
  await exchange({ kind: 'split', bytes: 200, gapMs: 5 });
  expect(performance.now() - before).toBeGreaterThan(5);
});

it('resets before any byte, or after exactly so many', async () => {
  expect(await exchange({ kind: 'reset' })).toEqual({ text: '', ending: 'ECONNRESET' });
  expect(await exchange({ kind: 'reset', afterBytes: 9 })).toMatchObject({
    text: 'HTTP/1.1 ',
    ending: 'ECONNRESET',
  });
});

it('resets before the target saw anything', async () => {
  expect(await exchange({ kind: 'reset', direction: 'to-target' })).toMatchObject({ ending: 'ECONNRESET' });
  expect(sim.requests).toHaveLength(0);
});

it('truncates with a clean end', async () => {
  expect(await exchange({ kind: 'truncate', afterBytes: 9 })).toEqual({ text: 'HTTP/1.1 ', ending: 'end' });
});

it('stalls until the fault is lifted, then loses nothing', async () => {
  const waiting = exchange({ kind: 'stall', afterBytes: 9 });
  await expect.poll(() => sim.counters().answered).toBe(1);
  proxy.setFault(undefined);
  const { text, ending } = await waiting;
  expect(ending).toBe('end');
  expect(text).toContain('gpt-5-mini');
});

it('counts and resets open connections', async () => {
  const socket = createConnection({ host: '127.0.0.1', port: proxy.port });
  await expect.poll(() => proxy.counters().open).toBe(1);
  const failed = once(socket.resume(), 'error');
  proxy.resetAll();
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  expect(proxy.counters().open).toBe(0);
});

it('passes bytes twice, or as what is no text, and nothing but these', async () => {
  const stable = (text: string) => text.replace(/x-request-id: .*|Date: .*/gi, '');
  const whole = stable((await exchange(undefined)).text);
  const twice = stable((await exchange({ kind: 'duplicate', afterBytes: 5, bytes: 4 })).text);
  expect(twice).toBe(`HTTP/1.1 1.1 ${whole.slice(9)}`);
  const spoilt = stable((await exchange({ kind: 'garbage', afterBytes: 9, bytes: 3 })).text);
  expect(spoilt).toMatch(/^HTTP\/1\.1 [^ -~]+ OK/);
  expect(spoilt.slice(spoilt.indexOf(' OK'))).toBe(whole.slice(whole.indexOf(' OK')));
});

it('stalls both ways at once', async () => {
  const waiting = exchange({ kind: 'stall', direction: 'both' });
  await expect.poll(() => proxy.counters().open).toBe(1);
  expect(sim.requests).toHaveLength(0);
  proxy.setFault(undefined);
  expect((await waiting).text).toContain('gpt-5-mini');
});
