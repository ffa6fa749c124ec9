// The gate with everything behind it (store, ledger, grants, vault, upstreams) in this process on a loopback port, in front of a simulated
// provider that keeps its own bill. No sign-in and no pages: owners and grants are made directly, so that a test can have many.

import { randomBytes } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail, type Limit, parseAuthorizationDetails } from '@valetkey/core';
import { canaryKey, type Simulator, startSimulator } from '@valetkey/testkit';
import type { Ambient } from '../../src/clock.ts';
import { AccessTokens } from '../../src/gateway/access-tokens.ts';
import { dialects } from '../../src/gateway/dialects/dialects.ts';
import { createGate } from '../../src/gateway/gate.ts';
import { KeyRows } from '../../src/gateway/idempotency/key-rows.ts';
import { builtInProviders } from '../../src/gateway/providers/registry.ts';
import { ProviderDirectory } from '../../src/gateway/read.ts';
import { RunningCalls } from '../../src/gateway/running-calls.ts';
import { closeUpstreams, openUpstreams, type Upstream } from '../../src/gateway/upstreams.ts';
import { createGrants } from '../../src/grants/grants.ts';
import { type EmbeddedLedger, openEmbeddedLedger } from '../../src/ledger/embedded/embedded-ledger.ts';
import { priceBook } from '../../src/prices/price-book.ts';
import { openStore, type SqliteStore } from '../../src/store/open-store.ts';
import { memoryReplayGuard } from '../../src/tokens/replay-guard.ts';
import { createVault } from '../../src/vault/create-vault.ts';
import { createLocalKeyWrapper } from '../../src/vault/key-wrapper.ts';

/** Published prices in nanos per million tokens, written down here apart from the broker's own tables. */
export const PRICES = {
  'gpt-4o-mini': { input: 150_000_000, cachedInput: 75_000_000, output: 600_000_000 },
} as const;

/** A chat of its own: no two bodies are alike, so that each can be found again at the provider. */
export const chatOf = (text: string, fields: object = {}): object => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: text }],
  max_tokens: 20,
  ...fields,
});

/** What came back, read to its end. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
  /** Whether the answer ended as a whole one does. */
  readonly isWhole: boolean;
  /** The broker's error code; null if there is none. */
  readonly code: string | null;
}

/** A grant with its token. */
export interface Granted {
  readonly id: string;
  readonly ownerId: string;
  readonly token: string;
  readonly providerKey: string;
}

/** What tests change. */
export interface GateOptions {
  /** Where the provider is reached, given its own origin: a fault proxy in front of it. */
  readonly reach?: (simulator: Simulator) => Promise<string>;
}

/** A running gate. Its clock is the machine's, moved by `clock.offsetMs`. */
export type TestGate = Awaited<ReturnType<typeof startGate>>;

const CODE = /"code":\s?"([a-z_]+)"/;

/** Sends a chat and reads what comes. `onRequest` gets the request, to break it. */
export const post = (
  url: string,
  token: string,
  body: object,
  onAnswer: (answer: IncomingMessage) => void = () => {},
  signal?: AbortSignal,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = httpRequest(
      `${url}/openai/v1/chat/completions`,
      { method: 'POST', headers, signal, agent: false },
      (answer) => {
        let text = '';
        onAnswer(answer);
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('error', () => {});
        answer.on('close', () => {
          const { statusCode: status = 0, headers, complete: isWhole } = answer;
          resolve({ status, text, headers, isWhole, code: CODE.exec(text)?.[1] ?? null });
        });
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });

const openRooms = async (store: SqliteStore, ledger: EmbeddedLedger, ambient: Ambient) => {
  const grants = createGrants({ db: store.db, ledger, ambient });
  const directory = new ProviderDirectory(builtInProviders);
  const vault = await createVault({
    db: store.db,
    ledger,
    ambient,
    wrapper: createLocalKeyWrapper(randomBytes(32), ambient),
    findProvider: (name) => directory.byName.get(name),
    revokeGrantsOf: async () => {},
    onBadSeal: () => {},
  });
  return { grants, directory, vault };
};

const listenOn = async (handler: Parameters<typeof createServer>[1]) => {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

/** Starts one on an empty store. */
export async function startGate(options: GateOptions = {}) {
  const clock = { offsetMs: 0 };
  const ambient: Ambient = { now: () => Date.now() + clock.offsetMs, randomBytes };
  const simulator = await startSimulator({ provider: 'openai', prices: PRICES });
  const origin = (await options.reach?.(simulator)) ?? simulator.origin;
  const store = await openStore({ dataDir: ':memory:', ambient });
  const ledger = await openEmbeddedLedger({ store, ambient });
  const { grants, directory, vault } = await openRooms(store, ledger, ambient);
  const upstreams: ReadonlyMap<string, Upstream> = openUpstreams(
    builtInProviders,
    new Map([['openai', origin]]),
  );
  const running = new RunningCalls();
  grants.onStopped((ids) => running.cut(ids));
  const faults: unknown[] = [];
  const { server, url } = await listenOn((request, response) => gate(request, response));
  const gate = createGate({
    issuer: url,
    now: ambient.now,
    ambient,
    grants,
    ledger,
    vault,
    directory,
    upstreams,
    running,
    dialects,
    prices: priceBook(),
    keyRows: new KeyRows({ db: store.db, vault, now: ambient.now }),
    accessTokens: new AccessTokens(async () => fail('invalid_token'), ambient.now),
    replayGuard: memoryReplayGuard(ambient.now),
    log: { call: () => {}, warn: (fields) => faults.push(fields), error: (fields) => faults.push(fields) },
  });
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await running.whenIdle();
    await closeUpstreams(upstreams);
    await ledger.close();
    await store.close();
    await simulator.close();
  };
  /** Callers' connections that are open now. */
  const connections = () =>
    new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  return {
    url,
    clock,
    connections,
    simulator,
    store,
    ledger,
    grants,
    vault,
    running,
    upstreams,
    faults,
    close,
  };
}

/** Makes a grant for `ownerId` on a provider key of its own. `limits` as on the wire, `exact` in nanos. */
export async function makeGrant(
  { vault, grants }: Pick<TestGate, 'vault' | 'grants'>,
  limits: object = {},
  { ownerId = 'own_ada', exact = [] as readonly Limit[], expires = undefined as string | undefined } = {},
): Promise<Granted> {
  const providerKey = canaryKey('openai', randomBytes);
  const key = await vault.add({ ownerId, provider: 'openai', key: providerKey });
  const details = {
    type: 'ai_model_access',
    provider: 'openai',
    models: ['gpt-4o-mini'],
    capabilities: ['chat'],
    limits,
  };
  const parsed = parseAuthorizationDetails([{ ...details, ...(expires && { expires }) }], { maxEntries: 1 });
  if (!key.ok || !parsed.ok) throw new Error(JSON.stringify([key, parsed]));
  const access = { ...parsed.value[0]!, limits: [...parsed.value[0]!.limits, ...exact] };
  const parts = [{ providerKeyId: key.value.id, access }];
  const made = await grants.create({
    ownerId,
    clientId: null,
    name: 'Tool',
    parts,
    unknownFields: 'refuse',
    via: 'api',
  });
  if (!made.ok) throw new Error(made.error.detail);
  const token = await grants.issueKeyToken(ownerId, made.value.id);
  if (!token.ok) throw new Error(token.error.detail);
  return { id: made.value.id, ownerId, token: token.value, providerKey };
}
