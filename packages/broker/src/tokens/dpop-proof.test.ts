// A proof fits one request, one token and one key, for a few minutes: each of its claims is looked at.

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../digest.ts';
import { checkProof, PROOF_LIFETIME_MS, type ProvenRequest } from './dpop-proof.ts';

const URL_ = 'https://broker.test/openai/v1/chat/completions';
const NOW_SECONDS = 1_800_000_000;
const { privateKey, publicKey } = await generateKeyPair('ES256');
const jwk = await exportJWK(publicKey);

const claims = { htm: 'POST', htu: URL_, jti: 'j', iat: NOW_SECONDS, ath: sha256('token') };
const prove = (change: object = {}, typ = 'dpop+jwt') =>
  new SignJWT(JSON.parse(JSON.stringify({ ...claims, ...change })))
    .setProtectedHeader({ alg: 'ES256', typ, jwk })
    .sign(privateKey);

const check = async (
  proof: string,
  request: Partial<ProvenRequest> = {},
  claim: (id: string, expiresAtMs: number) => Promise<boolean> = async () => true,
) => {
  const asked = { proof, method: 'POST', url: URL_, accessToken: 'token', jkt: null, ...request };
  const checked = await checkProof(asked, { now: () => NOW_SECONDS * 1000, claim });
  return checked.ok || checked.error;
};

describe('a proof', () => {
  it.each<[string, object, Partial<ProvenRequest>]>([
    ['as it should be', {}, {}],
    ['five seconds ahead', { iat: NOW_SECONDS + 5 }, {}],
    ['five minutes old', { iat: NOW_SECONDS - 300 }, {}],
    ['of an address with a query', { htu: `${URL_}?a=b#c` }, {}],
    ['of no token, for a request without one', { ath: undefined }, { accessToken: null }],
  ])('holds %s', async (_what, change, request) => {
    expect(await check(await prove(change), request)).toBe(true);
  });

  it.each<[string, object, Partial<ProvenRequest>, string]>([
    ['six seconds ahead', { iat: NOW_SECONDS + 6 }, {}, 'dated in the future'],
    ['older than five minutes', { iat: NOW_SECONDS - 301 }, {}, 'too old'],
    ['for another method', { htm: 'GET' }, {}, 'another method'],
    ['for another path', { htu: `${URL_}/x` }, {}, 'another address'],
    ['for another host', { htu: URL_.replace('broker', 'other') }, {}, 'another address'],
    ['for what is no address', { htu: 'x' }, {}, 'another address'],
    ['for addresses in a list', { htu: [URL_] }, {}, 'another address'],
    ['for another token', { ath: sha256('other') }, {}, 'another token'],
    ['for no token, beside one', { ath: undefined }, {}, 'another token'],
    ['of another key', {}, { jkt: 'x' }, 'another key'],
    ['without a date', { iat: undefined }, {}, 'not a valid DPoP proof'],
    ['without an id', { jti: undefined }, {}, 'not a valid DPoP proof'],
    ['without a method', { htm: undefined }, {}, 'not a valid DPoP proof'],
    ['without an address', { htu: undefined }, {}, 'not a valid DPoP proof'],
    ['that has ended by its own words', { exp: NOW_SECONDS }, {}, 'not a valid DPoP proof'],
  ])('does not hold %s', async (_what, change, request, why) => {
    expect(await check(await prove(change), request)).toContain(why);
  });

  it.each(['Ed25519', 'EdDSA'])('may be signed with %s', async (alg) => {
    const pair = await generateKeyPair(alg);
    const header = { alg, typ: 'dpop+jwt', jwk: await exportJWK(pair.publicKey) };
    expect(await check(await new SignJWT(claims).setProtectedHeader(header).sign(pair.privateKey))).toBe(
      true,
    );
  });

  it('is no other signed text', async () => {
    expect(await check(await prove({}, 'at+jwt'))).toContain('not a valid DPoP proof');
  });

  it('is remembered by its key and id until it is refused for its age, and by none that was refused', async () => {
    const claimed: unknown[] = [];
    const claim = async (...what: unknown[]) => claimed.push(what) === 1;
    const iat = NOW_SECONDS - 100;
    expect(await check(await prove({ htm: 'GET' }), {}, claim)).toContain('another method');
    expect(await check(await prove({ iat }), {}, claim)).toBe(true);
    expect(await check(await prove({ iat }), {}, claim)).toContain('used before');
    expect(claimed[0]).toEqual([expect.stringMatching(/^[\w-]{43} j$/), iat * 1000 + PROOF_LIFETIME_MS]);
    expect(PROOF_LIFETIME_MS).toBeGreaterThan(300_000);
  });
});
