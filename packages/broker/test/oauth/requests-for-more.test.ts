// The holder of any token of a grant asks its owner for more, looks what became of it, and takes it back. It learns nothing of the owner, and
// nothing changes before the owner has decided.

import { createHash } from 'node:crypto';
import { type ModelAccess, unrestrictedAccess } from '@valetkey/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemAmbient } from '../../src/clock.ts';
import { startBroker, type TestBroker } from './broker.ts';

const USD = 1_000_000_000;
const clock = { nowMs: Date.UTC(2026, 10, 23, 9) };

let broker: TestBroker;
let keyId: string;
beforeAll(async () => {
  broker = await startBroker({
    ambient: { now: () => clock.nowMs, randomBytes: systemAmbient.randomBytes },
  });
  keyId = (await broker.addKey('own_ada', 'openai')).id;
});
afterAll(() => broker.close());
afterEach(() => {
  clock.nowMs += 60_000;
  expect(broker.errors).toEqual([]);
});

/** A grant of Ada's for an own tool: $5 in total. */
const give = async (access: Partial<ModelAccess> = {}) => {
  const limits = [{ unit: 'usd' as const, amount: 5 * USD, per: 'total' as const }];
  const right = { ...unrestrictedAccess('openai'), models: ['gpt-a'], limits, ...access };
  const made = await broker.grants.create({
    ownerId: 'own_ada',
    clientId: null,
    name: 'Planner',
    parts: [{ providerKeyId: keyId, access: right }],
    unknownFields: 'pass',
    via: 'test',
  });
  if (!made.ok) throw new Error(made.error.detail);
  const token = await broker.grants.issueKeyToken('own_ada', made.value.id);
  if (!token.ok) throw new Error(token.error.detail);
  return { id: made.value.id, token: token.value };
};

const send = async (method: string, path: string, token: string, body?: unknown) => {
  const response = await fetch(`${broker.issuer}/grants/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, headers: response.headers, body: answer };
};

const more = (change: object) => [{ type: 'ai_model_access', provider: 'openai', ...change }];
const TEN = more({ limits: { total_spend: 10 } });
const ask = async (token: string, body: object = { authorization_details: TEN, message: 'Two more pages' }) =>
  send('POST', 'self/requests', token, body);

describe('a request for more', () => {
  it('is made with the asker’s words, looked at while it waits, and says what was given', async () => {
    const { id, token } = await give();
    const made = await ask(token);
    expect(made).toMatchObject({
      status: 201,
      body: {
        grant_id: id,
        status: 'pending',
        interval: 5,
        message: 'Two more pages',
        asked: TEN,
        given: null,
        expires_at: new Date(clock.nowMs + 24 * 60 * 60 * 1000).toISOString(),
      },
    });
    const requestId = String(made.body.request_id);
    expect(made.body.url).toBe(`${broker.issuer}/consent/requests/${requestId}`);
    expect(JSON.stringify(made.body)).not.toContain('own_ada');
    expect((await ask(token)).body.request_id).toBe(requestId);

    const path = `self/requests/${requestId}`;
    expect(await send('GET', path, token)).toMatchObject({ status: 200, body: { status: 'pending' } });
    const hasty = await send('GET', path, token);
    expect(hasty).toMatchObject({ status: 429, body: { error: 'slow_down', interval: 5 } });
    expect(hasty.headers.get('retry-after')).toBe('5');
    clock.nowMs += 5000;
    expect((await send('GET', path, token)).status).toBe(200);

    const seven = [
      {
        ...unrestrictedAccess('openai'),
        limits: [{ unit: 'usd' as const, amount: 7 * USD, per: 'total' as const }],
      },
    ];
    await broker.accessRequests.decide('own_ada', requestId, { kind: 'allow', given: seven });
    expect((await send('GET', path, token)).body).toMatchObject({
      status: 'allowed',
      given: more({ limits: { total_spend: 7 } }),
      authorization_details: more({ models: ['gpt-a'], limits: { total_spend: 7 } }),
    });
    expect((await send('GET', 'self', token)).body).toMatchObject({ budget_remaining: 7 });
  });

  it('takes its words from the details’ reason where it has no message, and keeps them out of the journal', async () => {
    const { id, token } = await give();
    const reason = 'The long report';
    const made = await ask(token, {
      authorization_details: more({ limits: { total_spend: 10 }, reason }),
    });
    expect(made.body).toMatchObject({ message: reason, asked: TEN });
    const { body } = await broker.store.db
      .selectFrom('journal')
      .select('body')
      .where('grant_id', '=', id)
      .where('kind', '=', 'request.made')
      .executeTakeFirstOrThrow();
    expect(body).not.toContain(reason);
    expect(body).toContain(createHash('sha256').update(reason).digest('base64url'));
  });

  it('is withdrawn by the holder, and not after it was decided', async () => {
    const { token } = await give();
    const path = `self/requests/${(await ask(token)).body.request_id}`;
    expect((await send('DELETE', path, token)).status).toBe(204);
    expect((await send('DELETE', path, token)).status).toBe(204);
    expect((await send('GET', path, token)).body.status).toBe('withdrawn');
    const again = String((await ask(token)).body.request_id);
    await broker.accessRequests.decide('own_ada', again, { kind: 'deny' });
    expect(await send('DELETE', `self/requests/${again}`, token)).toMatchObject({
      status: 409,
      body: { error: 'not_pending' },
    });
    expect((await ask(token)).body).toMatchObject({ request_id: again, status: 'denied' });
  });

  it.each([
    ['nothing', {}, 400, 'invalid_request'],
    ['an unknown member', { authorization_details: TEN, urgent: true }, 400, 'invalid_request'],
    ['words of two lines', { authorization_details: TEN, message: 'a\nb' }, 400, 'invalid_request'],
    ['too many words', { authorization_details: TEN, message: 'a'.repeat(501) }, 400, 'invalid_request'],
    [
      'no more than there is',
      { authorization_details: more({ limits: { total_spend: 5 } }) },
      400,
      'invalid_authorization_details',
    ],
    [
      'more than the house maximum',
      { authorization_details: more({ limits: { total_spend: 1000.01 } }) },
      400,
      'invalid_authorization_details',
    ],
    [
      'another provider',
      { authorization_details: [{ ...TEN[0], provider: 'google' }] },
      400,
      'invalid_authorization_details',
    ],
    ['one provider twice', { authorization_details: [...TEN, ...TEN] }, 400, 'invalid_authorization_details'],
    [
      'a right that is none',
      { authorization_details: more({ limits: { total_spend: -1 } }) },
      400,
      'invalid_authorization_details',
    ],
  ])('with %s is refused', async (_name, body, status, error) => {
    const { token } = await give();
    expect(await ask(token, body)).toMatchObject({ status, body: { error } });
  });

  it('may ask for every model by name, and only so', async () => {
    const { id, token } = await give();
    const made = await ask(token, { authorization_details: more({ models: ['*'] }) });
    expect(made.body.asked).toEqual(more({ models: ['*'] }));
    await broker.accessRequests.decide('own_ada', String(made.body.request_id), { kind: 'allow' });
    expect((await broker.grants.get('own_ada', id))?.parts[0]?.access.models).toBeNull();
  });

  it('of another grant is not there, and an ended grant asks nothing', async () => {
    const [mine, other] = [await give(), await give()];
    const requestId = String((await ask(mine.token)).body.request_id);
    for (const method of ['GET', 'DELETE']) {
      expect(await send(method, `self/requests/${requestId}`, other.token)).toMatchObject({
        status: 404,
        body: { error: 'not_found' },
      });
    }
    expect((await send('PUT', `self/requests/${requestId}`, mine.token)).status).toBe(405);
    expect((await send('GET', `self/requests/${requestId}/x`, mine.token)).status).toBe(404);
    await broker.grants.revoke('own_ada', mine.id, 'test');
    expect(await ask(mine.token)).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
  });

  it('cannot be made more than five at a time', async () => {
    const { token } = await give();
    const asks = await Promise.all(
      [6, 7, 8, 9, 10, 11, 12].map((total_spend) =>
        ask(token, { authorization_details: more({ limits: { total_spend } }) }),
      ),
    );
    expect(asks.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 201, 429, 429]);
  });
});
