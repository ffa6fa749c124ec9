// A18, A30: things that this very server's key has signed, rightly, and that are no access tokens, or no longer. The signature alone opens
// nothing.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, importJWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SigningKey } from '../../src/oauth/keys.ts';
import * as flow from '../oauth/flow.ts';
import { detailsOf, type OauthWorld, openOauthWorld } from './oauth-world.ts';
import { signingKeyOf } from './signing-key.ts';
import { WORLDS, type World } from './worlds.ts';

let world: World;
let oauth: OauthWorld;
let app: flow.TestClient;
let key: SigningKey;
let claims: JWTPayload;
const issuer = (): string => world.urls[0]!;

/** Signed with the key of the house. */
const signed = async (change: object = {}, header: object = {}): Promise<string> =>
  new SignJWT({ ...claims, ...change })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...header })
    .sign(await importJWK({ ...key.privateJwk, alg: 'ES256' }, 'ES256'));

const nowSeconds = () => Math.floor(Date.now() / 1000);

const others: [string, () => Promise<string>][] = [
  ['an ID token', () => signed({ aud: app.id, nonce: 'n' }, { typ: 'JWT' })],
  ['a token of no type', () => signed({}, { typ: undefined })],
  ['a DPoP proof', () => signed({ htm: 'POST', htu: `${issuer()}/token` }, { typ: 'dpop+jwt' })],
  ['a client assertion', () => signed({ iss: app.id, sub: app.id }, { typ: 'client-authentication+jwt' })],
  ['a logout token', () => signed({ aud: app.id, events: {} }, { typ: 'logout+jwt' })],
  ['an introspection answer', () => signed({ token_introspection: {} }, { typ: 'token-introspection+jwt' })],
  ['a receipt or checkpoint', () => signed({}, { typ: 'valetkey-receipt+jwt' })],
  ['a token for another audience', () => signed({ aud: 'https://other.test' })],
  ['a token for several audiences, none of them this', () => signed({ aud: ['https://a.test', app.id] })],
  ['a token of another issuer', () => signed({ iss: 'https://other.test' })],
  ['a token that is not valid yet', () => signed({ nbf: nowSeconds() + 300 })],
  ['a token that has expired', () => signed({ iat: nowSeconds() - 700, exp: nowSeconds() - 100 })],
  ['a token without an end', () => signed({ exp: undefined })],
  ['a token without an id', () => signed({ jti: undefined })],
  ['a token without a client', () => signed({ client_id: undefined })],
  ['a token whose subject is another grant', () => signed({ sub: 'gr_other' })],
  ['a token of a grant that is not there', () => signed({ sub: 'gr_other', grant_id: 'gr_other' })],
  ['a token bound to a certificate', () => signed({ cnf: { 'x5t#S256': 'x' } })],
  ['a token bound to nothing that is known', () => signed({ cnf: {} })],
];

describe.each(WORLDS)('what the own key has signed: %s', (form, start) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'valetkey-own-key-'));
  beforeAll(async () => {
    const masterKey = randomBytes(32).toString('base64');
    const place = form === 'one process' ? { VALETKEY_DATA_DIR: dataDir } : {};
    world = await start({ env: { VALETKEY_MASTER_KEY: masterKey, ...place } });
    oauth = await openOauthWorld(world);
    app = await oauth.registerApp();
    claims = decodeJwt((await oauth.tokens(app)).accessToken);
    key = await signingKeyOf(world, dataDir, masterKey);
  });
  afterAll(async () => {
    await world.close();
    rmSync(dataDir, { recursive: true });
  });
  const replicas = () => [...world.urls.keys()];

  it('is taken as an access token if it is one, on every replica', async () => {
    for (const index of replicas())
      expect(await oauth.chat({ authorization: `Bearer ${await signed()}` }, index)).toBe(200);
  });

  it.each(others)('A30 %s opens no grant', async (_name, make) => {
    const authorization = `Bearer ${await make()}`;
    const before = world.seen();
    for (const index of replicas()) {
      const answer = await fetch(`${oauth.at(index).issuer}/grants/self`, { headers: { authorization } });
      expect([answer.status, await oauth.chat({ authorization }, index)]).toEqual([401, 401]);
    }
    expect(world.seen()).toEqual(before);
  });

  it.each(others)('A18 %s is no subject of an exchange', async (_name, make) => {
    for (const index of replicas()) {
      const { status, body } = await flow.post(oauth.at(index), '/token', app, {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: await make(),
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        requested_actor: 'worker',
        authorization_details: detailsOf({ delegation: undefined }),
      });
      expect([status, body.error]).toEqual([400, 'invalid_request']);
      expect(body.error_description).toMatch(
        /^the subject token is (not valid any more|bound to a client certificate)/,
      );
    }
  });
});
