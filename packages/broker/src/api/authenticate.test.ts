import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, CANARY, DETAILS, ISSUER, openApiHouse } from '../../test/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

describe('who may ask', () => {
  it('nobody without a session, with the pinned error', async () => {
    const answer = await house.app.inject({ method: 'GET', url: '/api/v1/me' });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toEqual({
      error: {
        code: 'missing_token',
        message: expect.stringContaining('/sign-in'),
        request_id: answer.headers['x-request-id'],
      },
    });
    expect((await house.ask('GET', '/me', undefined, 'wrong')).body.error.code).toBe('invalid_token');
  });

  it('every call but the OpenAPI document asks for one', async () => {
    await house.app.ready();
    const document = house.app.swagger() as { paths: Record<string, Record<string, unknown>> };
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) {
        const url = path.replace('{id}', 'x');
        expect([
          path,
          (await house.app.inject({ method: method.toUpperCase() as 'GET', url })).statusCode,
        ]).toEqual([path, 401]);
      }
    }
    expect((await house.app.inject('/openapi.json')).statusCode).toBe(200);
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['a sibling host', { 'sec-fetch-site': 'same-site' }],
    ['no browser at all', {}],
  ])('A35 a cookie changes nothing for %s', async (_name, headers) => {
    const answer = await house.app.inject({
      method: 'POST',
      url: '/api/v1/provider-keys',
      headers: { 'x-test-owner': 'ada', ...headers },
      payload: { provider: 'openai', key: CANARY },
    });
    expect(answer.statusCode).toBe(400);
    expect(await house.vault.list('ada')).toEqual([]);
  });

  it.each([[{ origin: ISSUER }], [{ 'sec-fetch-site': 'same-origin' }]])(
    'a cookie may change from our own pages: %o',
    async (headers) => {
      const answer = await house.app.inject({
        method: 'POST',
        url: '/api/v1/provider-keys',
        headers: { 'x-test-owner': 'ada', ...headers },
        payload: { provider: 'openai', key: CANARY },
      });
      expect(answer.statusCode).toBe(201);
    },
  );

  it('I17 sees and changes nothing of another owner', async () => {
    const grant = await house.createGrant();
    const [key] = await house.vault.list('ada');
    const eve = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object) =>
      house.ask(method, path, body, 'eve');
    for (const path of ['/provider-keys', '/grants?status=all', '/calls', '/clients']) {
      expect((await eve('GET', path)).body.data).toEqual([]);
    }
    const refused = await Promise.all([
      eve('GET', `/grants/${grant.id}`),
      eve('GET', `/grants/${grant.id}/calls`),
      eve('PATCH', `/grants/${grant.id}`, { status: 'suspended' }),
      eve('POST', `/grants/${grant.id}/revoke`),
      eve('POST', `/grants/${grant.id}/token`),
      eve('PUT', `/provider-keys/${key!.id}`, { key: CANARY }),
      eve('POST', `/provider-keys/${key!.id}/test`),
      eve('DELETE', `/provider-keys/${key!.id}?revoke_grants=true`),
    ]);
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 404));
    expect(house.tested).toEqual([]);
    const borrowed = await eve('POST', '/grants', {
      authorization_details: [DETAILS],
      provider_key_ids: { openai: key!.id },
    });
    expect(borrowed.status).toBe(400);
    expect((await house.ask('GET', `/grants/${grant.id}`)).body.status).toBe('active');
  });
});
