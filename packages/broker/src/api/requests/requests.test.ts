import { unrestrictedAccess } from '@valetkey/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ApiHouse, DETAILS, ISSUER, openApiHouse } from '../../../test/api-house.ts';

let house: ApiHouse;
let grantId: string;
let requestId: string;
const TEN = { type: 'ai_model_access', provider: 'openai', limits: { monthly_spend: 10 } };

const request = async (dollars = 10) => {
  const limits = [{ unit: 'usd' as const, amount: dollars * 1e9, per: 'month' as const }];
  const asked = [{ ...unrestrictedAccess('openai'), limits }];
  const made = await house.accessRequests.make({ grantId, asked, message: 'One more chapter', via: 'api' });
  if (!made.ok) throw new Error(made.error.detail);
  return made.value.id;
};
beforeEach(async () => {
  house = await openApiHouse();
  grantId = (await house.createGrant()).id;
  requestId = await request();
});
afterEach(() => house.close());

const limitsOf = async () =>
  (await house.ask('GET', `/grants/${grantId}`)).body.authorization_details[0].limits;
const decide = (how: string, body: object = {}, owner = 'ada') =>
  house.ask('POST', `/requests/${requestId}/${how}`, body, owner);

it('requests for more are listed with what they would change', async () => {
  const { status, body } = await house.ask('GET', '/requests');
  expect(status).toBe(200);
  expect(body.data).toEqual([
    {
      id: requestId,
      grant_id: grantId,
      via: 'api',
      status: 'pending',
      url: `${ISSUER}/consent/requests/${requestId}`,
      message: 'One more chapter',
      asked: [TEN],
      given: null,
      path: [{ grant_id: grantId, name: 'Notes' }],
      changes: [
        {
          grant_id: grantId,
          name: 'Notes',
          provider: 'openai',
          is_asker: true,
          members: [
            {
              member: 'limits.monthly_spend',
              label: 'Budget a month',
              from: '$5.00',
              to: '$10.00',
              used: '$0.00',
            },
          ],
        },
      ],
      shown_hash: expect.stringMatching(/^[\w-]{43}$/),
      created_at: '2026-11-22T12:00:00.000Z',
      expires_at: '2026-11-23T12:00:00.000Z',
      decided_at: null,
    },
  ]);
  expect((await house.ask('GET', `/requests/${requestId}`)).body).toEqual(body.data[0]);
});

it('a request is allowed as it was asked, once', async () => {
  const { shown_hash } = (await house.ask('GET', `/requests/${requestId}`)).body;
  const { status, body } = await decide('allow', { shown_hash });
  expect([status, body.status, body.given]).toEqual([200, 'allowed', [TEN]]);
  expect(await limitsOf()).toEqual({ ...DETAILS.limits, monthly_spend: 10 });
  expect((await decide('deny')).status).toBe(409);
  expect((await house.ask('GET', '/requests')).body.data).toEqual([]);
  expect((await house.ask('GET', '/requests?status=all')).body.data).toHaveLength(1);
});

it('less is given where the owner says so, and never more', async () => {
  const of = (monthly_spend: number) => ({
    authorization_details: [{ ...TEN, limits: { monthly_spend } }],
  });
  const beyond = await decide('allow', of(11));
  expect([beyond.status, Object.keys(beyond.body.error.fields)]).toEqual([400, ['limits.monthly_spend']]);
  expect((await decide('allow', of(5))).status).toBe(400);
  expect((await decide('allow', of(7))).body.given).toEqual(of(7).authorization_details);
  expect((await limitsOf()).monthly_spend).toBe(7);
});

it('a decision on what has changed since it was shown is refused', async () => {
  const { shown_hash } = (await house.ask('GET', `/requests/${requestId}`)).body;
  const authorization_details = [{ ...DETAILS, limits: { monthly_spend: 4, max_requests: 100 } }];
  await house.ask('PATCH', `/grants/${grantId}`, { authorization_details });
  expect((await decide('allow', { shown_hash })).status).toBe(409);
  expect((await decide('deny', { shown_hash })).status).toBe(409);
  expect((await limitsOf()).monthly_spend).toBe(4);
});

it('a request is denied, and gone from the list when its grant has ended', async () => {
  expect((await decide('deny')).body.status).toBe('denied');
  expect((await limitsOf()).monthly_spend).toBe(5);
  await request(20);
  expect((await house.ask('GET', '/requests')).body.data).toHaveLength(1);
  await house.ask('POST', `/grants/${grantId}/revoke`);
  expect((await house.ask('GET', '/requests')).body.data).toEqual([]);
});

it('another owner finds nothing', async () => {
  for (const answer of [
    await house.ask('GET', `/requests/${requestId}`, undefined, 'bob'),
    await decide('allow', {}, 'bob'),
    await decide('deny', {}, 'bob'),
  ])
    expect(answer.status).toBe(404);
  expect((await house.ask('GET', '/requests?status=all', undefined, 'bob')).body.data).toEqual([]);
});
