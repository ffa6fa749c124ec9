import { succeed } from '@valetkey/core';
import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ambient } from '../clock.ts';
import { systemAmbient } from '../clock.ts';
import type { Change, Ledger } from '../ledger/contract.ts';
import { openStore, type SqliteStore } from '../store/open-store.ts';
import type { Vault } from './contract.ts';
import { createVault } from './create-vault.ts';
import { openDataKeys } from './data-keys.ts';
import { importKeysFromEnvironment } from './import-keys.ts';
import { createLocalKeyWrapper } from './key-wrapper.ts';

const CANARY = 'sk-canary-5e1f0c9b7a3d4826';
const MASTER = new Uint8Array(32).map((_, index) => index * 7);

let store: SqliteStore;
let nowMs: number;
let changes: Change[];
let revoked: string[];
let badSeals: string[];
let isLedgerDown: boolean;

const ambient: Ambient = { now: () => nowMs, randomBytes: systemAmbient.randomBytes };

/** Runs rows against the real database and keeps the change, so that what is journalled can be read. */
const ledger: Pick<Ledger, 'change'> = {
  async change(change) {
    if (isLedgerDown) return { ok: false, error: { reason: 'unavailable', detail: 'disk full' } };
    changes.push(change);
    for (const row of change.rows)
      await store.db.executeQuery(CompiledQuery.raw(row.sql, [...row.parameters]));
    return succeed(undefined);
  },
};

const open = async (master = MASTER): Promise<Vault> =>
  createVault({
    db: store.db,
    ledger,
    ambient,
    keys: await openDataKeys(
      store.db,
      { current: createLocalKeyWrapper(master, ambient), former: null },
      ambient,
    ),
    findProvider: (name) => {
      if (name === 'ollama') return { checkKey: () => null, keyRequired: false };
      if (name !== 'openai' && name !== 'anthropic') return undefined;
      return {
        checkKey: (key) => (key.startsWith('sk-') ? null : 'Keys of this provider begin with sk-.'),
        keyRequired: true,
      };
    },
    revokeGrantsOf: async (ownerId, id) => void revoked.push(`${ownerId} ${id}`),
    onBadSeal: (id) => badSeals.push(id),
  });

const addKey = async (vault: Vault, ownerId = 'ada', key = CANARY) => {
  const added = await vault.add({ ownerId, provider: 'openai', label: 'main', key });
  if (!added.ok) throw new Error(added.error.detail);
  return added.value;
};

const dump = async (): Promise<string> =>
  JSON.stringify([
    await store.db.selectFrom('provider_keys').selectAll().execute(),
    await store.db.selectFrom('house').selectAll().execute(),
    changes,
  ]);

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 22);
  changes = [];
  revoked = [];
  badSeals = [];
  isLedgerDown = false;
  store = await openStore({ dataDir: ':memory:', ambient });
});
afterEach(() => store.close());

describe('vault', () => {
  it('gives back the key it sealed, and shows others its last four only', async () => {
    const vault = await open();
    const key = await addKey(vault);
    expect(key).toMatchObject({
      ownerId: 'ada',
      provider: 'openai',
      label: 'main',
      lastFour: '4826',
      lastUsedAtMs: null,
    });
    expect(await vault.unseal(key.id)).toEqual({ ok: true, value: CANARY });
    expect(await vault.list('ada')).toHaveLength(1);
    expect(await vault.list('grace')).toEqual([]);
  });

  it('I15 writes the key nowhere in any encoding', async () => {
    await addKey(await open());
    const everything = await dump();
    for (const form of [
      CANARY,
      Buffer.from(CANARY).toString('hex'),
      Buffer.from(CANARY).toString('base64').slice(0, 16),
      [...CANARY].reverse().join(''),
      CANARY.slice(3, 15),
    ]) {
      expect(everything).not.toContain(form);
    }
  });

  it('opens the root of the key’s chains in the same change as the row and the journal entry', async () => {
    const key = await addKey(await open());
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      links: [{ kind: 'open', link: { id: key.id, ownerId: 'ada', parentId: null, status: 'active' } }],
      entries: [
        { ownerId: 'ada', kind: 'provider_key.added', body: { provider_key_id: key.id, version: 1 } },
      ],
    });
    expect(changes[0]!.rows).toHaveLength(1);
  });

  it('puts a new key under the same id at once, and makes every admission that knew the old one stale', async () => {
    const vault = await open();
    const { id } = await addKey(vault);
    await vault.unseal(id, 1);
    const replaced = await vault.replace('ada', id, 'sk-second-key-0000-9999');
    expect(replaced).toMatchObject({ ok: true, value: { id, lastFour: '9999', replacedAtMs: nowMs } });
    expect(await vault.unseal(id, 2)).toEqual({ ok: true, value: 'sk-second-key-0000-9999' });
    expect(changes[1]).toMatchObject({
      links: [{ kind: 'update', linkId: id, set: {} }],
      entries: [{ kind: 'provider_key.replaced', body: { version: 2 } }],
    });
  });

  it('needs no notice of a key that another replica replaced: the version of its link tells', async () => {
    const [here, there] = [await open(), await open()];
    const { id } = await addKey(here);
    expect(await there.unseal(id, 1)).toEqual({ ok: true, value: CANARY });
    await here.replace('ada', id, 'sk-second-key-0000-9999');
    expect(await there.unseal(id, 2)).toEqual({ ok: true, value: 'sk-second-key-0000-9999' });
    expect(await there.unseal(id)).toEqual({ ok: true, value: 'sk-second-key-0000-9999' });
  });

  it('removes a key for ever: its root is revoked in the same change, its ciphertext is gone, its grants are revoked', async () => {
    const vault = await open();
    const { id } = await addKey(vault);
    expect(await vault.remove('ada', id)).toEqual({ ok: true, value: undefined });
    expect(changes[1]).toMatchObject({
      links: [{ kind: 'update', linkId: id, set: { status: 'revoked' } }],
      entries: [{ kind: 'provider_key.removed' }],
    });
    expect(revoked).toEqual([`ada ${id}`]);
    expect(await vault.unseal(id)).toMatchObject({ ok: false, error: { reason: 'not_found' } });
    expect(await vault.list('ada')).toEqual([]);
    expect((await store.db.selectFrom('provider_keys').select('sealed').executeTakeFirst())?.sealed).toBe('');
    expect(await vault.replace('ada', id, CANARY)).toMatchObject({
      ok: false,
      error: { reason: 'not_found' },
    });
  });

  it('finishes a removal that broke off before its grants were revoked', async () => {
    const vault = await open();
    const { id } = await addKey(vault);
    await vault.remove('ada', id);
    await vault.remove('ada', id);
    expect(revoked).toHaveLength(2);
    expect(changes).toHaveLength(2);
  });

  it('I17 changes nothing for another owner', async () => {
    const vault = await open();
    const { id } = await addKey(vault);
    expect(await vault.replace('grace', id, CANARY)).toMatchObject({
      ok: false,
      error: { reason: 'not_found' },
    });
    expect(await vault.remove('grace', id)).toMatchObject({ ok: false, error: { reason: 'not_found' } });
    expect(revoked).toEqual([]);
  });

  it.each([
    ['empty', ''],
    ['blank', ' \t\n'],
    ['a line break inside', 'sk-abc\ndef'],
    ['a header injection', 'sk-abc\r\nX-Evil: 1'],
    ['NUL', 'sk-abc\u0000def'],
    ['an emoji', 'sk-🔑🔑🔑🔑🔑🔑'],
    ['100 KB', `sk-${'a'.repeat(100_000)}`],
    ['not of the provider', 'pk-0123456789'],
  ])('A63 refuses hostile key material: %s', async (_name, key) => {
    const refused = await (await open()).add({ ownerId: 'ada', provider: 'openai', key });
    expect(refused).toMatchObject({ ok: false, error: { reason: 'invalid_provider_key' } });
    const significant = key.trim();
    if (significant) expect(JSON.stringify(refused)).not.toContain(significant);
    expect(changes).toEqual([]);
  });

  it('A63 takes a key that was pasted with blanks around it', async () => {
    const vault = await open();
    const { id } = await addKey(vault, 'ada', `  ${CANARY}\r\n`);
    expect(await vault.unseal(id)).toEqual({ ok: true, value: CANARY });
  });

  it('takes an empty key where a provider needs none, and shows nothing of a very short one', async () => {
    const vault = await open();
    const empty = await vault.add({ ownerId: 'ada', provider: 'ollama', key: '' });
    expect(empty).toMatchObject({ ok: true, value: { lastFour: '', label: 'ollama' } });
    expect(await vault.add({ ownerId: 'ada', provider: 'ollama', key: 'short' })).toMatchObject({
      value: { lastFour: '' },
    });
  });

  it('refuses a provider it does not know', async () => {
    const refused = await (await open()).add({ ownerId: 'ada', provider: 'http://127.0.0.1:1', key: CANARY });
    expect(refused).toMatchObject({ ok: false, error: { reason: 'unknown_provider' } });
  });

  it('says that nothing was changed when the ledger cannot record', async () => {
    const vault = await open();
    isLedgerDown = true;
    expect(await vault.add({ ownerId: 'ada', provider: 'openai', key: CANARY })).toMatchObject({
      ok: false,
      error: { reason: 'unavailable' },
    });
    expect(await vault.list('ada')).toEqual([]);
  });

  it('A64 refuses ciphertexts that were swapped between two rows, and raises the alarm', async () => {
    const first = await open();
    const one = await addKey(first);
    const two = await addKey(first, 'ada', 'sk-other-key-1234567890');
    const rows = await store.db.selectFrom('provider_keys').select(['id', 'sealed']).execute();
    const sealedOf = (id: string) => rows.find((row) => row.id === id)!.sealed;
    await store.db
      .updateTable('provider_keys')
      .set({ sealed: sealedOf(two.id) })
      .where('id', '=', one.id)
      .execute();
    await store.db
      .updateTable('provider_keys')
      .set({ sealed: sealedOf(one.id) })
      .where('id', '=', two.id)
      .execute();
    const vault = await open();
    expect(await vault.unseal(one.id)).toEqual({ ok: false, error: { reason: 'sealed_badly' } });
    expect(await vault.unseal(two.id)).toEqual({ ok: false, error: { reason: 'sealed_badly' } });
    expect(badSeals).toEqual([one.id, two.id]);
  });

  it.each(['owner_id', 'provider', 'version'] as const)(
    'A64 refuses a row whose %s was changed',
    async (column) => {
      const { id } = await addKey(await open());
      await store.db
        .updateTable('provider_keys')
        .set({ [column]: column === 'version' ? 2 : 'anthropic' })
        .where('id', '=', id)
        .execute();
      expect(await (await open()).unseal(id)).toEqual({ ok: false, error: { reason: 'sealed_badly' } });
    },
  );

  it('A64 refuses a ciphertext with any one bit flipped', async () => {
    const { id } = await addKey(await open());
    const { sealed } = await store.db.selectFrom('provider_keys').select('sealed').executeTakeFirstOrThrow();
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let bit = 0; bit < bytes.byteLength * 8; bit += 37) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await store.db
        .updateTable('provider_keys')
        .set({ sealed: `v1.${flipped.toString('base64url')}` })
        .where('id', '=', id)
        .execute();
      expect(await (await open()).unseal(id)).toEqual({ ok: false, error: { reason: 'sealed_badly' } });
    }
  });

  it('A64 stays locked under a wrong master key and writes nothing', async () => {
    const { id } = await addKey(await open());
    const before = await dump();
    const locked = await open(new Uint8Array(32).map((_, index) => index * 11 + 1));
    expect(locked.unlocked).toBe(false);
    expect(await locked.unseal(id)).toMatchObject({ ok: false, error: { reason: 'unavailable' } });
    for (const attempt of [
      locked.add({ ownerId: 'ada', provider: 'openai', key: CANARY }),
      locked.replace('ada', id, CANARY),
      locked.remove('ada', id),
    ]) {
      expect(await attempt).toMatchObject({ ok: false, error: { reason: 'unavailable' } });
    }
    expect(() => locked.sealSecret('cookies', 'secret')).toThrow('locked');
    expect(await dump()).toBe(before);
    expect((await open()).unlocked).toBe(true);
  });

  it('stays locked when the data key is gone but sealed rows are there', async () => {
    await addKey(await open());
    await store.db.deleteFrom('house').execute();
    expect((await open()).unlocked).toBe(false);
    expect(await store.db.selectFrom('house').selectAll().execute()).toEqual([]);
  });

  it('binds the broker’s own secrets to their purpose', async () => {
    const vault = await open();
    const sealed = vault.sealSecret('cookies', 'secret');
    expect(sealed).not.toContain('secret');
    expect((await open()).openSecret('cookies', sealed)).toBe('secret');
    expect(() => vault.openSecret('signing', sealed)).toThrow('moved or altered');
  });

  it('notes when a key was last used, at most once a minute', async () => {
    const vault = await open();
    const { id } = await addKey(vault);
    const lastUsed = async () => (await vault.list('ada'))[0]!.lastUsedAtMs;
    const first = nowMs;
    await vault.unseal(id);
    await vi.waitFor(async () => expect(await lastUsed()).toBe(first), { timeout: 20_000 });
    nowMs += 59_000;
    await vault.unseal(id);
    nowMs += 1_000;
    await vault.unseal(id);
    await vi.waitFor(async () => expect(await lastUsed()).toBe(first + 60_000), { timeout: 20_000 });
  });
});

describe('keys from the environment', () => {
  const env = {
    OPENAI_API_KEY: CANARY,
    CLAUDE_API_KEY: 'sk-claude-0123456789',
    GROQ_API_KEY: '',
    MISTRAL_API_KEY: 'x y',
  };

  it('are imported once, under the names people use, and never again', async () => {
    const vault = await open();
    expect(await importKeysFromEnvironment({ db: store.db, vault }, env, 'ada')).toEqual([
      { variable: 'OPENAI_API_KEY', provider: 'openai', problem: null },
      { variable: 'CLAUDE_API_KEY', provider: 'anthropic', problem: null },
      { variable: 'MISTRAL_API_KEY', provider: 'mistral', problem: 'There is no provider of that name.' },
    ]);
    const [first] = await vault.list('ada');
    await vault.remove('ada', first!.id);
    expect(await importKeysFromEnvironment({ db: store.db, vault }, env, 'ada')).toEqual([]);
    expect(await vault.list('ada')).toHaveLength(1);
  });

  it('are not imported twice by a start that follows a broken one', async () => {
    const vault = await open();
    await importKeysFromEnvironment({ db: store.db, vault }, env, 'ada');
    await store.db.deleteFrom('house').where('key', '=', 'environment_keys_imported').execute();
    await importKeysFromEnvironment({ db: store.db, vault }, env, 'ada');
    expect((await vault.list('ada')).map((key) => key.provider).sort()).toEqual(['anthropic', 'openai']);
  });
});
