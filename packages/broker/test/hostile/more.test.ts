// An agent that asks its owner for more, in both forms of the product: whatever it asks, wherever, and in whatever parts, nothing grows beyond
// what the owner confirms in person by a click in a session that was left open.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Ambient, systemAmbient } from '../../src/clock.ts';
import * as flow from '../oauth/flow.ts';
import { detailsOf, type OauthWorld, openOauthWorld } from './oauth-world.ts';
import { WORLDS, type World } from './worlds.ts';

/** The owner's proof counts for a minute here. Replicas serve with clocks that are at most a minute from the database's, on both sides. */
const [SIGNED_IN_MS, LEFT_OPEN_MS] = [-30_000, 31_000];
const POLL_MS = 4200;
const part = (provider: string, monthly: number, depth = 0) => ({
  type: 'ai_model_access',
  provider,
  limits: { monthly_spend: monthly },
  ...(depth > 0 && { delegation: { max_depth: depth } }),
});

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  let oauth: OauthWorld;
  let app: flow.TestClient;
  let shiftMs = SIGNED_IN_MS;
  const ambient: Ambient = { ...systemAmbient, now: () => Date.now() + shiftMs };
  beforeAll(async () => {
    world = await start({ ambient, env: { VALETKEY_STEP_UP_MINUTES: '1' } });
    oauth = await openOauthWorld(world);
    app = await oauth.registerApp({ type: 'confidential' });
    expect((await world.api('GET', '/me')).status).toBe(200);
  });
  afterAll(() => world.close());
  beforeEach(() => {
    shiftMs = LEFT_OPEN_MS;
  });

  const post = async (path: string, token: string, body?: object, index = 0) => {
    const answer = await fetch(oauth.at(index).issuer + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const askFor = async (token: string, ...details: object[]) => {
    const made = await post('/grants/self/requests', token, { authorization_details: details });
    expect(made).toMatchObject({ status: 201 });
    return String(made.body.request_id);
  };
  const monthly = async (grantId: unknown): Promise<number[]> => {
    const { body } = await world.api('GET', `/grants/${grantId}`);
    const budgets = body.authorization_details.map(
      ({ limits }: { limits: Record<string, number> }) => limits.monthly_spend ?? limits.daily_spend,
    );
    return budgets.toSorted((a: number, b: number) => a - b);
  };
  const pending = async (grantId: string): Promise<string> => {
    const { body } = await world.api('GET', '/requests');
    return body.data.find((request: { grant_id: string }) => request.grant_id === grantId).id;
  };
  const allow = (id: string, body?: object) => world.api('POST', `/requests/${id}/allow`, body);
  const waits = { status: 401, body: { error: { code: 'insufficient_user_authentication' } } };

  it('I11 I21 a child that asks for little raises nothing above it to what a person has to confirm', async () => {
    const parent = await world.grant(part('openai', 60, 1), part('anthropic', 130, 1));
    const child = await post('/grants/self/children', parent.token, {
      name: 'worker',
      authorization_details: [part('openai', 50)],
    });
    expect(child).toMatchObject({ status: 201 });
    const id = await askFor(String(child.body.token), part('openai', 150));
    expect(await allow(id)).toMatchObject(waits);
    expect([await monthly(parent.id), await monthly(child.body.grant_id)]).toEqual([[60, 130], [50]]);
    const alone = await allow(id, { unchanged_grant_ids: [parent.id] });
    expect(alone.status).toBe(200);
    expect([await monthly(parent.id), await monthly(child.body.grant_id)]).toEqual([[60, 130], [150]]);
  });

  it('I21 what is asked for in small parts waits at the part with which it becomes large', async () => {
    const grant = await world.grant(part('openai', 60), part('anthropic', 60));
    const first = await askFor(grant.token, part('openai', 120));
    expect((await allow(first)).status).toBe(200);
    const next = await askFor(grant.token, part('anthropic', 90));
    expect(await allow(next)).toMatchObject(waits);
    expect(await monthly(grant.id)).toEqual([60, 120]);
  });

  it('I18 I21 at the backchannel it gets nothing by an allowance in a session left open, and its poll goes on', async () => {
    const tokens = await oauth.tokens(app);
    const asked = await flow.post(oauth.at(0), '/backchannel', app, {
      scope: 'openid',
      login_hint: tokens.grantId,
      authorization_details: JSON.stringify([
        { type: 'ai_model_access', provider: 'openai', limits: { daily_spend: 50 } },
      ]),
    });
    expect(asked.status).toBe(200);
    const poll = (index: number) => {
      shiftMs += POLL_MS;
      return flow.post(oauth.at(index), '/token', app, {
        grant_type: 'urn:openid:params:grant-type:ciba',
        auth_req_id: String(asked.body.auth_req_id),
      });
    };
    const id = await pending(tokens.grantId);
    expect(await allow(id)).toMatchObject(waits);
    for (const index of [0, 1]) expect((await poll(index)).body.error).toBe('authorization_pending');
    expect(await monthly(tokens.grantId)).toEqual([1]);
    const own = await post(`/api/v1/requests/${id}/allow`, tokens.accessToken);
    expect(own.status).toBe(401);
    expect(
      (await allow(id, { authorization_details: [{ ...part('openai', 0), limits: { daily_spend: 2 } }] }))
        .status,
    ).toBe(200);
    const { body } = await poll(1);
    expect(body.authorization_details).toMatchObject([{ limits: { daily_spend: 2 } }]);
    expect((await poll(0)).body.error).toBe('invalid_grant');
  });

  it('I21 by merge it gets no code and no more for a form that is sent from a session left open', async () => {
    const { grantId } = await oauth.tokens(app);
    const page = await flow.openRequest(oauth.browser, app, {
      authorization_details: detailsOf({ limits: { daily_spend: 50 }, delegation: undefined }),
      grant_management_action: 'merge',
      grant_id: grantId,
    });
    expect(page.text).toContain('asks for more');
    const landing = await flow.decide(oauth.browser, page, 'allow');
    expect(landing.url).not.toContain('code=');
    expect(landing.text).toContain('type="password"');
    expect(await monthly(grantId)).toEqual([1]);
  });
});
