// The whole product in this process on a loopback port, as `npm start` runs it, in front of simulated providers that keep their own bill.
// Everything goes over HTTP: sign-in, management API, consent, gate.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { canaryKey, freePort, type Simulator, startSimulator } from '@valetkey/testkit';
import type { Ambient } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { builtInProviders } from '../../src/gateway/providers/registry.ts';
import { type Broker, serve } from '../../src/serve.ts';

/** Who owns the house. */
export const OWNER = { email: 'ada@owner.test', password: 'a-long-enough-password-42' };

/** The simulated providers. */
export type SimulatedName = 'openai' | 'anthropic' | 'google';

/** An answer of the management API. */
export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read JSON of many shapes
  readonly body: any;
}

/** A running house. */
export interface House {
  readonly url: string;
  readonly dataDir: string;
  readonly broker: Broker;
  readonly simulators: Readonly<Record<SimulatedName, Simulator>>;
  /** The fake provider keys, unique to this house. */
  readonly keys: Readonly<Record<SimulatedName, string>>;
  /** Calls the management API as the owner. */
  api(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** Makes a grant with a key-shaped token. */
  grant(
    ...details: readonly object[]
  ): Promise<{ readonly id: string; readonly token: string; readonly baseUrl: string }>;
  close(): Promise<void>;
}

/** What tests change. */
export interface HouseOptions {
  readonly ambient?: Ambient;
  /** Used again for a second start on the same data. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly hostname?: string;
  readonly keyLooksMs?: number;
  /** False for a house that nobody has set up yet: `broker.setupLink` makes its first owner. */
  readonly owner?: false;
}

/** A session token of the owner, as the command line gets one. */
export const signIn = async (url: string, owner = OWNER): Promise<string> => {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(owner),
  });
  const token = response.headers.get('set-auth-token');
  if (!token) throw new Error(`sign-in failed: ${response.status} ${await response.text()}`);
  return token;
};

/** Calls the management API at `url` as the owner, who signs in at the first call. */
export const ownerApi = (url: string, owner = OWNER): House['api'] => {
  let session: string | null = null;
  return async (method, path, body) => {
    session ??= await signIn(url, owner);
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${session}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  };
};

const startSimulators = async (): Promise<Record<SimulatedName, Simulator>> => {
  const [openai, anthropic, google] = await Promise.all([
    startSimulator({ provider: 'openai' }),
    startSimulator({ provider: 'anthropic' }),
    startSimulator({ provider: 'google' }),
  ]);
  return { openai, anthropic, google };
};

const DAY_MS = 86_400_000;
const NEAR_MIDNIGHT_MS = 20_000;

/** What counts by the day or the month begins anew at midnight (UTC): a test that begins just before waits for it. */
const passMidnight = async (): Promise<void> => {
  const leftMs = DAY_MS - (Date.now() % DAY_MS);
  if (leftMs < NEAR_MIDNIGHT_MS) await delay(leftMs);
};

/** Starts a house with one owner and a key for each simulated provider. */
export const startHouse = async (options: HouseOptions = {}): Promise<House> => {
  await passMidnight();
  const simulators = await startSimulators();
  const keys = {
    openai: canaryKey('openai', randomBytes),
    anthropic: canaryKey('anthropic', randomBytes),
    google: canaryKey('google', randomBytes),
  };
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'valetkey-house-'));
  const port = await freePort();
  const env = {
    VALETKEY_PORT: String(port),
    VALETKEY_ISSUER: `http://${options.hostname ?? '127.0.0.1'}:${port}`,
    VALETKEY_DATA_DIR: dataDir,
    ...(options.owner ?? { VALETKEY_OWNER_EMAIL: OWNER.email, VALETKEY_OWNER_PASSWORD: OWNER.password }),
    VALETKEY_UPSTREAM_OPENAI: simulators.openai.origin,
    VALETKEY_UPSTREAM_ANTHROPIC: simulators.anthropic.origin,
    VALETKEY_UPSTREAM_GOOGLE: simulators.google.origin,
    VALETKEY_LOG_LEVEL: 'silent',
    OPENAI_API_KEY: keys.openai,
    CLAUDE_API_KEY: keys.anthropic,
    GEMINI_API_KEY: keys.google,
    ...options.env,
  };
  const config = readConfig(env, builtInProviders);
  if (!config.ok) throw new Error(config.error.join('\n'));
  const { ambient, keyLooksMs } = options;
  const broker = await serve(config.value, {
    env,
    ...(ambient && { ambient }),
    ...(keyLooksMs && { keyLooksMs }),
  });
  const url = broker.issuer;
  const api = ownerApi(url);
  return {
    url,
    dataDir,
    broker,
    simulators,
    keys,
    api,
    async grant(...details) {
      const authorization_details = details.map((each) => ({ type: 'ai_model_access', ...each }));
      const made = await api('POST', '/grants', { name: 'Acme Writer', authorization_details });
      if (made.status !== 201) throw new Error(`no grant: ${made.status} ${JSON.stringify(made.body)}`);
      return { id: made.body.id, token: made.body.token, baseUrl: made.body.base_url };
    },
    async close() {
      await broker.close(0);
      await Promise.all(Object.values(simulators).map((simulator) => simulator.close()));
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
