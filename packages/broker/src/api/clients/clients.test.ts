import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../../test/api-house.ts';

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

  it('A36 are refused with the field that is wrong', async () => {
    const refused = await house.ask('POST', '/clients', { ...APP, redirect_uris: ['javascript:alert(1)'] });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', fields: { redirect_uris: expect.any(String) } } },
    });
  });
});
