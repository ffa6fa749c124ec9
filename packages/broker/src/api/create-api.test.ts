import { ERRORS } from '@valetkey/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, ISSUER, openApiHouse } from '../../test/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

describe('the rest', () => {
  it('tells who is signed in and which providers there are', async () => {
    expect((await house.ask('GET', '/me')).body).toEqual({
      owner: { id: 'ada', email: 'ada@example.com', name: 'ada' },
      issuer: ISSUER,
      version: '0.1.0',
      locale: 'en',
      role: 'owner',
      maxima: [],
      step_up: null,
    });
    await house.addKey();
    const { data } = (await house.ask('GET', '/providers')).body;
    expect(data[0]).toEqual({
      name: 'openai',
      label: 'OpenAI',
      dialect: 'openai',
      base_url: `${ISSUER}/openai/v1`,
      key_required: true,
      simulated: false,
      models: [{ id: 'gpt-5-mini', name: 'GPT-5 mini' }],
      capabilities: ['chat', 'embeddings'],
      has_key: true,
    });
    expect(data[1]).toMatchObject({ base_url: `${ISSUER}/anthropic`, has_key: false });
    expect(data[2]).toMatchObject({ simulated: true, key_required: false });
  });

  it('keeps the language that an owner chose, for that owner alone', async () => {
    for (const [owner_id, role, invitation_id] of [
      ['ada', 'operator', null],
      ['eve', 'owner', 'inv_1'],
    ] as const)
      await house.store.db.insertInto('owners').values({ owner_id, role, invitation_id }).execute();
    expect(await house.ask('PATCH', '/me', { locale: 'de' })).toMatchObject({
      status: 200,
      body: { owner: { id: 'ada' }, locale: 'de' },
    });
    expect((await house.ask('GET', '/me')).body.locale).toBe('de');
    expect((await house.ask('GET', '/me', undefined, 'eve')).body.locale).toBe('en');
    for (const body of [{ locale: 'fr' }, {}, { locale: 'de', role: 'operator' }])
      expect((await house.ask('PATCH', '/me', body)).status).toBe(400);
  });

  it('is described by an OpenAPI 3.1 document that knows every call and every error code', async () => {
    const document = (await house.app.inject('/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    const calls = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('/api/v1', '')}`),
    );
    expect(calls.sort()).toMatchInlineSnapshot(`
      [
        "DELETE /alert-destinations/{id}",
        "DELETE /clients/{id}",
        "DELETE /invitations/{id}",
        "DELETE /provider-keys/{id}",
        "DELETE /sessions/{id}",
        "DELETE /stops/{id}",
        "GET /alert-deliveries",
        "GET /alert-destinations",
        "GET /alert-settings",
        "GET /alerts",
        "GET /audit/changes",
        "GET /audit/export",
        "GET /calls",
        "GET /calls/export",
        "GET /calls/{id}/graph",
        "GET /calls/{id}/receipt",
        "GET /ceilings",
        "GET /clients",
        "GET /devices",
        "GET /events",
        "GET /grants",
        "GET /grants/{id}",
        "GET /grants/{id}/calls",
        "GET /invitations",
        "GET /me",
        "GET /owners",
        "GET /prices/check",
        "GET /prices/model",
        "GET /provider-keys",
        "GET /providers",
        "GET /requests",
        "GET /requests/{id}",
        "GET /sessions",
        "GET /stops",
        "GET /usage",
        "GET /usage/models",
        "PATCH /clients/{id}",
        "PATCH /devices/{id}",
        "PATCH /grants/{id}",
        "PATCH /me",
        "POST /alert-deliveries/{id}/retry",
        "POST /alert-destinations",
        "POST /alert-destinations/{id}/test",
        "POST /alerts/acknowledge",
        "POST /alerts/{id}/acknowledge",
        "POST /audit/erase",
        "POST /calls/{id}/correct",
        "POST /clients",
        "POST /clients/{id}/secret",
        "POST /devices",
        "POST /devices/{id}/lost",
        "POST /grants",
        "POST /grants/{id}/children",
        "POST /grants/{id}/reset-limit",
        "POST /grants/{id}/revoke",
        "POST /grants/{id}/token",
        "POST /invitations",
        "POST /ledger/compare",
        "POST /owners/{id}/remove",
        "POST /owners/{id}/resume",
        "POST /owners/{id}/suspend",
        "POST /provider-keys",
        "POST /provider-keys/{id}/test",
        "POST /requests/{id}/allow",
        "POST /requests/{id}/deny",
        "POST /sessions/end-others",
        "POST /stops",
        "PUT /alert-settings",
        "PUT /ceilings/{id}",
        "PUT /owners/{id}/maxima",
        "PUT /provider-keys/{id}",
      ]
    `);
    expect(document.components.schemas.Error.properties.error.properties.code.enum).toEqual(
      Object.keys(ERRORS),
    );
    expect(document.components.schemas).toHaveProperty('Grant');
  });
});
