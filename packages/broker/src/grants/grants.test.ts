import { type ModelAccess, unrestrictedAccess } from '@valetkey/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addKey } from '../../test/add-key.ts';
import { systemAmbient } from '../clock.ts';
import { type EmbeddedLedger, openEmbeddedLedger } from '../ledger/embedded/embedded-ledger.ts';
import { openStore, type SqliteStore } from '../store/open-store.ts';
import type { Grants, NewGrant } from './contract.ts';
import { createGrants } from './grants.ts';

let store: SqliteStore;
let ledger: EmbeddedLedger;
let grants: Grants;
let nowMs: number;
const ambient = { now: () => nowMs, randomBytes: systemAmbient.randomBytes };

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 22, 12);
  store = await openStore({ dataDir: ':memory:', ambient });
  ledger = await openEmbeddedLedger({ store, ambient });
  grants = createGrants({ db: store.db, ledger, ambient });
  const house = { db: store.db, ledger };
  await addKey(house, { id: 'pk_ada', ownerId: 'ada' });
  await addKey(house, { id: 'pk_ada2', ownerId: 'ada', provider: 'google' });
  await addKey(house, { id: 'pk_bob', ownerId: 'bob' });
});
afterEach(async () => {
  await ledger.close();
  await store.close();
});

const ACCESS: ModelAccess = {
  ...unrestrictedAccess('openai'),
  models: ['m-*'],
  limits: [{ unit: 'usd', amount: 5_000_000_000, per: 'day' }],
};
const NEW: NewGrant = {
  ownerId: 'ada',
  clientId: null,
  name: 'Notes',
  parts: [{ providerKeyId: 'pk_ada', access: ACCESS }],
  unknownFields: 'refuse',
  via: 'test',
};

const make = async (change: Partial<NewGrant> = {}): Promise<string> => {
  const made = await grants.create({ ...NEW, ...change });
  if (!made.ok) throw new Error(made.error.detail);
  return made.value.id;
};
const tokenOf = async (id: string): Promise<string> => {
  const token = await grants.issueKeyToken('ada', id);
  if (!token.ok) throw new Error(token.error.detail);
  return token.value;
};
const kinds = async (id: string): Promise<string[]> =>
  (
    await store.db.selectFrom('journal').select('kind').where('grant_id', '=', id).orderBy('id').execute()
  ).map(({ kind }) => kind);

describe('making a grant', () => {
  it('records what the owner decided, and the gate reads it with its whole chain', async () => {
    const id = await make({ shownHash: 'shown' });
    const live = await grants.live(id);
    expect(live?.parts).toMatchObject([{ provider: 'openai', access: ACCESS, status: 'active' }]);
    expect(live?.parts[0]?.chain.map(({ linkId }) => linkId)).toEqual([`${id}.openai`, 'pk_ada']);
    const entry = await store.db
      .selectFrom('journal')
      .select('body')
      .where('grant_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(JSON.parse(entry.body)).toMatchObject({ via: 'test', shown_hash: 'shown' });
  });

  it.each([
    ['a key of another owner', [{ providerKeyId: 'pk_bob', access: ACCESS }], 'no_provider_key'],
    ['a key of another provider', [{ providerKeyId: 'pk_ada2', access: ACCESS }], 'provider_mismatch'],
    ['a key that does not exist', [{ providerKeyId: 'pk_none', access: ACCESS }], 'no_provider_key'],
    ['two parts of one provider', [NEW.parts[0]!, NEW.parts[0]!], 'provider_mismatch'],
    ['no part at all', [], 'provider_mismatch'],
  ])('is refused with %s, and leaves nothing behind', async (_, parts, reason) => {
    const made = await grants.create({ ...NEW, parts });
    expect(!made.ok && made.error.reason).toBe(reason);
    expect(await grants.list('ada')).toEqual([]);
  });
});

describe('isolation', () => {
  it('lets no owner read, change or stop the grant of another', async () => {
    const id = await make();
    expect(await grants.get('bob', id)).toBeNull();
    expect(await grants.list('bob')).toEqual([]);
    for (const attempt of [
      grants.revoke('bob', id, 'test'),
      grants.suspend('bob', id),
      grants.edit('bob', id, ACCESS),
      grants.resetLimit('bob', id, { provider: 'openai', unit: 'usd', per: 'day' }),
      grants.issueKeyToken('bob', id),
    ]) {
      expect(await attempt).toMatchObject({ ok: false, error: { reason: 'not_found' } });
    }
    expect((await grants.get('ada', id))?.status).toBe('active');
  });
});

describe('key-shaped tokens', () => {
  it('lead to their grant and are stored only as a hash', async () => {
    const id = await make();
    const token = await tokenOf(id);
    expect((await grants.liveByKeyToken(token))?.grant.id).toBe(id);
    const rows = JSON.stringify(await store.db.selectFrom('grants').selectAll().execute());
    expect(rows).not.toContain(token.slice(3, 20));
  });

  it.each([
    ['a slip of the finger', (token: string) => token.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    ['another token', () => `vk_${'0'.repeat(44)}`],
    ['half of it', (token: string) => token.slice(0, 20)],
    ['other letters', (token: string) => token.toUpperCase()],
    ['nothing', () => ''],
  ])('%s leads nowhere', async (_, spoil) => {
    const token = await tokenOf(await make());
    expect(await grants.liveByKeyToken(spoil(token))).toBeNull();
  });

  it('a new one ends the old one, also for a reader that had found the old one already', async () => {
    const id = await make();
    const old = await tokenOf(id);
    const reading = await grants.liveByKeyToken(old);
    const next = await tokenOf(id);
    expect(await grants.liveByKeyToken(old)).toBeNull();
    expect((await grants.liveByKeyToken(next))?.grant.id).toBe(id);
    const stale = await ledger.link(`${id}.openai`);
    expect(stale?.version).toBeGreaterThan(reading?.parts[0]?.chain[0]?.version ?? 0);
  });
});

describe('changing a grant', () => {
  it('takes effect for the next reader and raises the version that admissions are checked against', async () => {
    const id = await make();
    const before = await grants.live(id);
    const narrower = { ...ACCESS, models: ['m-1'], limits: [] };
    expect((await grants.edit('ada', id, narrower)).ok).toBe(true);
    const after = await grants.live(id);
    expect(after?.parts[0]?.access.models).toEqual(['m-1']);
    expect(after?.parts[0]?.chain[0]?.version).toBe((before?.parts[0]?.chain[0]?.version ?? 0) + 1);
    expect(await kinds(id)).toEqual(['grant.created', 'grant.edited']);
  });

  it('resets a limit: what is told of it is what counts, until its window ends', async () => {
    const id = await make();
    const spend = async (callId: string, nanos: number) => {
      const live = await grants.live(id);
      const chain = live?.parts[0]?.chain ?? [];
      const sizes = { fixedNanos: nanos, fixedTokens: 0, outputNanosPerMillion: 0, outputs: 0 };
      const hold = { ...sizes, maxOutputTokens: 0, minOutputTokens: 0, priced: true };
      const admitted = await ledger.admit({ callId, ownerId: 'ada', grantId: id, chain, hold, intent: {} });
      expect(admitted.ok).toBe(true);
      await ledger.settle({ callId, kind: 'settled', forwarded: true, nanos, tokens: 0, body: {} });
    };
    await spend('one', 4_000_000_000);
    const day = { provider: 'openai', unit: 'usd', per: 'day' } as const;
    expect(await grants.resetLimit('ada', id, day)).toMatchObject({ ok: true, value: { id } });
    await spend('two', 3_000_000_000);
    const usage = await grants.usage(id);
    expect(usage.tightest).toMatchObject({ limit: 5_000_000_000, used: 3_000_000_000 });
    expect(usage.balances[0]).toMatchObject({
      windows: { usd: { day: { settled: 7_000_000_000 } } },
      resets: [{ unit: 'usd', per: 'day', amount: 4_000_000_000 }],
    });
    nowMs += 86_400_000;
    expect((await grants.usage(id)).balances[0]?.resets).toEqual([]);
    expect(await grants.resetLimit('ada', id, { ...day, per: 'month' })).toMatchObject({
      ok: false,
      error: { reason: 'no_limit' },
    });
    expect(await kinds(id)).toContain('grant.limit_reset');
  });

  it('pauses and resumes', async () => {
    const id = await make();
    expect(await grants.suspend('ada', id)).toMatchObject({ ok: true, value: { status: 'suspended' } });
    expect((await grants.live(id))?.grant.status).toBe('suspended');
    expect(await grants.resume('ada', id)).toMatchObject({ ok: true, value: { status: 'active' } });
  });

  it('expires by time alone, when its last part does', async () => {
    const id = await make({
      parts: [
        { providerKeyId: 'pk_ada', access: { ...ACCESS, expiresAtMs: nowMs + 1000 } },
        { providerKeyId: 'pk_ada2', access: { ...unrestrictedAccess('google'), expiresAtMs: nowMs + 2000 } },
      ],
    });
    nowMs += 1500;
    expect((await grants.get('ada', id))?.status).toBe('active');
    nowMs += 500;
    expect((await grants.get('ada', id))?.status).toBe('expired');
  });
});

describe('revoking a grant', () => {
  it('is for ever, tells the listeners what to cut and counts it, and can be repeated', async () => {
    const id = await make();
    const token = await tokenOf(id);
    const stopped: (readonly string[])[] = [];
    grants.onStopped(({ grantIds = [] }) => stopped.push(grantIds) + 1);
    expect(await grants.revoke('ada', id, 'owner')).toMatchObject({
      ok: true,
      value: { grantIds: [id], callsCut: 2 },
    });
    expect(await grants.revoke('ada', id, 'owner')).toMatchObject({
      ok: true,
      value: { grantIds: [], callsCut: 0 },
    });
    expect(stopped).toEqual([[id]]);
    expect((await grants.liveByKeyToken(token))?.grant.status).toBe('revoked');
    for (const attempt of [
      grants.resume('ada', id),
      grants.edit('ada', id, ACCESS),
      grants.resetLimit('ada', id, { provider: 'openai', unit: 'usd', per: 'day' }),
      grants.issueKeyToken('ada', id),
    ]) {
      expect(await attempt).toMatchObject({ ok: false, error: { reason: 'not_active' } });
    }
    expect((await ledger.link(`${id}.openai`))?.status).toBe('revoked');
  });

  it('refuses one access token without touching the others', async () => {
    const id = await make();
    await grants.revokeToken(id, 'jti_1', nowMs + 600_000);
    const live = await grants.live(id);
    expect([live?.revokedTokenIds.has('jti_1'), live?.revokedTokenIds.has('jti_2')]).toEqual([true, false]);
    expect(live?.grant.status).toBe('active');
    nowMs += 700_000;
    await grants.revokeToken(id, 'jti_3', nowMs + 600_000);
    expect((await grants.live(id))?.revokedTokenIds).toEqual(new Set(['jti_3']));
  });
});

describe('a herd on a grant that nobody has read yet', () => {
  it('is one reading, and one that was changed meanwhile is not kept', async () => {
    const id = await make();
    const [first, ...others] = await Promise.all(Array.from({ length: 100 }, () => grants.live(id)));
    expect(others.every((other) => other === first)).toBe(true);
    await grants.edit('ada', id, { ...ACCESS, models: ['m-2'] });
    const early = grants.live(id);
    await grants.edit('ada', id, { ...ACCESS, models: ['m-3'] });
    await early;
    expect((await grants.live(id))?.parts[0]?.access.models).toEqual(['m-3']);
  });
});
