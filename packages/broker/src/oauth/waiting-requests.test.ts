import { unrestrictedAccess } from '@valetkey/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemAmbient } from '../clock.ts';
import { openStore, type SqliteStore } from '../store/open-store.ts';
import { createQuotas } from '../store/quotas.ts';
import { createArtifacts } from './artifacts.ts';
import { createWaitingRequests, type WaitingRequests } from './waiting-requests.ts';

const MINUTE_MS = 60_000;

let nowMs = Date.UTC(2026, 10, 23);
const ambient = { ...systemAmbient, now: () => nowMs };
let store: SqliteStore;
let waiting: WaitingRequests;
beforeAll(async () => {
  store = await openStore({ dataDir: ':memory:', ambient });
});
afterAll(() => store.close());
beforeEach(() => {
  nowMs += 24 * 60 * MINUTE_MS;
  waiting = createWaitingRequests({
    artifacts: createArtifacts(store.db, ambient),
    quotas: createQuotas(store.db, ambient.now),
    // None of what is looked at here comes to a grant.
    grants: { live: async () => null, issueKeyToken: async () => Promise.reject(new Error('not asked for')) },
    ambient,
  });
});

const ask = async (network: string, address: string | null = null) =>
  (await waiting.add(
    { program: { name: 'Notebook', url: null }, asked: [unrestrictedAccess('openai')], address },
    network,
  )) !== null;
const count = async (times: number, network: string, address?: string) => {
  let taken = 0;
  for (let at = 0; at < times; at += 1) if (await ask(network, address)) taken += 1;
  return taken;
};

describe('programs that nobody registered', () => {
  it('of one network take eight of the ten places for an owner, and leave the others to everybody else', async () => {
    expect(await count(10, 'a')).toBe(8);
    expect(await count(10, 'b')).toBe(2);
    expect(await ask('c')).toBe(false);
    expect(await count(10, 'a', 'address')).toBe(8);
  });

  it('of one network can not use up what others may ask in an hour', async () => {
    for (let batch = 0; batch < 5; batch += 1, nowMs += 11 * MINUTE_MS) await count(10, 'a');
    expect(await ask('a')).toBe(false);
    expect(await ask('b')).toBe(true);
  });

  it('are named by no address of theirs in what is kept', async () => {
    await ask('203.0.113.7');
    const rows = JSON.stringify(await store.db.selectFrom('oauth_artifacts').selectAll().execute());
    expect(rows).not.toContain('203.0.113.7');
  });
});
