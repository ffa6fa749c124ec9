// The gate with everything it stands on (store, ledger, grants, vault, upstreams), without sign-in and pages: starts in a fraction of the
// time of the whole product, on a data folder or in memory.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail } from '@valetkey/core';
import type { Ambient } from '../../src/clock.ts';
import { AccessTokens } from '../../src/gateway/access-tokens.ts';
import { dialects } from '../../src/gateway/dialects/dialects.ts';
import { createGate } from '../../src/gateway/gate.ts';
import { KeyRows } from '../../src/gateway/idempotency/key-rows.ts';
import { builtInProviders } from '../../src/gateway/providers/registry.ts';
import { ProviderDirectory } from '../../src/gateway/read.ts';
import { recheck } from '../../src/gateway/recheck.ts';
import { RunningCalls } from '../../src/gateway/running-calls.ts';
import { closeUpstreams, openUpstreams, type UpstreamTimeouts } from '../../src/gateway/upstreams.ts';
import { createGrants } from '../../src/grants/grants.ts';
import {
  type EmbeddedLedger,
  type EmbeddedLedgerOptions,
  openEmbeddedLedger,
} from '../../src/ledger/embedded/embedded-ledger.ts';
import { MarkFolder } from '../../src/ledger/embedded/forward-marks.ts';
import { priceBook } from '../../src/prices/price-book.ts';
import { openStore, type SqliteStore } from '../../src/store/open-store.ts';
import { memoryReplayGuard } from '../../src/tokens/replay-guard.ts';
import { createVault } from '../../src/vault/create-vault.ts';
import { openDataKeys } from '../../src/vault/data-keys.ts';
import { createLocalKeyWrapper } from '../../src/vault/key-wrapper.ts';

/** What a gate is opened on. */
export interface GateParts {
  /** A folder, or `:memory:`. */
  readonly dataDir: string;
  readonly masterKey: Uint8Array;
  /** Where OpenAI is. */
  readonly upstreamOrigin: string;
  readonly upstreamTimeouts?: UpstreamTimeouts;
  readonly ambient: Ambient;
  readonly ledger?: Omit<EmbeddedLedgerOptions, 'store' | 'ambient'>;
}

const openRooms = async (store: SqliteStore, ledger: EmbeddedLedger, { ambient, masterKey }: GateParts) => {
  const grants = createGrants({ db: store.db, ledger, ambient, maxDelegationDepth: 8 });
  const directory = new ProviderDirectory(builtInProviders);
  const vault = createVault({
    db: store.db,
    ledger,
    ambient,
    keys: await openDataKeys(
      store.db,
      { current: createLocalKeyWrapper(masterKey, ambient), former: null },
      ambient,
    ),
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

/** A running gate. */
export type OpenGate = Awaited<ReturnType<typeof openGate>>;

/** Opens one on a free loopback port. */
export async function openGate(parts: GateParts) {
  const { dataDir, ambient, upstreamOrigin, upstreamTimeouts } = parts;
  const store = await openStore({ dataDir, ambient });
  const marks = new MarkFolder(ambient);
  const ledger = await openEmbeddedLedger({ store, ambient, marks, ...parts.ledger });
  const { grants, directory, vault } = await openRooms(store, ledger, parts);
  const origins = new Map([['openai', upstreamOrigin]]);
  const upstreams = openUpstreams(builtInProviders, origins, upstreamTimeouts);
  const running = new RunningCalls();
  grants.onStopped(({ as, ...concerned }) => running.cut(concerned, as));
  grants.onNarrowed(
    async (concerned) => void (await recheck(running.find(concerned), { grants, ...ambient })),
  );
  const keyRows = new KeyRows({ db: store.db, vault, now: ambient.now });
  await keyRows.releaseUnadmitted();
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
    keyRows,
    accessTokens: new AccessTokens(async () => fail('invalid_token'), ambient.now),
    certificateOf: () => null,
    replayGuard: memoryReplayGuard(ambient.now, { claim: async () => true }),
    noteDeviceUse: () => {},
    receipts: { mode: 'all', sign: ({ callId }) => `receipt-of-${callId}` },
    log: { call: () => {}, warn: (fields) => faults.push(fields), error: (fields) => faults.push(fields) },
  });
  /** Callers' connections that are open now. */
  const connections = () =>
    new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await running.whenIdle();
    await closeUpstreams(upstreams);
    await ledger.close();
    await store.close();
  };
  return { url, connections, store, ledger, grants, vault, running, upstreams, faults, close };
}
