// A18, A30: things that this very server's key has signed, rightly, and that are no access tokens, or no longer. The signature alone opens
// nothing.

import { decodeJwt, importJWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemAmbient } from '../../src/clock.ts';
import { createKeyStore, type SigningKey } from '../../src/oauth/keys.ts';
import { startBroker, type TestBroker } from '../oauth/broker.ts';
import * as flow from '../oauth/flow.ts';

let broker: TestBroker;
let app: flow.TestClient;
let key: SigningKey;
let claims: JWTPayload;
beforeAll(async () => {
  broker = await startBroker();
  await broker.addKey('own_ada', 'openai');
  app = await flow.registerClient(broker);
  [key] = (await createKeyStore(broker.store.db, broker.vault, systemAmbient).signingKeys()) as [SigningKey];
  claims = decodeJwt((await flow.obtainTokens(broker, app)).accessToken);
});
afterAll(() => broker.close());

/** Signed with the key of the house. */
const signed = async (change: object = {}, header: object = {}): Promise<string> =>
  new SignJWT({ ...claims, ...change })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...header })
    .sign(await importJWK({ ...key.privateJwk, alg: 'ES256' }, 'ES256'));

const nowSeconds = () => Math.floor(Date.now() / 1000);

const others: [string, () => Promise<string>][] = [
  ['an ID token', () => signed({ aud: app.id, nonce: 'n' }, { typ: 'JWT' })],
  ['a token of no type', () => signed({}, { typ: undefined })],
  ['a DPoP proof', () => signed({ htm: 'POST', htu: `${broker.issuer}/token` }, { typ: 'dpop+jwt' })],
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

describe('what the own key has signed', () => {
  it('is taken as an access token if it is one', async () => {
    expect((await broker.oauth.verifyAccessToken(await signed())).ok).toBe(true);
  });

  it.each(others)('A30 %s opens no grant', async (_name, make) => {
    const authorization = `Bearer ${await make()}`;
    const answer = await fetch(`${broker.issuer}/grants/self`, { headers: { authorization } });
    expect(answer.status).toBe(401);
  });

  it.each(others)('A18 %s is no subject of an exchange', async (_name, make) => {
    const { status, body } = await flow.post(broker, '/token', app, {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await make(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_actor: 'worker',
      authorization_details: flow.DETAILS,
    });
    expect([status, body.error]).toEqual([400, 'invalid_request']);
    expect(body.error_description).toBe('the subject token is not valid any more');
  });
});
