import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, CANARY, DETAILS, openApiHouse } from '../../test/api-house.ts';
import { readMore } from '../access-requests/read-more.ts';
import { linkIdOf } from '../grants/grant-links.ts';

const LARGE = { ...DETAILS, limits: { daily_spend: 50 } };

let house: ApiHouse;
let grantId: string;
beforeEach(async () => {
  house = await openApiHouse();
  grantId = (await house.createGrant()).id;
});
afterEach(() => house.close());

const goStale = (method: 'password' | 'passkey' = 'password') => {
  house.stepUp.needed = { method, maxAgeSeconds: 600 };
};
const keyId = async () => (await house.ask('GET', '/provider-keys')).body.data[0].id as string;
const entries = async () =>
  (await house.store.db.selectFrom('journal').select('kind').execute()).map(({ kind }) => kind);

describe('without a recent proof that it is the owner who asks', () => {
  it.each<[string, () => Promise<readonly ['GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', string, object?]>]>([
    ['a key is not added', async () => ['POST', '/provider-keys', { provider: 'openai', key: CANARY }]],
    ['a key is not replaced', async () => ['PUT', `/provider-keys/${await keyId()}`, { key: CANARY }]],
    ['a key is not removed', async () => ['DELETE', `/provider-keys/${await keyId()}?revoke_grants=true`]],
    ['the journal is not exported', async () => ['GET', '/audit/export']],
    ['nothing is erased', async () => ['POST', '/audit/erase', { owner_email: 'ada@example.com' }]],
    [
      'the cost of a call is not corrected, which gives its budget back',
      async () => {
        await house.admit(grantId, 'c1');
        await house.settle('c1', 'ceiling');
        return ['POST', '/calls/c1/correct', { cost_usd: '0' }];
      },
    ],
    ['a large budget is not given', async () => ['POST', '/grants', { authorization_details: [LARGE] }]],
    [
      'a grant without a budget is not given',
      async () => ['POST', '/grants', { authorization_details: [{ ...DETAILS, limits: {} }] }],
    ],
    [
      'a budget is not made large',
      async () => ['PATCH', `/grants/${grantId}`, { authorization_details: [LARGE] }],
    ],
  ])('%s', async (_name, make) => {
    const [method, path, body] = await make();
    const before = await entries();
    goStale();
    const answer = await house.ask(method, path, body);
    expect([answer.status, answer.body.error.code]).toEqual([401, 'insufficient_user_authentication']);
    expect(answer.body.error.message).toContain('valetkey login');
    expect(await entries()).toEqual(before);
    house.stepUp.needed = null;
    const headers = { authorization: 'Bearer ada' };
    const done = await house.app.inject({
      method,
      url: `/api/v1${path}`,
      headers,
      ...(body && { payload: body }),
    });
    expect(done.statusCode).toBeLessThan(300);
  });

  it('a large limit is not reset, and a small one is', async () => {
    const reset = { provider: 'openai', unit: 'usd', per: 'month' };
    goStale();
    expect((await house.ask('POST', `/grants/${grantId}/reset-limit`, reset)).status).toBe(200);
    house.stepUp.needed = null;
    const large = { ...DETAILS, limits: { monthly_spend: 500 } };
    await house.ask('PATCH', `/grants/${grantId}`, { authorization_details: [large] });
    goStale();
    expect((await house.ask('POST', `/grants/${grantId}/reset-limit`, reset)).status).toBe(401);
  });

  it('where requests alone bound a grant, their limit is not reset', async () => {
    const counted = { ...DETAILS, limits: { requests_per_day: 9 } };
    const made = await house.ask('POST', '/grants', { authorization_details: [counted] });
    expect(made.status).toBe(201);
    goStale();
    const reset = { provider: 'openai', unit: 'requests', per: 'day' };
    expect((await house.ask('POST', `/grants/${made.body.id}/reset-limit`, reset)).status).toBe(401);
  });

  it('of a grant with a large budget nobody gets a token, nor a child that could spend as much', async () => {
    const large = { ...DETAILS, limits: { monthly_spend: 500 }, delegation: { max_depth: 1 } };
    const { id } = (await house.ask('POST', '/grants', { authorization_details: [large] })).body;
    const child = (amount: number) => ({
      name: 'agent',
      authorization_details: [{ ...DETAILS, limits: { monthly_spend: amount } }],
    });
    goStale();
    const before = await entries();
    expect((await house.ask('POST', `/grants/${id}/token`)).status).toBe(401);
    expect((await house.ask('POST', `/grants/${id}/children`, child(400))).status).toBe(401);
    expect(await entries()).toEqual(before);
    expect((await house.ask('POST', `/grants/${id}/children`, child(4))).status).toBe(201);
    expect((await house.ask('POST', `/grants/${grantId}/token`)).status).toBe(200);
  });

  it('a child of a small grant, whose limits bind it, waits for nothing', async () => {
    const small = { ...DETAILS, delegation: { max_depth: 1 } };
    const { id } = (await house.ask('POST', '/grants', { authorization_details: [small] })).body;
    goStale();
    const body = { name: 'agent', authorization_details: [{ ...DETAILS, limits: {} }] };
    expect((await house.ask('POST', `/grants/${id}/children`, body)).status).toBe(201);
  });

  it('a large budget that has ended is not brought back by saying it again', async () => {
    const large = { ...DETAILS, limits: { monthly_spend: 500 }, expires: undefined };
    const { id } = (await house.ask('POST', '/grants', { authorization_details: [large] })).body;
    const again = () => house.ask('PATCH', `/grants/${id}`, { authorization_details: [large] });
    goStale();
    expect((await again()).status).toBe(200);
    // Nobody has used it for so long.
    await house.store.db.updateTable('links').set({ expires_at: 1 }).where('grant_id', '=', id).execute();
    expect((await house.ask('GET', `/grants/${id}`)).body.status).toBe('expired');
    expect((await again()).status).toBe(401);
  });

  it('nor a part of a grant whose other part goes on', async () => {
    const large = { ...DETAILS, limits: { monthly_spend: 500 }, expires: undefined };
    const sandbox = { type: DETAILS.type, provider: 'sandbox', limits: { monthly_spend: 1 } };
    const { id } = (await house.ask('POST', '/grants', { authorization_details: [large, sandbox] })).body;
    const ended = house.store.db.updateTable('links').set({ expires_at: 1 });
    await ended.where('id', '=', linkIdOf(id, 'openai')).execute();
    goStale();
    const again = await house.ask('PATCH', `/grants/${id}`, { authorization_details: [large] });
    expect((await house.ask('GET', `/grants/${id}`)).body.status).toBe('active');
    expect(again.status).toBe(401);
  });

  it('a request for more is not allowed beyond a small budget, and can be denied', async () => {
    const more = (amount: number) => [
      { type: DETAILS.type, provider: 'openai', limits: { monthly_spend: amount } },
    ];
    const ask = async (amount: number) => {
      const asked = readMore(more(amount));
      if (!asked.ok) throw new Error(asked.error.message);
      const made = await house.accessRequests.make({
        grantId,
        asked: asked.value,
        message: null,
        via: 'api',
      });
      if (!made.ok) throw new Error(made.error.detail);
      return made.value.id;
    };
    const large = await ask(900);
    goStale();
    expect((await house.ask('POST', `/requests/${large}/allow`, {})).status).toBe(401);
    const less = { authorization_details: more(50) };
    expect((await house.ask('POST', `/requests/${large}/allow`, less)).status).toBe(200);
    expect((await house.ask('POST', `/requests/${await ask(800)}/deny`, {})).status).toBe(200);
  });

  it('narrowing, pausing, stopping, revoking and small budgets wait for nothing', async () => {
    goStale();
    const small = { ...DETAILS, limits: { monthly_spend: 1 } };
    const done = [
      await house.ask('POST', '/grants', { authorization_details: [small] }),
      await house.ask('PATCH', `/grants/${grantId}`, { authorization_details: [small] }),
      await house.ask('PATCH', `/grants/${grantId}`, { status: 'suspended' }),
      await house.ask('POST', '/stops', { scope: 'everything' }),
      await house.ask('POST', `/grants/${grantId}/revoke`),
    ];
    expect(done.filter(({ status }) => status >= 400)).toEqual([]);
  });

  it('is told in the words of RFC 9470, to a browser with the page where to do it', async () => {
    goStale('passkey');
    const answer = await house.app.inject({
      method: 'POST',
      url: '/api/v1/provider-keys',
      headers: { 'x-test-owner': 'ada', origin: 'http://127.0.0.1:8787' },
      payload: { provider: 'openai', key: CANARY },
    });
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer error="insufficient_user_authentication", max_age="600", acr_values="phr"',
    );
    const { error } = answer.json();
    expect(error.fields).toEqual({ max_age: 600, acr_values: 'phr' });
    expect(error.message).toContain('http://127.0.0.1:8787/confirm');
    expect(answer.body).not.toContain(CANARY);
    expect((await house.ask('GET', '/me')).body.step_up).toBe('passkey');
  });
});
