// Ports for servers that a test starts by number, chosen so that nothing else takes them in the meantime.

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the ports that the system gives to outgoing connections (from 32768 on Linux, 49152 elsewhere): one of those is taken again before
// somebody listens on it, or while a server that was on it starts anew.
const FIRST = 12_000;
const PER_WORKER = 2_000;
const WORKERS = 10;

// Test files that run side by side never choose from the same ports.
const first = FIRST + (Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS) * PER_WORKER;
let at = randomInt(PER_WORKER);

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
};

/** A loopback port that nothing listens on, and that stays so until the caller does: for a server that has to know its port beforehand. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    at = (at + 1) % PER_WORKER;
    const port = first + at;
    if (await isFree(port)) return port;
  }
};
