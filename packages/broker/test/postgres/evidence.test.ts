// Evidence on PostgreSQL: the graph of a call, the list of changes and erasure read and write there what they do on the embedded engine.

import { unrestrictedAccess } from '@valetkey/core';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCallGraph } from '../../src/audit/graph/read-call-graph.ts';
import { readChanges } from '../../src/audit/read-changes.ts';
import { recordConfiguration } from '../../src/audit/record-configuration.ts';
import { createErasure } from '../../src/erasure/erasure.ts';
import { createGrants } from '../../src/grants/grants.ts';
import { exactly, NOON } from '../../src/ledger/contract-suite/harness.ts';
import { compareOwner } from '../../src/ledger/verify/compare-owner.ts';
import { addKey } from '../add-key.ts';
import { openPostgresEngine, type PostgresEngine } from './ledger-engine.ts';
import { type PostgresServer, startPostgres } from './start-postgres.ts';

const clock = { nowMs: NOON };
const ambient = {
  now: () => clock.nowMs,
  randomBytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)),
};

let server: PostgresServer;
let engine: PostgresEngine;
beforeAll(async () => {
  server = await startPostgres();
  engine = await openPostgresEngine(await server.createDatabase(), clock, { name: 'one' });
});
afterAll(async () => {
  await engine.end();
  await server.stop();
});

/** A provider key as the vault adds it. */
it('is drawn, listed and erased there, and still adds up', async () => {
  const { store, ledger } = engine;
  const { db } = store;
  await addKey({ db, ledger }, { id: 'pk_1', ownerId: 'ada', label: 'main', createdAtMs: NOON }, true);
  const grants = createGrants({ db, ledger, ambient });
  const access = { ...unrestrictedAccess('openai'), reason: 'Because Ada said so' };
  const made = await grants.create({
    ownerId: 'ada',
    clientId: null,
    name: 'Ada Lovelace',
    parts: [{ providerKeyId: 'pk_1', access }],
    unknownFields: 'pass',
    via: 'test',
  });
  if (!made.ok) throw new Error(made.error.detail);
  const { id } = made.value;
  const { chain } = (await grants.live(id))!.parts[0]!;
  const admission = { callId: 'c1', ownerId: 'ada', grantId: id, chain, hold: exactly(5), intent: {} };
  expect((await ledger.admit(admission)).ok).toBe(true);
  await ledger.settle({ callId: 'c1', kind: 'settled', forwarded: true, nanos: 3, tokens: 0, body: {} });
  const graph = await readCallGraph(db, 'ada', 'c1');
  expect(graph?.call).toMatchObject({ status: 'settled', cost_usd: '0.000000003' });
  expect(graph?.trees).toMatchObject([{ link_id: 'pk_1', children: [{ grant_id: id, is_on_path: true }] }]);

  const asked = { ...unrestrictedAccess('openai'), delegationMaxDepth: 1 };
  const child = { parentGrantId: id, asked: [asked], clientId: null, name: 'Bob', via: 'test' };
  const refused = await grants.delegate({ ...child, isActorAuthenticated: false, keyThumbprint: null });
  expect(refused).toMatchObject({ ok: false, error: { reason: 'not_permitted' } });
  expect(await readChanges(db, 'ada', { topic: 'access', grantId: id, limit: 1 })).toMatchObject([
    { kind: 'delegation.refused', body: { code: 'not_permitted', members: ['delegation.max_depth'] } },
  ]);

  await grants.revoke('ada', id, 'owner');
  const none = { list: async () => [], remove: async () => ({ ok: true, value: undefined }) as const };
  const erasure = createErasure({
    db,
    ledger,
    grants,
    vault: none,
    clients: none,
    devices: { list: async () => [], lose: async () => expect.unreachable() },
  });
  expect(await erasure.erase('ada', { what: 'grant', grantId: id })).toEqual({
    ok: true,
    value: { grants: 1 },
  });
  await recordConfiguration({ db, ledger }, 'ada', { version: '1' });
  await recordConfiguration({ db, ledger }, 'ada', { version: '1' });
  expect(await erasure.erase('ada', { what: 'owner' })).toEqual({ ok: true, value: { grants: 1 } });
  const { rows } = await sql`select g.name, l.access from grants g join links l on l.grant_id = g.id`.execute(
    db,
  );
  expect(JSON.stringify(rows)).not.toMatch(/Ada|Because/);
  expect(await readCallGraph(db, 'ada', 'c1')).toEqual(graph);
  const changes = await readChanges(db, 'ada', { limit: 10 });
  expect(changes.map(({ kind }) => kind)).toEqual([
    'data.erased',
    'data.erased',
    'broker.configured',
    'data.erased',
    'grant.revoked',
    'delegation.refused',
    'grant.created',
    'provider_key.added',
  ]);
  const report = await compareOwner({ db, ledger, now: ambient.now }, 'ada');
  expect(report?.faults).toEqual([]);
});
