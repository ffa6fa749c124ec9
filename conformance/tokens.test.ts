// Tokens and the resource they open: RFC 6750, RFC 7009, RFC 7662, RFC 9068, RFC 9449, and what RFC 8705 would add.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appKey, proofOf, publicJwk, type Tokens } from '../packages/broker/test/hostile/oauth-world.ts';
import * as flow from '../packages/broker/test/oauth/flow.ts';
import { type Deployment, openDeployment, readJwt } from './deployment.ts';

let at: Deployment;
let tokens: Tokens;
let confidential: Tokens;
beforeAll(async () => {
  at = await openDeployment();
  tokens = await at.tokens(at.app);
  confidential = await at.tokens(at.confidential);
});
afterAll(() => at.close());

const bearer = (token: unknown) => ({ authorization: `Bearer ${token}` });
const introspect = (token: string, client = at.confidential, more: Record<string, string> = {}) =>
  at.post('/introspect', { token, ...more }, client);

describe('RFC 6750', () => {
  it('RFC 6750 2.1 a token in the Authorization header opens the resource', async () => {
    expect((await at.self(bearer(tokens.accessToken))).status).toBe(200);
  });

  it('RFC 6750 2.1 the scheme is read in any case', async () => {
    expect((await at.self({ authorization: `bearer ${tokens.accessToken}` })).status).toBe(200);
  });

  it('RFC 6750 2.3 a token in the query opens nothing', async () => {
    const answer = await fetch(`${at.issuer}/grants/self?access_token=${tokens.accessToken}`);
    expect(answer.status).toBe(401);
  });

  it('RFC 6750 3.1 a request without a token is answered 401 with a challenge, and no error', async () => {
    for (const path of ['/grants/self', '/v1/models']) {
      const { status, headers } = await fetch(at.issuer + path);
      expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Bearer /)]);
      expect(headers.get('www-authenticate')).not.toContain('error');
    }
  });

  it('RFC 6750 3.1 a token that is none is answered 401 invalid_token', async () => {
    for (const path of ['/grants/self', '/v1/models']) {
      const { status, headers } = await fetch(at.issuer + path, { headers: bearer('none') });
      const challenge = expect.stringContaining('error="invalid_token"');
      expect([status, headers.get('www-authenticate')]).toEqual([401, challenge]);
    }
  });

  it('RFC 6750 5.3 what a token opens is kept by nobody', async () => {
    const { headers } = await at.self(bearer(tokens.accessToken));
    expect(headers.get('cache-control')).toContain('no-store');
  });
});

describe('RFC 7009', () => {
  it('RFC 7009 2.1 an access token that its client revokes opens nothing from then on', async () => {
    const { accessToken } = await at.tokens(at.app);
    expect((await at.post('/revoke', { token: accessToken })).status).toBe(200);
    expect((await at.self(bearer(accessToken))).status).toBe(401);
  });

  it('RFC 7009 2.1 a refresh token that is revoked ends the access tokens of its grant', async () => {
    const { accessToken, refreshToken } = await at.tokens(at.app);
    expect((await at.post('/revoke', { token: refreshToken })).status).toBe(200);
    expect((await at.self(bearer(accessToken))).status).toBe(401);
    const refreshed = await flow.refresh({ issuer: at.issuer }, at.app, refreshToken);
    expect(refreshed.body.error).toBe('invalid_grant');
  });

  it('RFC 7009 2.1 a wrong token_type_hint changes nothing', async () => {
    const { accessToken } = await at.tokens(at.app);
    await at.post('/revoke', { token: accessToken, token_type_hint: 'refresh_token' });
    expect((await at.self(bearer(accessToken))).status).toBe(401);
  });

  it('RFC 7009 2.2 a token that is none is answered 200', async () => {
    expect((await at.post('/revoke', { token: 'none' })).status).toBe(200);
  });

  it('RFC 7009 2.1 the token of another client is not revoked', async () => {
    await at.post('/revoke', { token: confidential.accessToken }, at.app);
    expect((await at.self(bearer(confidential.accessToken))).status).toBe(200);
  });

  it('RFC 7009 2.1 a confidential client has to prove itself', async () => {
    const nobody = { id: at.confidential.id, secret: null };
    expect((await at.post('/revoke', { token: confidential.accessToken }, nobody)).status).toBe(401);
    expect((await at.self(bearer(confidential.accessToken))).status).toBe(200);
  });

  it('RFC 7009 2 a request without a token is invalid_request', async () => {
    expect((await at.post('/revoke', {})).body.error).toBe('invalid_request');
  });
});

describe('RFC 7662', () => {
  it('RFC 7662 2.2 a live token is active, with its client, issuer, audience and times', async () => {
    const { status, body } = await introspect(confidential.accessToken);
    const [, claims] = readJwt(confidential.accessToken);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      active: true,
      client_id: at.confidential.id,
      iss: at.metadata.issuer,
      aud: claims.aud,
      sub: claims.sub,
      jti: claims.jti,
      iat: claims.iat,
      exp: claims.exp,
      token_type: 'Bearer',
    });
  });

  it('RFC 7662 2.2 what is no token is inactive, and nothing more is said', async () => {
    expect((await introspect('none')).body).toEqual({ active: false });
  });

  it('RFC 7662 2.2 the token of another client is inactive', async () => {
    expect((await introspect(tokens.accessToken)).body).toEqual({ active: false });
  });

  it('RFC 7662 2.2 a revoked token is inactive', async () => {
    const { accessToken } = await at.tokens(at.confidential);
    await at.post('/revoke', { token: accessToken }, at.confidential);
    expect((await introspect(accessToken)).body).toEqual({ active: false });
  });

  it('RFC 7662 2.1 who asks has to prove itself', async () => {
    const wrong = await introspect(confidential.accessToken, { id: at.confidential.id, secret: 'wrong' });
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
    expect((await fetch(`${at.issuer}/introspect`, { method: 'POST' })).status).toBeGreaterThanOrEqual(400);
  });

  it('RFC 7662 2.1 a refresh token is active for its client, whatever the hint', async () => {
    const hint = { token_type_hint: 'access_token' };
    const { body } = await introspect(confidential.refreshToken, at.confidential, hint);
    expect(body).toMatchObject({ active: true, client_id: at.confidential.id });
  });
});

describe('RFC 9068', () => {
  it('RFC 9068 2.1 an access token is of the type at+jwt, signed with an asymmetric key', () => {
    const [header] = readJwt(tokens.accessToken);
    expect(header).toMatchObject({ typ: 'at+jwt', alg: 'ES256', kid: expect.any(String) });
  });

  it('RFC 9068 2.2 it holds iss, exp, aud, sub, client_id, iat and jti', () => {
    const [, claims] = readJwt(tokens.accessToken);
    expect(claims).toMatchObject({
      iss: at.metadata.issuer,
      aud: at.metadata.issuer,
      client_id: at.app.id,
      sub: expect.any(String),
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
    });
  });

  it('RFC 9068 6 its subject tells nobody who the owner is', () => {
    expect(readJwt(tokens.accessToken)[1].sub).toBe(tokens.grantId);
  });

  it('RFC 9068 4 its signature verifies with the key of its kid in the published set', async () => {
    const { keys } = (await (await fetch(String(at.metadata.jwks_uri))).json()) as {
      keys: { kid: string }[];
    };
    const [{ kid }] = readJwt(tokens.accessToken);
    const jwk = keys.find((key) => key.kid === kid)!;
    const [header, payload, signature = ''] = tokens.accessToken.split('.');
    const key = createPublicKey({ key: jwk as never, format: 'jwk' });
    const input = Buffer.from(`${header}.${payload}`);
    const isSigned = verify(
      'sha256',
      input,
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    expect([isSigned, 'd' in jwk]).toEqual([true, false]);
  });

  it.each([
    ['of another type', { typ: 'JWT' }],
    ['with the algorithm none', { alg: 'none' }],
    ['with a shared secret', { alg: 'HS256' }],
  ])('RFC 9068 4 a token %s is refused', async (_name, change) => {
    const [header] = readJwt(tokens.accessToken);
    const [, payload, signature] = tokens.accessToken.split('.');
    const other = Buffer.from(JSON.stringify({ ...header, ...change })).toString('base64url');
    for (const end of [signature, ''])
      expect((await at.self(bearer(`${other}.${payload}.${end}`))).status).toBe(401);
  });

  it('RFC 9068 4 a token whose claims were changed is refused', async () => {
    const [header, , signature] = tokens.accessToken.split('.');
    const claims = { ...readJwt(tokens.accessToken)[1], exp: 4_000_000_000 };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    expect((await at.self(bearer(`${header}.${payload}.${signature}`))).status).toBe(401);
  });
});

describe('RFC 9449', () => {
  const key = appKey();
  let bound: flow.JsonAnswer['body'];
  let token: string;
  let refreshToken: string;
  beforeAll(async () => {
    const DPoP = await proofOf(key, `${at.issuer}/token`);
    const server = { issuer: at.issuer };
    ({ body: bound } = await flow.redeem(server, at.app, await at.code(at.app), {}, { DPoP }));
    token = String(bound.access_token);
    refreshToken = String(bound.refresh_token);
  });

  const proof = (change: object = {}, by = key) =>
    proofOf(by, `${at.issuer}/grants/self`, {
      htm: 'GET',
      ath: createHash('sha256').update(token).digest('base64url'),
      ...change,
    });
  const send = async (dpop: string, scheme = 'DPoP') =>
    (await at.self({ authorization: `${scheme} ${token}`, dpop })).status;
  const nowSeconds = () => Math.floor(Date.now() / 1000);

  it('RFC 9449 5 a token asked for with a proof is of the type DPoP', () => {
    expect(bound.token_type).toBe('DPoP');
  });

  it('RFC 9449 6.1 it names the thumbprint of the key', () => {
    const { x, y } = publicJwk(key) as unknown as Record<string, string>;
    const canonical = JSON.stringify({ crv: 'P-256', kty: 'EC', x, y });
    const jkt = createHash('sha256').update(canonical).digest('base64url');
    expect(readJwt(token)[1].cnf).toEqual({ jkt });
  });

  it('RFC 9449 7.1 it opens the resource with a proof', async () => {
    expect(await send(await proof())).toBe(200);
  });

  it('RFC 9449 7.2 it is refused as a bearer token', async () => {
    expect((await at.self(bearer(token))).status).toBe(401);
    expect(await send(await proof(), 'Bearer')).toBe(401);
  });

  it('RFC 9449 7.1 without a proof the challenge is DPoP, with the algorithms', async () => {
    const headers = { authorization: `DPoP ${token}` };
    for (const path of ['/grants/self', '/v1/models']) {
      const answer = await fetch(at.issuer + path, { headers });
      const challenge = expect.stringMatching(/^DPoP .*algs="ES256/);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challenge]);
    }
  });

  it.each<[string, () => object]>([
    ['another method', () => ({ htm: 'POST' })],
    ['another address', () => ({ htu: `${at.issuer}/grants/other` })],
    ['another token', () => ({ ath: 'x' })],
    ['no token', () => ({ ath: undefined })],
    ['no id', () => ({ jti: undefined })],
    ['no date', () => ({ iat: undefined })],
    ['an old date', () => ({ iat: nowSeconds() - 3600 })],
    ['a date ahead', () => ({ iat: nowSeconds() + 3600 })],
  ])('RFC 9449 4.3 a proof for %s is refused', async (_name, change) => {
    expect(await send(await proof(change()))).toBe(401);
  });

  it('RFC 9449 4.3 a proof of another key is refused', async () => {
    expect(await send(await proof({}, appKey()))).toBe(401);
  });

  it('RFC 9449 4.3 two proofs are refused', async () => {
    expect(await send(`${await proof()}, ${await proof()}`)).toBe(401);
  });

  it('RFC 9449 11.1 a proof works once', async () => {
    const once = await proof();
    expect([await send(once), await send(once)]).toEqual([200, 401]);
  });

  it('RFC 9449 4.3 the query of the address is not part of the proof', async () => {
    const headers = { authorization: `DPoP ${token}`, dpop: await proof() };
    expect((await fetch(`${at.issuer}/grants/self?a=b`, { headers })).status).toBe(200);
  });

  it('RFC 9449 5 the refresh token of a public client is bound to the key', async () => {
    const answer = await at.post('/token', { grant_type: 'refresh_token', refresh_token: refreshToken });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('RFC 9449 5 an invalid proof at the token endpoint is invalid_dpop_proof', async () => {
    const DPoP = await proofOf(key, `${at.issuer}/par`);
    const { status, body } = await flow.refresh({ issuer: at.issuer }, at.app, refreshToken, { DPoP });
    expect([status, body.error]).toEqual([400, 'invalid_dpop_proof']);
  });

  it('RFC 9449 10 a code asked for with dpop_jkt is redeemed with that key alone', async () => {
    const DPoP = await proofOf(appKey(), `${at.issuer}/token`);
    const dpop_jkt = String((readJwt(token)[1].cnf as { jkt: string }).jkt);
    const code = await at.code(at.app, { dpop_jkt });
    const { body } = await flow.redeem({ issuer: at.issuer }, at.app, code, {}, { DPoP });
    expect(body.error).toBe('invalid_grant');
  });

  it('RFC 9449 6.2 introspection names the thumbprint', async () => {
    const DPoP = await proofOf(key, `${at.issuer}/token`);
    const code = await at.code(at.confidential);
    const { body } = await flow.redeem({ issuer: at.issuer }, at.confidential, code, {}, { DPoP });
    const told = await introspect(String(body.access_token));
    expect(told.body).toMatchObject({ active: true, token_type: 'DPoP', cnf: readJwt(token)[1].cnf });
  });

  it('RFC 9449 5.1 the metadata name the algorithms, none of them symmetric', () => {
    expect(at.metadata.dpop_signing_alg_values_supported).toEqual(['ES256', 'Ed25519', 'EdDSA']);
  });
});
