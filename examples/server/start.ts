// Starts the server. With VALETKEY_URL, CLIENT_ID and CLIENT_SECRET it asks that broker; without, it starts one on this machine with nothing in it
// but the simulated provider `sandbox`, and registers itself there.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '../agents/broker.ts';
import { signIn } from '../agents/owner.ts';
import { fileStore } from './file-store.ts';
import { createServer } from './server.ts';

const { VALETKEY_URL, CLIENT_ID, CLIENT_SECRET, PORT = '5174' } = process.env;
const origin = `http://localhost:${PORT}`;
const home = mkdtempSync(join(tmpdir(), 'valetkey-example-'));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A broker for as long as this runs; the app is registered with it. */
async function startOwn() {
  const own = await startBroker(home);
  const owner = await signIn(own.url, own.owner);
  const { id, client_secret } = await owner.api<{ id: string; client_secret: string }>('POST', '/clients', {
    name: 'Haiku server',
    redirect_uris: [`${origin}/callback`],
    type: 'confidential',
  });
  return { broker: own.url, clientId: id, secret: client_secret, login: own.owner, close: own.close };
}

const used =
  VALETKEY_URL && CLIENT_ID && CLIENT_SECRET
    ? { broker: VALETKEY_URL, clientId: CLIENT_ID, secret: CLIENT_SECRET }
    : await startOwn();
const { broker, clientId, secret } = used;
const store = fileStore(join('login' in used ? home : import.meta.dirname, 'data'));
const server = createServer({ origin, broker, clientId, auth: { secret }, store });
await server.listen({ host: '127.0.0.1', port: Number(PORT) });
say(`The server is at ${origin}`);
if ('login' in used) {
  say(`Its broker is at ${broker}; sign in as ${used.login.email} with ${used.login.password}`);
  say('Ctrl+C ends both.');
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await server.close();
    if ('close' in used) await used.close();
    rmSync(home, { recursive: true, force: true });
  });
