// A65: what a running process can be made to tell by signals and by the environment it was started in. Provider keys are in its memory: no
// inspector, dump or report comes of anything but an operator's own flag, and Node's own debug output shows no key.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canaryKey, freePort, type Simulator, searchCanary, startSimulator } from '@valetkey/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { OWNER, ownerApi } from '../house/start-house.ts';
import { type BrokerProcess, startProcess } from '../house/start-process.ts';
import { CHAT_TEXT } from './raw-request.ts';

const INSPECTOR_PORT = 9229;
const key = canaryKey('openai', randomBytes);
let simulator: Simulator;
let dataDir: string;
let broker: BrokerProcess | null = null;
let url: string;

beforeAll(async () => {
  simulator = await startSimulator({ provider: 'openai' });
  dataDir = mkdtempSync(join(tmpdir(), 'valetkey-diagnostics-'));
});
afterEach(() => broker?.stop('SIGKILL'));
afterAll(async () => {
  await simulator.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const start = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  broker = await startProcess({
    VALETKEY_PORT: String(port),
    VALETKEY_DATA_DIR: dataDir,
    VALETKEY_OWNER_EMAIL: OWNER.email,
    VALETKEY_OWNER_PASSWORD: OWNER.password,
    VALETKEY_UPSTREAM_OPENAI: simulator.origin,
    OPENAI_API_KEY: key,
    ...env,
  });
};

const ask = async (): Promise<Response> => {
  const grant = {
    name: 'Acme',
    authorization_details: [{ type: 'ai_model_access', provider: 'openai', limits: { daily_spend: 5 } }],
  };
  const { body } = await ownerApi(url)('POST', '/grants', grant);
  const headers = { authorization: `Bearer ${body.token}`, 'content-type': 'application/json' };
  return fetch(`${url}/openai/v1/chat/completions`, { method: 'POST', headers, body: CHAT_TEXT });
};

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

/** Heap snapshots, reports, cores and profiles, wherever a process may leave them. */
const dumps = (): readonly string[] =>
  [process.cwd(), dataDir].flatMap((folder) =>
    readdirSync(folder).filter((name) =>
      /heapsnapshot|heapprofile|cpuprofile|^report\.|^core(?:\.|$)/.test(name),
    ),
  );

it('A65 SIGUSR1 opens no inspector and disturbs nothing', async () => {
  await start();
  const wasOpen = await isOpen(INSPECTOR_PORT);
  for (let sent = 0; sent < 3; sent += 1) broker?.signal('SIGUSR1');
  expect((await ask()).status).toBe(200);
  expect(await isOpen(INSPECTOR_PORT)).toBe(wasOpen);
  expect(broker?.output()).not.toContain('Debugger');
  expect(dumps()).toEqual([]);
});

it('A65 SIGUSR1 before the first line of the product opens no inspector where it was started as it should be', async () => {
  const early = `data:text/javascript,process.kill(process.pid,'SIGUSR1')`;
  await start({ NODE_OPTIONS: `--disable-sigusr1 --import=${early}` });
  expect(broker?.output()).not.toContain('Debugger');
});

it('A65 SIGUSR2 ends the process as a kill does, without a dump, and the next start serves', async () => {
  await start();
  expect((await ask()).status).toBe(200);
  expect(await broker?.stop('SIGUSR2')).toBeNull();
  expect(dumps()).toEqual([]);
  expect(searchCanary(broker?.output() ?? '', key)).toEqual([]);
  await start();
  expect((await ask()).status).toBe(200);
});

it('A65 an inspector is the operator’s own flag, and stands in the output of the start', async () => {
  await start({ NODE_OPTIONS: `--inspect=127.0.0.1:${await freePort()}` });
  await expect.poll(() => broker?.output()).toContain('Debugger listening on');
  await expect.poll(() => broker?.output()).toContain('The inspector is open');
});

it.each(['http', 'http,net,tls,stream,fetch,undici,timer,module'])(
  'A65 NODE_DEBUG=%s at debug level shows no key',
  async (sections) => {
    await start({ NODE_DEBUG: sections, VALETKEY_LOG_LEVEL: 'debug' });
    expect((await ask()).status).toBe(200);
    simulator.script({ fault: { kind: 'reset', at: 'headers' } });
    expect((await ask()).status).toBe(502);
    await expect.poll(() => broker?.output()).toMatch(/HTTP \d+/);
    expect(searchCanary(broker?.output() ?? '', key)).toEqual([]);
  },
);

it('A65 an upstream that is not there is told without its address, with the id of the request', async () => {
  const name = `${'a'.repeat(64)}.invalid`;
  await start({ VALETKEY_UPSTREAM_OPENAI: `https://${name}` });
  const answer = await ask();
  const text = await answer.text();
  expect([answer.status, text]).toEqual([502, expect.stringContaining('upstream_unreachable')]);
  expect(answer.headers.get('valetkey-request-id')).toMatch(/^req_/);
  expect(text).not.toMatch(/invalid"|aaaa|ENOTFOUND|getaddrinfo|\.ts:/);
});
