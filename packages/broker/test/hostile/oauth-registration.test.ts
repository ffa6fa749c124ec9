// Apps that register by themselves, where the operator lets them, in both forms of the product: counted together, and gone for good.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as flow from '../oauth/flow.ts';
import { detailsOf, type OauthWorld, openOauthWorld } from './oauth-world.ts';
import { WORLDS, type World } from './worlds.ts';

const ASKED = {
  client_name: 'Garden planner',
  redirect_uris: [flow.REDIRECT],
  token_endpoint_auth_method: 'none',
};

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  let oauth: OauthWorld;
  beforeAll(async () => {
    world = await start({ env: { VALETKEY_CLIENT_REGISTRATION: 'open' } });
    oauth = await openOauthWorld(world);
  });
  afterAll(() => world.close());

  const send = async (index: number, method: string, path: string, token?: string, body?: object) => {
    const response = await fetch(oauth.at(index).issuer + path, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : {}) as Record<string, string> };
  };
  const register = (index: number) => send(index, 'POST', '/register', undefined, ASKED);

  it('A39 an app that was removed stays removed, with its token, on every replica', async () => {
    const { status, body } = await register(1);
    expect(status).toBe(201);
    const { client_id: id = '', registration_access_token: token = '' } = body;
    const client = { id, secret: null };
    const tokens = await oauth.tokens(client, { authorization_details: detailsOf() });
    expect(await oauth.chat({ authorization: `Bearer ${tokens.accessToken}` }, 1)).toBe(200);
    expect((await send(0, 'DELETE', `/register/${id}`, token)).status).toBe(204);
    for (const index of [0, 1]) {
      expect(await oauth.chat({ authorization: `Bearer ${tokens.accessToken}` }, index)).toBe(401);
      const update = { ...ASKED, client_id: id };
      expect((await send(index, 'PUT', `/register/${id}`, token, update)).status).toBe(401);
      expect((await flow.refresh(oauth.at(index), client, tokens.refreshToken)).body.error).toBe(
        'invalid_client',
      );
    }
  });

  it('A39 apps that register by themselves are counted over all replicas', async () => {
    const answers = await Promise.all(Array.from({ length: 24 }, (_, index) => register(index)));
    const made = answers.filter(({ status }) => status === 201).length;
    // One was registered above.
    expect(made).toBe(19);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
  });
});
