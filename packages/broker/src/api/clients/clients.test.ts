import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../../test/api-house.ts';
import { OTHER_CERTIFICATE, OWN_CERTIFICATE } from '../../../test/oauth/certificates.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

describe('apps', () => {
  const APP = {
    name: 'Acme Writer',
    url: 'https://acme.example',
    redirect_uris: ['https://acme.example/cb'],
    type: 'confidential',
  };

  it('are registered with a secret shown once, changed, given a new secret and removed', async () => {
    const made = await house.ask('POST', '/clients', APP);
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'Acme Writer',
        type: 'confidential',
        dpop_bound: false,
        origin: 'registered',
        grants: 0,
        client_secret: expect.any(String),
      },
    });
    const { id, client_secret: secret } = made.body;
    expect(JSON.stringify((await house.ask('GET', '/clients')).body)).not.toContain(secret);
    const changed = await house.ask('PATCH', `/clients/${id}`, { name: 'Acme Pro' });
    expect(changed.body).toMatchObject({
      name: 'Acme Pro',
      url: 'https://acme.example/',
      redirect_uris: APP.redirect_uris,
      type: 'confidential',
    });
    expect((await house.ask('POST', `/clients/${id}/secret`)).body.client_secret).not.toBe(secret);
    expect((await house.ask('PATCH', `/clients/${id}`, { name: 'x' }, 'eve')).status).toBe(404);
    expect((await house.ask('DELETE', `/clients/${id}`, undefined, 'eve')).status).toBe(404);
    expect((await house.ask('DELETE', `/clients/${id}`)).status).toBe(204);
    expect((await house.ask('GET', '/clients')).body.data).toEqual([]);
  });

  it('that are public have no secret', async () => {
    const { body } = await house.ask('POST', '/clients', {
      ...APP,
      type: 'public',
      redirect_uris: ['http://127.0.0.1/cb'],
    });
    expect(body).not.toHaveProperty('client_secret');
    expect((await house.ask('POST', `/clients/${body.id}/secret`)).status).toBe(400);
  });

  it('that prove themselves with a key have no secret; their keys can be replaced', async () => {
    const key = { kty: 'OKP', crv: 'Ed25519', x: 'AQ', kid: 'one' };
    const { status, body } = await house.ask('POST', '/clients', { ...APP, jwks: { keys: [key] } });
    expect([status, body.type, body.client_secret]).toEqual([201, 'confidential', undefined]);
    const next = { jwks: { keys: [{ ...key, kid: 'two' }] } };
    expect((await house.ask('PATCH', `/clients/${body.id}`, next)).status).toBe(200);
    const stored = await house.store.db
      .selectFrom('clients')
      .select('metadata')
      .where('id', '=', body.id)
      .executeTakeFirst();
    expect(JSON.parse(stored?.metadata ?? '')).toMatchObject(next);
    const withSecret = (await house.ask('POST', '/clients', APP)).body;
    for (const refused of [
      await house.ask('PATCH', `/clients/${body.id}`, { jwks: { keys: [{ ...key, d: 'AA' }] } }),
      await house.ask('PATCH', `/clients/${withSecret.id}`, next),
      await house.ask('POST', '/clients', { ...APP, type: 'public', ...next }),
    ])
      expect(refused).toMatchObject({
        status: 400,
        body: { error: { fields: { jwks: expect.any(String) } } },
      });
  });

  it('that prove themselves with a certificate keep it through other changes, and can replace it', async () => {
    const metadataOf = async (id: string) => {
      const rows = house.store.db.selectFrom('clients').select('metadata').where('id', '=', id);
      return JSON.parse((await rows.executeTakeFirst())?.metadata ?? '');
    };
    for (const [certificate, next, method] of [
      [{ pem: OWN_CERTIFICATE }, { pem: OTHER_CERTIFICATE }, 'self_signed_tls_client_auth'],
      [{ dns: 'own.app.test' }, { dns: 'other.app.test' }, 'tls_client_auth'],
    ] as const) {
      const { status, body } = await house.ask('POST', '/clients', { ...APP, certificate });
      expect([status, body.client_secret]).toEqual([201, undefined]);
      const before = await metadataOf(body.id);
      expect(before).toMatchObject({
        token_endpoint_auth_method: method,
        tls_client_certificate_bound_access_tokens: true,
      });
      expect((await house.ask('PATCH', `/clients/${body.id}`, { name: 'Renamed' })).status).toBe(200);
      expect(await metadataOf(body.id)).toEqual({ ...before, client_name: 'Renamed' });
      expect((await house.ask('PATCH', `/clients/${body.id}`, { certificate: next })).status).toBe(200);
      expect(await metadataOf(body.id)).not.toEqual({ ...before, client_name: 'Renamed' });
    }
    const withSecret = (await house.ask('POST', '/clients', APP)).body;
    for (const refused of [
      await house.ask('PATCH', `/clients/${withSecret.id}`, { certificate: { dns: 'own.app.test' } }),
      await house.ask('POST', '/clients', { ...APP, certificate: { pem: 'x' } }),
      await house.ask('POST', '/clients', { ...APP, type: 'public', certificate: { pem: OWN_CERTIFICATE } }),
    ])
      expect(refused).toMatchObject({
        status: 400,
        body: { error: { fields: { certificate: expect.any(String) } } },
      });
  });

  it('A36 are refused with the field that is wrong', async () => {
    const refused = await house.ask('POST', '/clients', { ...APP, redirect_uris: ['javascript:alert(1)'] });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', fields: { redirect_uris: expect.any(String) } } },
    });
  });
});
