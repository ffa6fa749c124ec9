import { ERRORS } from '@valetkey/core';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, CANARY, openApiHouse } from '../../test/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

describe('what is asked', () => {
  it.each([
    [
      'an unknown member',
      { provider: 'openai', key: CANARY, base_url: 'http://169.254.169.254' },
      'unknown_field',
    ],
    ['a missing member', { provider: 'openai' }, 'invalid_request'],
    ['a wrong type', { provider: 7, key: CANARY }, 'invalid_request'],
    ['an unknown provider', { provider: 'http://127.0.0.1:1', key: CANARY }, 'invalid_request'],
    ['a key with a line break inside', { provider: 'openai', key: 'sk-a\nb' }, 'invalid_request'],
  ])('A5 A63 is refused with %s, and the key is not repeated', async (_name, body, code) => {
    const answer = await house.ask('POST', '/provider-keys', body);
    expect([answer.status, answer.body.error.code]).toEqual([400, code]);
    expect(JSON.stringify(answer.body)).not.toContain('sk-');
    expect(await house.vault.list('ada')).toEqual([]);
  });

  it.each([
    ['text', 'text/plain', 'x', 415],
    ['a form', 'application/x-www-form-urlencoded', 'a=b', 415],
    ['broken JSON', 'application/json', '{', 400],
    ['nothing', 'application/json', '', 400],
    ['300 KB', 'application/json', JSON.stringify({ key: 'x'.repeat(300_000) }), 413],
    ['a prototype', 'application/json', '{"__proto__":{"key":"x"}}', 400],
  ])('is refused as %s', async (_name, contentType, payload, status) => {
    const headers = { authorization: 'Bearer ada', 'content-type': contentType };
    const answer = await house.app.inject({ method: 'POST', url: '/api/v1/provider-keys', headers, payload });
    expect(answer.statusCode).toBe(status);
    expect(ERRORS[answer.json().error.code as keyof typeof ERRORS].status).toBe(status);
    expect(house.faults).toEqual([]);
  });

  it('A24 is refused without a fault when ids and cursors are hostile', async () => {
    for (const path of [
      `/grants/${encodeURIComponent("' OR 1=1--")}`,
      '/grants/%00',
      `/grants/${'a'.repeat(900)}`,
      '/calls?before=1%27',
      '/calls?limit=0',
      '/calls?evil=1',
      '/usage?days=9999',
      '/nothing',
    ]) {
      expect([400, 404]).toContain((await house.ask('GET', path)).status);
    }
    expect(house.faults).toEqual([]);
  });

  it('A65 a fault of ours tells nothing but its id', async () => {
    await sql`drop table clients`.execute(house.store.db);
    const answer = await house.ask('GET', '/clients');
    expect(answer).toEqual({
      status: 500,
      body: {
        error: {
          code: 'internal_error',
          message: 'Something broke inside the broker.',
          request_id: expect.any(String),
        },
      },
    });
    expect(house.faults).toHaveLength(1);
  });
});
