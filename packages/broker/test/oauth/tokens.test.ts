// Access tokens: what they hold, what they do not, and which look-alikes are refused. DPoP: bound tokens need their key, proofs work once.

import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import * as flow from './flow.ts';

let broker: TestBroker;
let app: flow.TestClient;
let confidential: flow.TestClient;
beforeAll(async () => {
  broker = await startBroker();
  await broker.addKey('own_ada', 'openai');
  app = await flow.registerClient(broker);
  confidential = await flow.registerClient(broker, { authMethod: 'client_secret_basic' });
});
afterAll(() => broker.close());
afterEach(() => expect(broker.errors).toEqual([]));

const verify = (token: string) => broker.oauth.verifyAccessToken(token);

describe('access tokens', () => {
  it('point at a grant and say nothing of the owner or of rights', async () => {
    const { accessToken, grantId } = await flow.obtainTokens(broker, app);
    expect(decodeProtectedHeader(accessToken)).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: expect.any(String),
    });
    expect(decodeJwt(accessToken)).toEqual({
      iss: broker.issuer,
      sub: grantId,
      aud: broker.issuer,
      client_id: app.id,
      grant_id: grantId,
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
    });
    const { exp, iat } = decodeJwt(accessToken);
    expect(exp! - iat!).toBe(600);
  });

  it('A28 A29 A30 look-alikes are refused', async () => {
    const { accessToken } = await flow.obtainTokens(broker, app);
    const [header = '', payload = '', signature = ''] = accessToken.split('.');
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const kid = decodeProtectedHeader(accessToken).kid!;
    const { keys } = (await (await fetch(`${broker.issuer}/jwks`)).json()) as { keys: object[] };
    const pem = createPublicKey({ key: keys[0] as never, format: 'jwk' }).export({
      format: 'pem',
      type: 'spki',
    });
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const forged = (headers: object, key: KeyObject = own.privateKey) =>
      new SignJWT(decodeJwt(accessToken))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...headers })
        .sign(key);
    const hs = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${payload}`;
    const candidates = [
      ...['none', 'None', 'nOnE'].map((alg) => `${encode({ alg, typ: 'at+jwt', kid })}.${payload}.`),
      `${hs}.${createHmac('sha256', pem).update(hs).digest('base64url')}`,
      await forged({}),
      await forged({ kid: '../../dev/null' }),
      await forged({ kid: "' UNION SELECT 1--" }),
      await forged({ jwk: own.publicKey.export({ format: 'jwk' }) }),
      await forged({ jku: 'http://127.0.0.1:1/jwks' }),
      `${encode({ ...decodeProtectedHeader(accessToken), typ: 'JWT' })}.${payload}.${signature}`,
      `${encode({ ...decodeProtectedHeader(accessToken), crit: ['x'], x: 1 })}.${payload}.${signature}`,
      `${header}.${encode({ ...decodeJwt(accessToken), grant_id: 'gr_other' })}.${signature}`,
      '',
      'a.b.c',
      "' OR 1=1--",
      'x'.repeat(64 * 1024),
    ];
    for (const candidate of candidates) {
      expect(await verify(candidate)).toEqual({ ok: false, error: 'invalid_token' });
    }
  });

  it('a replaced signing key verifies on, new tokens carry the new one', async () => {
    const before = await flow.obtainTokens(broker, confidential);
    await broker.oauth.rotateSigningKey();
    const after = await flow.refresh(broker, confidential, before.refreshToken);
    const newToken = String(after.body.access_token);
    expect(decodeProtectedHeader(newToken).kid).not.toBe(decodeProtectedHeader(before.accessToken).kid);
    expect((await verify(before.accessToken)).ok).toBe(true);
    expect((await verify(newToken)).ok).toBe(true);
    const { keys } = (await (await fetch(`${broker.issuer}/jwks`)).json()) as { keys: object[] };
    expect(keys).toHaveLength(2);
  });

  it('another replica takes a token at once that was signed with a key it has not seen', async () => {
    const replica = await broker.openOauth();
    await broker.oauth.rotateSigningKey();
    const { accessToken } = await flow.obtainTokens(broker, confidential);
    expect((await replica.verifyAccessToken(accessToken)).ok).toBe(true);
  });

  it('another replica takes all of sixteen requests that come at once with such a token', async () => {
    const replica = await broker.openOauth();
    await broker.oauth.rotateSigningKey();
    const { accessToken } = await flow.obtainTokens(broker, confidential);
    const asked = Array.from({ length: 16 }, () => replica.verifyAccessToken(accessToken));
    expect((await Promise.all(asked)).map(({ ok }) => ok)).toEqual(new Array(16).fill(true));
  });

  it('another replica that cannot look for the key does not call such a token invalid', async () => {
    const replica = await broker.openOauth();
    await broker.oauth.rotateSigningKey();
    const { accessToken } = await flow.obtainTokens(broker, confidential);
    const rename = (from: string, to: string) =>
      broker.store.db.schema.alterTable(from).renameTo(to).execute();
    await rename('secrets', 'secrets_away');
    for (const attempt of [1, 2])
      await expect(replica.verifyAccessToken(accessToken), `attempt ${attempt}`).rejects.toThrow('secrets');
    await rename('secrets_away', 'secrets');
  });

  it('introspection and revocation serve a token to its own, authenticated client only', async () => {
    const { accessToken } = await flow.obtainTokens(broker, confidential);
    const ask = (path: string, by: flow.TestClient) => flow.post(broker, path, by, { token: accessToken });
    expect((await ask('/introspect', app)).body).toEqual({ active: false });
    expect((await ask('/introspect', { ...confidential, secret: 'wrong' })).status).toBe(401);
    expect((await ask('/introspect', { ...confidential, secret: null })).status).toBe(401);
    expect((await ask('/revoke', app)).status).toBe(200);
    expect((await ask('/introspect', confidential)).body).toMatchObject({
      active: true,
      client_id: confidential.id,
    });
    expect((await ask('/revoke', confidential)).status).toBe(200);
    expect((await ask('/introspect', confidential)).body).toEqual({ active: false });
  });

  it('a revoked grant makes its tokens inactive and its refresh token useless', async () => {
    const { accessToken, refreshToken, grantId } = await flow.obtainTokens(broker, confidential);
    await broker.grants.revoke('own_ada', grantId, 'owner');
    const told = await flow.post(broker, '/introspect', confidential, { token: accessToken });
    expect(told.body).toEqual({ active: false });
    const refreshed = await flow.refresh(broker, confidential, refreshToken);
    expect([refreshed.status, refreshed.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('a limit that the owner lowered shows in the next token response', async () => {
    const { refreshToken, grantId } = await flow.obtainTokens(broker, confidential);
    const grant = await broker.grants.get('own_ada', grantId);
    const [part] = grant!.parts;
    const limits = [{ unit: 'usd', amount: 1_000_000_000, per: 'day' }] as const;
    await broker.grants.edit('own_ada', grantId, { ...part!.access, limits });
    const { body } = await flow.refresh(broker, confidential, refreshToken);
    expect(body.authorization_details).toMatchObject([{ limits: { daily_spend: 1 } }]);
  });
});

describe('grant management', () => {
  const call = (method: string, grantId: string, headers: Record<string, string>) =>
    fetch(`${broker.issuer}/grants/${grantId}`, { method, headers });

  it('shows a client its own grant and ends it, and no other', async () => {
    const mine = await flow.obtainTokens(broker, app);
    const other = await flow.obtainTokens(broker, confidential);
    const headers = { authorization: `Bearer ${mine.accessToken}` };
    const shown = (await (await call('GET', mine.grantId, headers)).json()) as object;
    expect(shown).toMatchObject({ grant_id: mine.grantId, status: 'active', budget_remaining: 5 });
    expect(JSON.stringify(shown)).not.toContain('own_ada');
    for (const method of ['GET', 'DELETE']) {
      expect((await call(method, other.grantId, headers)).status).toBe(404);
      expect((await call(method, mine.grantId, {})).status).toBe(401);
    }
    expect((await call('DELETE', mine.grantId, headers)).status).toBe(204);
    expect((await call('GET', mine.grantId, headers)).status).toBe(401);
    expect((await broker.grants.live(other.grantId))?.grant.status).toBe('active');
  });
});

describe('DPoP', () => {
  const proofKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const proof = (pair: ReturnType<typeof proofKey>, htm: string, url: string, claims: object = {}) =>
    new SignJWT({ htm, htu: url, jti: crypto.randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims })
      .setProtectedHeader({
        alg: 'ES256',
        typ: 'dpop+jwt',
        jwk: pair.publicKey.export({ format: 'jwk' }) as { kty: string },
      })
      .sign(pair.privateKey);

  it('openid-client completes the flow with bound tokens, which introspection and /grants honour', async () => {
    const bound = await flow.registerClient(broker, { dpopBound: true });
    const config = await client.discovery(new URL(broker.issuer), bound.id, {}, client.None(), {
      execute: [client.allowInsecureRequests],
      algorithm: 'oauth2',
    });
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
    const url = await client.buildAuthorizationUrlWithPAR(config, flow.requestParams(bound), { DPoP });
    const browser = new Browser(broker.issuer);
    const landing = await flow.decide(browser, await browser.open(url.href), 'allow');
    const tokens = await client.authorizationCodeGrant(
      config,
      new URL(landing.url),
      { pkceCodeVerifier: flow.VERIFIER, expectedState: 'st' },
      undefined,
      { DPoP },
    );
    expect(tokens.token_type).toBe('dpop');
    expect(decodeJwt(tokens.access_token).cnf).toEqual({ jkt: expect.any(String) });
    const grantUrl = new URL(`${broker.issuer}/grants/${tokens.grant_id}`);
    const shown = await client.fetchProtectedResource(
      config,
      tokens.access_token,
      grantUrl,
      'GET',
      null,
      undefined,
      {
        DPoP,
      },
    );
    expect(shown.status).toBe(200);
    const reused = await proof(proofKey(), 'GET', grantUrl.href);
    for (const scheme of ['DPoP', 'Bearer']) {
      const headers = { authorization: `${scheme} ${tokens.access_token}`, dpop: reused };
      expect((await fetch(grantUrl, { headers })).status).toBe(401);
    }
    const asBearer = await fetch(grantUrl, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    expect(asBearer.status).toBe(401);
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token!, undefined, { DPoP });
    expect(refreshed.token_type).toBe('dpop');
    // A public client's refresh token is bound, too: without the key it is worth nothing, and trying it does no harm.
    const stolen = await flow.refresh(broker, bound, refreshed.refresh_token!);
    expect(stolen.body.error).toBe('invalid_grant');
    expect((await broker.grants.live(String(tokens.grant_id)))?.grant.status).toBe('active');
  });

  it('a client that is registered as bound gets no bearer token', async () => {
    const bound = await flow.registerClient(broker, { dpopBound: true });
    const { body } = await flow.redeem(broker, bound, await flow.obtainCode(broker, bound));
    expect(body.error).toBe('invalid_grant');
  });

  it('A31 one proof sent 16 times at once with 16 codes works once', async () => {
    const pair = proofKey();
    const DPoP = await proof(pair, 'POST', `${broker.issuer}/token`);
    const codes: string[] = [];
    for (let index = 0; index < 16; index++) codes.push(await flow.obtainCode(broker, app));
    const answers = await Promise.all(codes.map((code) => flow.redeem(broker, app, code, {}, { DPoP })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.every(({ status, body }) => status === 200 || body.error === 'invalid_grant')).toBe(true);
  });

  it.each([
    ['another method', { htm: 'GET' }],
    ['another path', { htu: 'PATH' }],
    ['another host', { htu: 'http://evil.test/token' }],
    ['A32 a date in the future', { iat: Math.floor(Date.now() / 1000) + 60 }],
    ['an old date', { iat: Math.floor(Date.now() / 1000) - 600 }],
  ])('A31 a proof for %s is refused', async (_name, claims) => {
    const htu = 'htu' in claims && claims.htu === 'PATH' ? { htu: `${broker.issuer}/par` } : {};
    const DPoP = await proof(proofKey(), 'POST', `${broker.issuer}/token`, { ...claims, ...htu });
    const { body } = await flow.redeem(broker, app, await flow.obtainCode(broker, app), {}, { DPoP });
    expect(body.error).toBe('invalid_dpop_proof');
  });

  it('A25 the Host header does not move the address that a proof must name', async () => {
    const { request } = await import('node:http');
    const code = await flow.obtainCode(broker, app);
    const DPoP = await proof(proofKey(), 'POST', 'http://admin.local/token');
    const body = new URLSearchParams({
      client_id: app.id,
      grant_type: 'authorization_code',
      code,
      redirect_uri: flow.REDIRECT,
      code_verifier: flow.VERIFIER,
    }).toString();
    const status = await new Promise((resolve, reject) => {
      const headers = {
        host: 'admin.local',
        'x-forwarded-host': 'admin.local',
        'content-type': 'application/x-www-form-urlencoded',
        dpop: DPoP,
      };
      request(`${broker.issuer}/token`, { method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end(body);
    });
    expect(status).toBe(400);
  });
});

describe('oauth4webapi', () => {
  it('completes the flow, with the issuer checked', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(broker.issuer);
    const as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
    );
    const own = { client_id: confidential.id };
    const auth = oauth.ClientSecretBasic(String(confidential.secret));
    const pushed = await oauth.processPushedAuthorizationResponse(
      as,
      own,
      await oauth.pushedAuthorizationRequest(as, own, auth, flow.requestParams(confidential), insecure),
    );
    const browser = new Browser(broker.issuer);
    const query = new URLSearchParams({ client_id: confidential.id, request_uri: pushed.request_uri });
    const landing = await flow.decide(browser, await browser.open(`/authorize?${query}`), 'allow');
    const params = oauth.validateAuthResponse(as, own, new URL(landing.url), 'st');
    const tokens = await oauth.processAuthorizationCodeResponse(
      as,
      own,
      await oauth.authorizationCodeGrantRequest(
        as,
        own,
        auth,
        params,
        flow.REDIRECT,
        flow.VERIFIER,
        insecure,
      ),
    );
    const told = await oauth.processIntrospectionResponse(
      as,
      own,
      await oauth.introspectionRequest(as, own, auth, tokens.access_token, insecure),
    );
    expect(told).toMatchObject({ active: true, budget_remaining: 5 });
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, own, auth, tokens.access_token, insecure),
    );
  });
});
