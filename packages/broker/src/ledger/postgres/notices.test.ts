// A replica's connection for notices, lost in every way: it is found out, told and replaced, without anybody else knowing of it.

import { type FaultProxy, startFaultProxy } from '@valetkey/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openPostgresEngine, type PostgresEngine } from '../../../test/postgres/ledger-engine.ts';
import { type PostgresServer, startPostgres } from '../../../test/postgres/start-postgres.ts';
import { NOON } from '../contract-suite/harness.ts';
import type { PostgresLedgerOptions } from './postgres-ledger.ts';

/** A busy machine takes its time. */
const PATIENCE = { interval: 5, timeout: 20_000 };

let server: PostgresServer;
let proxy: FaultProxy;
let engine: PostgresEngine;
let told: string[];
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  proxy = await startFaultProxy(server.port);
});
afterEach(async () => {
  await engine.end();
  await proxy.close();
});

const open = async (options: Partial<PostgresLedgerOptions> & { readonly waitMs?: number }) => {
  const url = new URL(await server.createDatabase());
  url.port = String(proxy.port);
  engine = await openPostgresEngine(url.href, { nowMs: NOON }, { name: 'cut', retryMs: 5, ...options });
  told = [];
  engine.ledger.listen({
    onNotice: () => told.push('notice'),
    onGap: () => told.push('gap'),
    onSilence: () => told.push('silence'),
  });
};

it('a connection that is reset is replaced, and what may have been missed is looked at', async () => {
  await open({});
  proxy.resetAll();
  await vi.waitFor(() => expect(told).toEqual(['gap']), PATIENCE);
});

it.each([
  ['', 2000, ['silence']],
  [' before it counts as silent', 60_000, []],
])(
  'a connection that is lost without a word is found out and replaced%s',
  async (_name, silenceMs, first) => {
    await open({ waitMs: 500, silenceMs });
    proxy.setFault({ kind: 'stall', direction: 'both' });
    const { accepted } = proxy.counters();
    await vi.waitFor(() => expect(told).toEqual(first), PATIENCE);
    await vi.waitFor(() => expect(proxy.counters().accepted).toBeGreaterThan(accepted), PATIENCE);
    proxy.setFault(undefined);
    proxy.resetAll();
    await vi.waitFor(() => expect(told).toContain('gap'), PATIENCE);
    expect(told.filter((what) => what === 'silence')).toEqual(first);
  },
);
