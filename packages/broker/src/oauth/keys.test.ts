import type { KyselyPlugin } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemAmbient } from '../clock.ts';
import { openStore, type SqliteStore } from '../store/open-store.ts';
import { createKeyStore, type KeyStore, SIGNING_KEY_LIFETIME_MS, SIGNING_KEY_OVERLAP_MS } from './keys.ts';

/** Seals so that it can be seen what was sealed for what. */
const sealer = {
  sealSecret: (purpose: string, secret: string) => Buffer.from(`${purpose}|${secret}`).toString('base64'),
  openSecret(purpose: string, sealed: string) {
    const text = Buffer.from(sealed, 'base64').toString();
    if (!text.startsWith(`${purpose}|`)) throw new Error('moved');
    return text.slice(purpose.length + 1);
  },
};

let store: SqliteStore;
let nowMs: number;
let keys: KeyStore;
beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 1);
  const ambient = { now: () => nowMs, randomBytes: systemAmbient.randomBytes };
  store = await openStore({ dataDir: ':memory:', ambient });
  keys = createKeyStore(store.db, sealer, ambient);
});
afterEach(() => store.close());

const kids = async () => (await keys.signingKeys()).map(({ kid }) => kid);

describe('the key store', () => {
  it('makes one key at first use and keeps it', async () => {
    const [first, ...others] = await keys.signingKeys();
    expect(others).toEqual([]);
    expect(first?.privateJwk).toMatchObject({ kty: 'EC', crv: 'P-256', d: expect.any(String) });
    expect(await keys.signingKeys()).toEqual([first]);
  });

  it('a replaced key is published until its tokens are gone, and no longer', async () => {
    const [before] = await kids();
    nowMs += 1000;
    await keys.rotateSigningKey();
    const after = await kids();
    expect(after).toEqual([expect.not.stringMatching(before!), before]);
    nowMs += SIGNING_KEY_OVERLAP_MS - 1;
    expect(await kids()).toEqual(after);
    nowMs += 1;
    expect(await kids()).toEqual([after[0]]);
  });

  it('a key is due for rotation after its lifetime, and its successor is not', async () => {
    await keys.signingKeys();
    nowMs += SIGNING_KEY_LIFETIME_MS - 1;
    expect(await keys.isRotationDue()).toBe(false);
    nowMs += 1;
    expect(await keys.isRotationDue()).toBe(true);
    await keys.rotateSigningKey();
    expect(await keys.isRotationDue()).toBe(false);
  });

  it('a secret is the same for each purpose at every start, and another for others', async () => {
    const cookies = await keys.secret('cookies');
    expect(cookies).toMatch(/^[\w-]{43}$/);
    expect(await keys.secret('cookies')).toBe(cookies);
    expect(await keys.secret('forms')).not.toBe(cookies);
  });

  it('a secret that two replicas make at the same time is the same for both', async () => {
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slowly: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: ({ result }) => held.then(() => result),
    };
    const ambient = { now: () => nowMs + 1, randomBytes: systemAmbient.randomBytes };
    const late = createKeyStore(store.db.withPlugin(slowly), sealer, ambient).secret('cookies');
    const early = await keys.secret('cookies');
    goOn();
    expect(await late).toBe(early);
    expect(await keys.secret('cookies')).toBe(early);
  });

  it('keeps nothing in the clear, each row sealed for itself', async () => {
    const secret = await keys.secret('cookies');
    const [signing] = await keys.signingKeys();
    const rows = await store.db.selectFrom('secrets').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(JSON.stringify(rows)).not.toContain(String(signing?.privateJwk.d));
    const [first, second] = rows;
    await store.db
      .updateTable('secrets')
      .set({ sealed: first!.sealed })
      .where('id', '=', second!.id)
      .execute();
    await expect(Promise.all([keys.secret('cookies'), keys.signingKeys()])).rejects.toThrow('moved');
  });
});
