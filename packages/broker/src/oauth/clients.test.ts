import { fail, succeed } from '@valetkey/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemAmbient } from '../clock.ts';
import type { Ledger } from '../ledger/contract.ts';
import { openEmbeddedLedger } from '../ledger/embedded/embedded-ledger.ts';
import { openStore, type SqliteStore } from '../store/open-store.ts';
import type { ClientInput } from './client-metadata.ts';
import { type Clients, createClients, matchesSecretHash } from './clients.ts';

const INPUT: ClientInput = {
  name: 'Acme Writer',
  url: 'https://app.test',
  redirectUris: ['https://app.test/cb'],
  authMethod: 'client_secret_basic',
};

const KEY = { kty: 'EC', crv: 'P-256', x: 'AQ', y: 'Ag' };

let store: SqliteStore;
let ledger: Ledger;
let clients: Clients;
let revoked: string[];
beforeEach(async () => {
  store = await openStore({ dataDir: ':memory:', ambient: systemAmbient });
  revoked = [];
  const revoke = async (ownerId: string, grantId: string) => {
    revoked.push(`${ownerId} ${grantId}`);
    return succeed({ grantId, revokedAtMs: 0, grantIds: [], callsCut: 0 });
  };
  ledger = await openEmbeddedLedger({ store, ambient: systemAmbient });
  clients = createClients({
    db: store.db,
    grants: { revoke },
    ledger,
    ambient: systemAmbient,
    hasMutualTls: false,
  });
});
afterEach(async () => {
  await ledger.close();
  await store.close();
});

const register = async (input: ClientInput = INPUT) => {
  const made = await clients.register('ada', input);
  if (!made.ok) throw new Error(made.error.detail);
  return made.value;
};

describe('the registry of apps', () => {
  it('shows a secret once and stores its hash', async () => {
    const { client, clientSecret } = await register();
    expect(client.id).toMatch(/^app_\w{22}$/);
    expect(clientSecret).toMatch(/^vcs_\w{43}$/);
    const stored = await clients.findForProvider(client.id);
    expect(stored).toMatchObject({ client_id: client.id, redirect_uris: INPUT.redirectUris });
    expect(stored?.client_secret).not.toBe(clientSecret);
    expect(matchesSecretHash(String(clientSecret), String(stored?.client_secret))).toBe(true);
    expect(matchesSecretHash('other', String(stored?.client_secret))).toBe(false);
  });

  it('leaves an entry of every change in the journal of its owner, with nothing that a person wrote in it', async () => {
    const { client } = await register();
    await clients.update('ada', client.id, { ...INPUT, name: 'Other', redirectUris: ['https://app.test/2'] });
    await clients.rotateSecret('ada', client.id);
    await clients.remove('ada', client.id);
    await clients.remove('eve', client.id);
    const entries = await store.db.selectFrom('journal').select(['owner_id', 'kind', 'body']).execute();
    expect(entries.map(({ owner_id, kind }) => `${owner_id} ${kind}`)).toEqual([
      'ada client.registered',
      'ada client.changed',
      'ada client.secret_rotated',
      'ada client.removed',
    ]);
    const bodies = entries.map(({ body }) => JSON.parse(body));
    expect(new Set(bodies.map(({ client_id }) => client_id))).toEqual(new Set([client.id]));
    expect(bodies[0].redirect_uris_sha256).not.toBe(bodies[1].redirect_uris_sha256);
    for (const { body } of entries) expect(body).not.toMatch(/Acme|Other|app\.test/);
  });

  it('gives public apps no secret', async () => {
    const { client, clientSecret } = await register({ ...INPUT, authMethod: 'none' });
    expect(clientSecret).toBeNull();
    expect(await clients.findForProvider(client.id)).not.toHaveProperty('client_secret');
    expect(await clients.rotateSecret('ada', client.id)).toMatchObject({ ok: false });
  });

  it('keeps the public keys of an app that proves itself with one, and gives it no secret', async () => {
    const keys = [{ ...KEY, kid: 'one', use: 'sig', ext: true, key_ops: ['verify'] }];
    const { client, clientSecret } = await register({ ...INPUT, authMethod: 'private_key_jwt', keys });
    const stored = await clients.findForProvider(client.id);
    expect([clientSecret, stored?.client_secret]).toEqual([null, undefined]);
    expect(stored?.jwks).toEqual({ keys: [{ ...KEY, kid: 'one', use: 'sig' }] });
    expect(await clients.rotateSecret('ada', client.id)).toMatchObject({ ok: false });
  });

  it.each<[string, Partial<ClientInput>, keyof ClientInput]>([
    ['an empty name', { name: ' ' }, 'name'],
    ['a name of 10 KB', { name: 'x'.repeat(10_000) }, 'name'],
    ['a name that reads backwards', { name: 'evil\u202egnp' }, 'name'],
    ['a name with hidden letters', { name: 'Op\u200benAI' }, 'name'],
    ['a home page over http', { url: 'http://app.test' }, 'url'],
    ['a script as home page', { url: 'javascript:alert(1)' }, 'url'],
    ['no address', { redirectUris: [] }, 'redirectUris'],
    ['the same address twice', { redirectUris: ['https://a.test/', 'https://a.test/'] }, 'redirectUris'],
    ['a script as address', { redirectUris: ['https://a.test/', 'javascript:alert(1)'] }, 'redirectUris'],
    ['a key without a way to use it', { keys: [KEY] }, 'keys'],
    ['no key to prove itself with', { authMethod: 'private_key_jwt' }, 'keys'],
    ['a private key', { authMethod: 'private_key_jwt', keys: [{ ...KEY, d: 'AA' }] }, 'keys'],
    ['a shared key', { authMethod: 'private_key_jwt', keys: [{ kty: 'oct', k: 'AA' }] }, 'keys'],
    ['half a key', { authMethod: 'private_key_jwt', keys: [{ kty: 'EC', crv: 'P-256', x: 'AA' }] }, 'keys'],
    ['an unknown curve', { authMethod: 'private_key_jwt', keys: [{ ...KEY, crv: 'P-999' }] }, 'keys'],
    ['no key in the list', { authMethod: 'private_key_jwt', keys: [null] }, 'keys'],
    ['an unknown way to authenticate', { authMethod: 'client_secret_jwt' as never }, 'authMethod'],
  ])('A39 refuses %s, when registered and when changed', async (_name, change, field) => {
    expect(await clients.register('ada', { ...INPUT, ...change })).toEqual(
      fail({ reason: 'invalid_client', field, detail: expect.any(String) }),
    );
    const { client } = await register();
    expect((await clients.update('ada', client.id, { ...INPUT, ...change })).ok).toBe(false);
    expect(await clients.find(client.id)).toEqual(client);
  });

  it('a new secret replaces the old one', async () => {
    const { client, clientSecret } = await register();
    const rotated = await clients.rotateSecret('ada', client.id);
    const hash = String((await clients.findForProvider(client.id))?.client_secret);
    expect(matchesSecretHash(String(clientSecret), hash)).toBe(false);
    expect(rotated.ok && matchesSecretHash(String(rotated.value.clientSecret), hash)).toBe(true);
  });

  it('an app that turns public loses its secret for good', async () => {
    const { client, clientSecret } = await register();
    await clients.update('ada', client.id, { ...INPUT, authMethod: 'none' });
    await clients.update('ada', client.id, INPUT);
    const hash = String((await clients.findForProvider(client.id))?.client_secret);
    expect(matchesSecretHash(String(clientSecret), hash)).toBe(false);
  });

  it('is closed to everybody but the owner who registered the app', async () => {
    const { client } = await register();
    const notFound = { ok: false, error: { reason: 'not_found' } };
    expect(await clients.list('bob')).toEqual([]);
    expect(await clients.get('bob', client.id)).toBeNull();
    expect(await clients.update('bob', client.id, INPUT)).toMatchObject(notFound);
    expect(await clients.rotateSecret('bob', client.id)).toMatchObject(notFound);
    expect(await clients.remove('bob', client.id)).toMatchObject(notFound);
    expect(await clients.list('ada')).toEqual([client]);
  });

  it('A39 removing an app revokes what anybody gave it, and it stays removed', async () => {
    const { client } = await register();
    const grant = {
      name: 'x',
      parent_grant_id: null,
      status: 'active',
      unknown_fields: 'refuse',
      via: 'consent',
    };
    const rest = { shown_hash: null, key_token_hash: null, created_at: 1, revoked_at: null };
    await store.db
      .insertInto('grants')
      .values(
        ['ada', 'bob'].map((owner_id) => ({
          id: `gr_${owner_id}`,
          owner_id,
          client_id: client.id,
          ...grant,
          ...rest,
        })),
      )
      .execute();
    expect((await clients.remove('ada', client.id)).ok).toBe(true);
    expect(revoked.sort()).toEqual(['ada gr_ada', 'bob gr_bob']);
    expect(await clients.findForProvider(client.id)).toBeUndefined();
    expect(await clients.isEnabled(client.id)).toBe(false);
    expect((await clients.update('ada', client.id, INPUT)).ok).toBe(false);
  });
});
