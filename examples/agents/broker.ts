// The product as a process of its own on this machine, with nothing in it but its simulated provider, `sandbox`. It lives as long as the
// example and keeps everything in one folder.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../packages/testkit/src/free-port.ts';

/** Who owns the broker of the example. */
export interface OwnerLogin {
  readonly email: string;
  readonly password: string;
}

/** A running broker. */
export interface Broker {
  readonly url: string;
  readonly owner: OwnerLogin;
  /** Where it appends the signed heads of its journals. */
  readonly checkpointsFile: string;
  close(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../packages/broker/src/main.ts', import.meta.url));

/** Starts the broker; resolves when it listens. */
export async function startBroker(folder: string): Promise<Broker> {
  const port = await freePort();
  const owner = { email: 'owner@example.com', password: randomBytes(18).toString('base64url') };
  const env = {
    PATH: process.env.PATH ?? '',
    VALETKEY_PORT: String(port),
    VALETKEY_DATA_DIR: join(folder, 'data'),
    VALETKEY_OWNER_EMAIL: owner.email,
    VALETKEY_OWNER_PASSWORD: owner.password,
    VALETKEY_CHECKPOINT_SECONDS: '1',
    VALETKEY_LOG_LEVEL: 'silent',
  };
  const process_ = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(process_, 'exit');
  await Promise.race([
    untilListening(process_.stdout),
    ended.then(() => Promise.reject(new Error('The broker ended before it listened.'))),
  ]);
  return {
    url: `http://127.0.0.1:${port}`,
    owner,
    checkpointsFile: join(folder, 'data', 'valetkey.checkpoints.jsonl'),
    async close() {
      process_.kill('SIGTERM');
      await ended;
    },
  };
}

async function untilListening(output: NodeJS.ReadableStream): Promise<void> {
  let text = '';
  for await (const chunk of output) {
    text += String(chunk);
    if (text.includes('is listening on')) return void output.resume();
  }
}
