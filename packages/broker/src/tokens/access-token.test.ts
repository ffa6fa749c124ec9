// What of a token is believed: what this server signed for itself, as an access token, and no way of binding it that is not known.

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAccessTokenVerifier } from './access-token.ts';

const ISSUER = 'https://broker.test';
const NOW_SECONDS = 1_800_000_000;
const { privateKey, publicKey } = await generateKeyPair('ES256');
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }] };
const verify = createAccessTokenVerifier({ issuer: ISSUER, jwks, now: () => NOW_SECONDS * 1000 });

const claims = {
  ...{ iss: ISSUER, aud: ISSUER, sub: 'gr_1', grant_id: 'gr_1', client_id: 'c', jti: 'j' },
  ...{ iat: NOW_SECONDS - 10, exp: NOW_SECONDS + 1 },
};
const said = {
  ...{ grantId: 'gr_1', clientId: 'c', tokenId: 'j', jkt: null, certificateThumbprint: null },
  ...{ issuedAtMs: (NOW_SECONDS - 10) * 1000, expiresAtMs: (NOW_SECONDS + 1) * 1000 },
};
const tokenOf = (change: object, typ = 'at+jwt') =>
  new SignJWT(JSON.parse(JSON.stringify({ ...claims, ...change })))
    .setProtectedHeader({ alg: 'ES256', kid: 'k', typ })
    .sign(privateKey);

describe('an access token', () => {
  it.each<[string, object, object]>([
    ['as it should be', {}, {}],
    ['bound to a key', { cnf: { jkt: 'x' } }, { jkt: 'x' }],
    ['bound to a certificate', { cnf: { 'x5t#S256': 'y' } }, { certificateThumbprint: 'y' }],
  ])('says whose it is: %s', async (_what, change, more) => {
    expect(await verify(await tokenOf(change))).toEqual({ ok: true, value: { ...said, ...more } });
  });

  it.each<[string, object]>([
    ['of another issuer', { iss: 'https://other.test' }],
    ['for another audience', { aud: 'https://other.test' }],
    ['of another subject than its grant', { sub: 'gr_2' }],
    ['whose grant is no text', { grant_id: 1 }],
    ['whose client is no text', { client_id: 1 }],
    ['without an end', { exp: undefined }],
    ['without a beginning', { iat: undefined }],
    ['without an id', { jti: undefined }],
    ['without a grant', { grant_id: undefined }],
    ['without a client', { client_id: undefined }],
    ['bound in an unknown way', { cnf: { kid: 'x' } }],
    ['bound in a known and an unknown way', { cnf: { jkt: 'x', kid: 'x' } }],
    ['bound to a certificate and in an unknown way', { cnf: { 'x5t#S256': 'y', kid: 'x' } }],
    ['bound in two ways', { cnf: { jkt: 'x', 'x5t#S256': 'y' } }],
    ['bound to what is no thumbprint', { cnf: { jkt: 1 } }],
    ['bound to nothing', { cnf: {} }],
    ['bound to null', { cnf: null }],
    ['longer than ours are', { more: 'x'.repeat(4096) }],
  ])('is none %s', async (_what, change) => {
    expect(await verify(await tokenOf(change))).toEqual({ ok: false, error: 'invalid_token' });
  });

  it('is none of another type', async () => {
    expect(await verify(await tokenOf({}, 'jwt'))).toEqual({ ok: false, error: 'invalid_token' });
  });

  it('ends at its end', async () => {
    const ended = await verify(await tokenOf({ exp: NOW_SECONDS }));
    expect(ended).toEqual({ ok: false, error: 'token_expired' });
  });
});
