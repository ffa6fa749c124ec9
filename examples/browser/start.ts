// Starts the page. With VALETKEY_URL and CLIENT_ID it asks that broker; without, it starts one on this machine with nothing in it but the
// simulated provider `sandbox`, and registers itself there.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '../agents/broker.ts';
import { signIn } from '../agents/owner.ts';
import { originOf, servePage } from './serve.ts';

const { VALETKEY_URL, CLIENT_ID, PORT = '5173' } = process.env;
const port = Number(PORT);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A broker for as long as this runs; the app is registered with it. */
async function startOwn() {
  const home = mkdtempSync(join(tmpdir(), 'valetkey-example-'));
  const own = await startBroker(home);
  const owner = await signIn(own.url, own.owner);
  const { id: clientId } = await owner.api<{ id: string }>('POST', '/clients', {
    name: 'Haiku writer',
    redirect_uris: [`${originOf(port)}/callback.html`],
    type: 'public',
  });
  const close = async (): Promise<void> => {
    await own.close();
    rmSync(home, { recursive: true, force: true });
  };
  return { broker: own.url, clientId, login: own.owner, close };
}

const used = VALETKEY_URL && CLIENT_ID ? { broker: VALETKEY_URL, clientId: CLIENT_ID } : await startOwn();
const page = await servePage({ port, ...used });
say(`The page is at ${page.origin}`);
if ('login' in used) {
  say(`Its broker is at ${used.broker}; sign in as ${used.login.email} with ${used.login.password}`);
  say('Ctrl+C ends both.');
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    page.close();
    if ('close' in used) void used.close();
  });
