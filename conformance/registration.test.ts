// Conformance of apps that register by themselves. Where the operator has not turned it on, all of it is not there.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as flow from '../packages/broker/test/oauth/flow.ts';
import { type Deployment, type Json, openDeployment } from './deployment.ts';

const ASKED = {
  client_name: 'Garden planner',
  redirect_uris: [flow.REDIRECT],
  token_endpoint_auth_method: 'client_secret_basic',
};

let at: Deployment;
const made: Json[] = [];
beforeAll(async () => {
  at = await openDeployment();
});
afterAll(async () => {
  for (const { registration_client_uri: uri, registration_access_token: token } of made)
    await send('DELETE', String(uri), undefined, token);
  await at.close();
});

const send = async (method: string, url: string, body?: unknown, token?: unknown) => {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson ? JSON.parse(text) : {}) as Json,
  };
};
const register = async (change: object = {}) => {
  const answer = await send('POST', `${at.issuer}/register`, { ...ASKED, ...change });
  if (answer.status === 201) made.push(answer.body);
  return answer;
};
/** Runs where apps may register; elsewhere there is nothing at the address. */
const whereOn = (check: () => Promise<void>) => async () => {
  if (at.metadata.registration_endpoint !== undefined) return check();
  expect((await register()).status).toBe(404);
};

describe('RFC 7591', () => {
  it('RFC 7591 3 the endpoint is in the metadata exactly if there is one', async () => {
    const { registration_endpoint: endpoint } = at.metadata;
    const answer = await fetch(`${at.issuer}/register`, { method: 'POST' });
    expect([undefined, `${at.issuer}/register`]).toContain(endpoint);
    expect(answer.status === 404).toBe(endpoint === undefined);
    await answer.text();
  });

  it('RFC 7591 3.2.1 an app is answered 201 with its id, its secret, all that was taken, and kept by nobody', () =>
    whereOn(async () => {
      const { status, body, headers } = await register({
        logo_uri: 'https://app.test/logo',
        contacts: ['a@b.test'],
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({
        ...ASKED,
        client_id: expect.any(String),
        client_id_issued_at: expect.any(Number),
        client_secret: expect.any(String),
        client_secret_expires_at: 0,
        response_types: ['code'],
      });
      for (const member of ['logo_uri', 'contacts']) expect(body).not.toHaveProperty(member);
      expect(headers.get('cache-control')).toContain('no-store');
    })());

  it('RFC 7591 2 an app that registered can ask an owner, who is told that nobody vouches for it', () =>
    whereOn(async () => {
      const { body } = await register();
      const client = { id: String(body.client_id), secret: String(body.client_secret) };
      const page = await flow.openRequest(at.browser, client);
      expect(page.text).toContain('Unverified: it registered here by itself today.');
      expect(new URL((await flow.decide(at.browser, page, 'deny')).url).searchParams.get('error')).toBe(
        'access_denied',
      );
    })());

  it.each(['javascript:alert(1)', 'http://public.test/cb', 'https://*.test/cb', 'myapp:/cb'])(
    'RFC 7591 5 the redirect URI %s is invalid_redirect_uri',
    (uri) =>
      whereOn(async () => {
        const { status, body } = await register({ redirect_uris: [flow.REDIRECT, uri] });
        expect([status, body.error]).toEqual([400, 'invalid_redirect_uri']);
      })(),
  );

  it.each(['password', 'implicit', 'client_credentials'])(
    'RFC 7591 3.2.2 the grant type %s is invalid_client_metadata',
    (type) =>
      whereOn(async () => {
        const { status, body } = await register({ grant_types: [type] });
        expect([status, body.error]).toEqual([400, 'invalid_client_metadata']);
      })(),
  );
});

describe('RFC 7592', () => {
  const registered = async () => {
    const { body } = await register();
    const { registration_client_uri: uri, registration_access_token: token, client_id: id } = body;
    return { uri: String(uri), token, id };
  };

  it('RFC 7592 2.1 an app reads its registration, without its secret', () =>
    whereOn(async () => {
      const { uri, token, id } = await registered();
      const { status, body } = await send('GET', uri, undefined, token);
      expect([status, body.client_id, body.client_name]).toEqual([200, id, ASKED.client_name]);
      expect(body).not.toHaveProperty('client_secret');
    })());

  it('RFC 7592 2.2 new metadata replace the old ones as a whole', () =>
    whereOn(async () => {
      const { uri, token, id } = await registered();
      const next = { ...ASKED, client_id: id, client_name: 'Gardener', client_uri: 'https://app.test/' };
      expect((await send('PUT', uri, next, token)).body.client_uri).toBe('https://app.test/');
      const { client_uri: _left, ...less } = next;
      expect((await send('PUT', uri, less, token)).body).not.toHaveProperty('client_uri');
    })());

  it('RFC 7592 2.2 an update is read as strictly as a registration', () =>
    whereOn(async () => {
      const { uri, token, id } = await registered();
      const update = { ...ASKED, client_id: id, redirect_uris: ['javascript:alert(1)'] };
      expect((await send('PUT', uri, update, token)).body.error).toBe('invalid_redirect_uri');
      const foreign = { ...ASKED, client_id: 'app_other' };
      expect((await send('PUT', uri, foreign, token)).body.error).toBe('invalid_request');
    })());

  it('RFC 7592 2.3 an app that is removed is answered 204, and its token opens nothing any more', () =>
    whereOn(async () => {
      const { uri, token } = await registered();
      expect((await send('DELETE', uri, undefined, token)).status).toBe(204);
      expect((await send('GET', uri, undefined, token)).status).toBe(401);
    })());

  it('RFC 7592 3 the token of another app, or none, opens nothing', () =>
    whereOn(async () => {
      const [one, other] = [await registered(), await registered()];
      for (const token of [other.token, undefined])
        expect((await send('GET', one.uri, undefined, token)).status).toBe(401);
    })());
});
