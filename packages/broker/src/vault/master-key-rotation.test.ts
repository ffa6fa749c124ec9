// F17: the master key is replaced step by step; whatever breaks off is taken up, and afterwards the key before opens nothing.

import { succeed } from '@valetkey/core';
import { CompiledQuery, type KyselyPlugin } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ambient, systemAmbient as ambient } from '../clock.ts';
import type { Ledger } from '../ledger/contract.ts';
import { openStore, type SqliteStore } from '../store/open-store.ts';
import type { Vault } from './contract.ts';
import { createVault } from './create-vault.ts';
import { type DataKeys, openDataKeys } from './data-keys.ts';
import { createLocalKeyWrapper, type KeyWrapper, type MasterKeys } from './key-wrapper.ts';
import { type KeyPeers, MasterKeyRotation, type RotationFacts } from './master-key-rotation.ts';
import { sealAnew } from './seal-anew.ts';
import { providerKeyBinding } from './sealed-columns.ts';
import { sealText } from './sealing.ts';

const master = (): KeyWrapper => createLocalKeyWrapper(ambient.randomBytes(32), ambient);
const [FIRST, SECOND, THIRD] = [master(), master(), master()];
const BEFORE: MasterKeys = { current: FIRST, former: null };
const BOTH: MasterKeys = { current: SECOND, former: FIRST };
const AFTER: MasterKeys = { current: SECOND, former: null };
const KEY_COUNT = 120;
const keyText = (at: number): string => `sk-rotated-key-${String(at).padStart(4, '0')}`;

let store: SqliteStore;
let facts: RotationFacts[];
let logged: string[];
let useless: number;

const ledger: Pick<Ledger, 'change'> = {
  async change({ rows }) {
    for (const row of rows) await store.db.executeQuery(CompiledQuery.raw(row.sql, [...row.parameters]));
    return succeed(undefined);
  },
};

/** A process on the database. */
interface Process {
  readonly keys: DataKeys;
  readonly vault: Vault;
  readonly rotation: MasterKeyRotation;
}

const start = async (
  given: MasterKeys | (() => MasterKeys),
  peers: KeyPeers | null = null,
  own: Ambient = ambient,
): Promise<Process> => {
  const { db } = store;
  const masterKeys = () => (typeof given === 'function' ? given() : given);
  const keys = await openDataKeys(db, masterKeys(), ambient);
  const vault = createVault({
    db,
    keys,
    ledger,
    ambient,
    findProvider: () => ({ checkKey: () => null, keyRequired: true }),
    revokeGrantsOf: async () => {},
    onBadSeal: () => {},
  });
  const rotation = new MasterKeyRotation({
    db,
    keys,
    ambient: own,
    masterKeys: () => succeed(masterKeys()),
    alone: (work) => work(),
    peers,
    record: async (told) => void facts.push(told),
    onFormerUseless: () => {
      useless += 1;
    },
    log: {
      info: (...args: unknown[]) => void logged.push(String(args.at(-1))),
      error: (...args: unknown[]) => void logged.push(String(args.at(-1))),
    } as never,
  });
  return { keys, vault, rotation };
};

const tend = async ({ rotation }: Process, times = 6): Promise<void> => {
  for (let look = 0; look < times; look += 1) await rotation.tend();
};

/** A house with keys, a secret and a kept answer, all sealed under the first data key. */
const furnish = async (): Promise<readonly string[]> => {
  const { vault } = await start(BEFORE);
  const ids: string[] = [];
  for (let at = 0; at < KEY_COUNT; at += 1) {
    const added = await vault.add({ ownerId: 'ada', provider: 'openai', key: keyText(at) });
    if (added.ok) ids.push(added.value.id);
  }
  const sealed = vault.sealSecret('oauth.signing/sec_1', 'signing');
  const secret = { id: 'sec_1', purpose: 'oauth.signing', sealed, created_at: 1, retired_at: null };
  const cookies = {
    ...secret,
    id: 'sign-in',
    purpose: 'sign-in',
    sealed: vault.sealSecret('sign-in', 'cookies'),
  };
  await store.db.insertInto('secrets').values([secret, cookies]).execute();
  const answer = vault.sealSecret('idempotency.key_1', '{"status":200}');
  const kept = {
    owner_id: 'ada',
    grant_id: 'g',
    call_id: 'c',
    request_hash: 'h',
    created_at: 1,
    expires_at: 2,
  };
  await store.db
    .insertInto('idempotency_keys')
    .values([
      { id: 'key_1', ...kept, answer },
      { id: 'key_2', ...kept, answer: null },
    ])
    .execute();
  return ids;
};

const opensAll = async ({ vault }: Process, ids: readonly string[]): Promise<boolean> => {
  const opened = await Promise.all(ids.map((id) => vault.unseal(id)));
  const secrets = await store.db.selectFrom('secrets').selectAll().execute();
  const kept = await store.db
    .selectFrom('idempotency_keys')
    .select('answer')
    .where('id', '=', 'key_1')
    .execute();
  for (const { id, purpose, sealed } of secrets)
    vault.openSecret(id === purpose ? id : `${purpose}/${id}`, sealed);
  vault.openSecret('idempotency.key_1', kept[0]?.answer ?? '');
  return opened.every((key, at) => key.ok && key.value === keyText(at));
};

/** Values that are still sealed under the house's first data key. */
const oldValues = async (): Promise<number> => {
  const keys = await store.db.selectFrom('provider_keys').select('sealed as value').execute();
  const secrets = await store.db.selectFrom('secrets').select('sealed as value').execute();
  const answers = await store.db.selectFrom('idempotency_keys').select('answer as value').execute();
  return [...keys, ...secrets, ...answers].filter(({ value }) => value?.startsWith('v1.')).length;
};

const houseKeys = async (): Promise<readonly string[]> =>
  (
    await store.db.selectFrom('house').select('key').where('key', 'like', 'vault%').orderBy('key').execute()
  ).map(({ key }) => key);

beforeEach(async () => {
  store = await openStore({ dataDir: ':memory:', ambient });
  [facts, logged, useless] = [[], [], 0];
});
afterEach(() => store.close());

describe('F17 a new master key', () => {
  it('is taken up by a running process: all is sealed anew, readable at every moment, and the one before opens nothing', async () => {
    const ids = await furnish();
    let masterKeys = BEFORE;
    const running = await start(() => masterKeys);
    expect(await opensAll(running, ids)).toBe(true);
    await tend(running);
    expect(await oldValues()).toBe(KEY_COUNT + 3);
    masterKeys = BOTH;
    for (let look = 0; look < 6; look += 1) {
      await running.rotation.tend();
      expect(await opensAll(running, ids)).toBe(true);
      expect(await opensAll(await start(BOTH), ids)).toBe(true);
    }
    expect(await oldValues()).toBe(0);
    expect(await houseKeys()).toEqual(['vault_data_key']);
    expect((await start(BEFORE)).vault.unlocked).toBe(false);
    const [after] = [await start(AFTER)];
    expect([after.vault.unlocked, await opensAll(after, ids)]).toEqual([true, true]);
    expect(useless).toBeGreaterThan(0);
    expect(facts).toEqual([
      {
        data_key: expect.stringMatching(/^[0-9a-f]{16}$/),
        replaced: expect.any(String),
        master_key: SECOND.name,
      },
    ]);
  });

  it('can be replaced again, by a third and back', async () => {
    const ids = await furnish();
    for (const [current, former] of [
      [SECOND, FIRST],
      [THIRD, SECOND],
      [FIRST, THIRD],
    ] as const) {
      await tend(await start({ current, former }));
      expect(await opensAll(await start({ current, former: null }), ids)).toBe(true);
      expect((await start({ current: former, former: null })).vault.unlocked).toBe(false);
    }
  });

  it('whose rotation broke off half way needs both keys, and the next start finishes it', async () => {
    const ids = await furnish();
    // A nonce for each value: it ends when a batch is written and the next is half made.
    let nonces = 0;
    const randomBytes = (size: number): Uint8Array => {
      if (size === 12) nonces += 1;
      if (nonces > KEY_COUNT / 2) throw new Error('killed');
      return ambient.randomBytes(size);
    };
    const killed = await start(BOTH, null, { ...ambient, randomBytes });
    await expect(killed.rotation.tend()).rejects.toThrow('killed');
    const left = await oldValues();
    expect([left > 0, left < KEY_COUNT]).toEqual([true, true]);
    for (const one of [BEFORE, AFTER]) expect((await start(one)).vault.unlocked).toBe(false);
    const resumed = await start(BOTH);
    expect(await opensAll(resumed, ids)).toBe(true);
    await tend(resumed);
    expect([await oldValues(), await opensAll(await start(AFTER), ids)]).toEqual([0, true]);
  });

  it('never seals what a replica that was not given it could not open, and waits for one that says nothing', async () => {
    const ids = await furnish();
    const said = new Map<string, string | null>();
    const peer = (name: string): KeyPeers => ({
      announce: async (text) => void said.set(name, text),
      announced: async () => [...said.values()],
    });
    let masterKeysOfB = BEFORE;
    const a = await start(BOTH, peer('a'));
    const b = await start(() => masterKeysOfB, peer('b'));
    said.set('older release', null);
    await tend(b);
    await tend(a);
    masterKeysOfB = BOTH;
    await tend(b);
    await tend(a);
    expect(await houseKeys()).toEqual(['vault_data_key', 'vault_data_key_next']);
    expect(logged.filter((line) => line.includes('every replica'))).toHaveLength(2);
    said.delete('older release');
    await tend(a, 1);
    expect(await oldValues()).toBe(0);
    expect(await opensAll(b, ids)).toBe(true);
    await tend(a);
    // The other has not looked since and may seal with the key before.
    expect(await houseKeys()).toEqual(['vault_data_key', 'vault_data_key_last']);
    const late = await b.vault.add({ ownerId: 'ada', provider: 'openai', key: keyText(KEY_COUNT) });
    await tend(b, 1);
    await tend(a);
    await tend(b, 1);
    expect(await houseKeys()).toEqual(['vault_data_key']);
    expect(await oldValues()).toBe(0);
    for (const each of [a, b, await start(AFTER)])
      expect(await opensAll(each, [...ids, late.ok ? late.value.id : ''])).toBe(true);
  });

  it('keeps the one before as long as a value does not open, and says which', async () => {
    const [id = ''] = await furnish();
    const table = store.db.updateTable('provider_keys').where('id', '=', id);
    await table.set({ version: 7 }).execute();
    const running = await start(BOTH);
    await tend(running);
    expect(await houseKeys()).toEqual(['vault_data_key', 'vault_data_key_last']);
    expect(logged.filter((line) => line.includes(`provider_keys ${id}`))).toHaveLength(1);
    await table.set({ version: 1 }).execute();
    await tend(running);
    expect([await houseKeys(), await running.vault.unseal(id)]).toEqual([
      ['vault_data_key'],
      { ok: true, value: keyText(0) },
    ]);
  });

  it('does not replace what was replaced meanwhile', async () => {
    const [id = ''] = await furnish();
    const { keys, vault, rotation } = await start(BOTH);
    await rotation.tend();
    // Back under the key before, and replaced by its owner right after it was read to be sealed anew.
    const last = keys.at('last')!.opened!;
    const row = { id, owner_id: 'ada', provider: 'openai', version: 1 };
    const sealed = sealText(last, providerKeyBinding(row), keyText(0), ambient.randomBytes(12));
    await store.db.updateTable('provider_keys').set({ sealed }).where('id', '=', id).execute();
    const replacing: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        if (result.rows.some((read) => read.value === sealed))
          await vault.replace('ada', id, 'sk-another-key-0000');
        return result;
      },
    };
    await sealAnew({ db: store.db.withPlugin(replacing), keys, ambient });
    expect(await vault.unseal(id)).toEqual({ ok: true, value: 'sk-another-key-0000' });
  });

  it('that opens nothing, without the one before, changes nothing, and what runs goes on', async () => {
    const ids = await furnish();
    let masterKeys = BEFORE;
    const running = await start(() => masterKeys);
    masterKeys = { current: THIRD, former: null };
    await tend(running);
    expect([await opensAll(running, ids), await houseKeys(), await oldValues()]).toEqual([
      true,
      ['vault_data_key'],
      KEY_COUNT + 3,
    ]);
    expect(logged).toEqual([expect.stringContaining('does not open this database')]);
  });

  it('counts its looks anew in the next rotation, which another replica may have ended the one before of', async () => {
    await furnish();
    const said = new Map<string, string>();
    const peer = (name: string): KeyPeers => ({
      announce: async (text) => void said.set(name, text),
      announced: async () => [...said.values()],
    });
    let masterKeys = BEFORE;
    const [a, b] = [await start(() => masterKeys, peer('a')), await start(() => masterKeys, peer('b'))];
    for (const each of [a, b]) await tend(each, 1);
    masterKeys = BOTH;
    for (const each of [a, b, a, b, b]) await tend(each, 1);
    await tend(a, 2);
    expect(await houseKeys()).toEqual(['vault_data_key']);
    masterKeys = { current: THIRD, former: SECOND };
    for (const each of [b, a, b]) await tend(each, 1);
    expect(await houseKeys()).toEqual(['vault_data_key', 'vault_data_key_last']);
    await tend(b, 2);
    expect(await houseKeys()).toEqual(['vault_data_key']);
  });

  it('whose service wraps something else is not trusted with the data key: the row stays as it was', async () => {
    const ids = await furnish();
    const astray = await FIRST.wrap(ambient.randomBytes(32), '');
    const service: KeyWrapper = { ...FIRST, hasVersions: true, wrap: async () => astray };
    const running = await start({ current: service, former: null });
    await tend(running);
    expect(logged).toEqual([expect.stringContaining('was not wrapped by the newest version')]);
    expect([await opensAll(running, ids), await opensAll(await start(BEFORE), ids)]).toEqual([true, true]);
  });

  it('leaves a data key that is not the one it names closed', async () => {
    await furnish();
    await tend(await start(BOTH));
    const other = await SECOND.wrap(ambient.randomBytes(32), '');
    const row = store.db.selectFrom('house').select('value').where('key', '=', 'vault_data_key');
    const [name] = (await row.executeTakeFirstOrThrow()).value.split(' ');
    const forged = store.db.updateTable('house').set({ value: `${name} ${other}` });
    await forged.where('key', '=', 'vault_data_key').execute();
    expect((await start(AFTER)).vault.unlocked).toBe(false);
  });
});
