// What a receipt has to be to prove anything, and what is found in it when a byte was changed.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSigningKey, type SigningKey, signJws } from './jws.ts';
import { type Jwks, type Receipt, verifyReceipt } from './verify-receipt.ts';

const HEADER = { typ: 'valetkey-receipt+jwt', kid: 'k1' };
const CLAIMS: Receipt = {
  iss: 'https://b.example',
  iat: 1_790_000_000,
  jti: 'call_1',
  admitted_at: 1_790_000_000_000,
  settled_at: 1_790_000_001_000,
  grant_path: ['g1', 'g2'],
  client_id: 'c1',
  act: { sub: 'agent:g1/worker', iss: 'https://b.example' },
  provider: 'openai',
  operation: 'openai.chat.completions',
  model: 'gpt-5-mini',
  request_sha256: 'q'.repeat(43),
  response_sha256: 'r'.repeat(43),
  status: 'settled',
  cost_nanos: 1234,
  usage: { input_text_tokens: 7 },
  trace_id: 'a'.repeat(32),
};

let key: SigningKey;
let other: SigningKey;
let jwks: Jwks;
let genuine: string;
beforeAll(async () => {
  [key, other] = await Promise.all([createSigningKey(), createSigningKey()]);
  jwks = {
    keys: [
      { ...other.publicJwk, kid: 'k0' },
      { ...key.publicJwk, kid: 'k1', alg: 'ES256', use: 'sig' },
    ],
  };
  genuine = await signJws(HEADER, CLAIMS, key);
});

const problemOf = async (jws: string, keys = jwks, issuer?: string) => {
  const verified = await verifyReceipt(jws, keys, issuer === undefined ? {} : { issuer });
  return verified.ok ? null : verified.problem;
};
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a receipt', () => {
  it('is what was signed', async () => {
    expect(await verifyReceipt(genuine, jwks, { issuer: CLAIMS.iss })).toEqual({ ok: true, receipt: CLAIMS });
  });

  it('needs no more than what every call has', async () => {
    const { client_id, act, model, response_sha256, usage, trace_id, ...least } = CLAIMS;
    expect(await problemOf(await signJws(HEADER, least, key))).toBeNull();
  });

  it.each(Object.keys(CLAIMS))('with another %s has a signature that is not its own', async (claim) => {
    const [header, , signature] = genuine.split('.');
    const value = CLAIMS[claim as keyof Receipt];
    const changed = { ...CLAIMS, [claim]: typeof value === 'number' ? value + 1 : ['x'] };
    expect(await problemOf(`${header}.${encode(changed)}.${signature}`)).toBe('bad_signature');
  });

  it('proves nothing with the signature of another receipt', async () => {
    const second = await signJws(HEADER, { ...CLAIMS, jti: 'call_2' }, key);
    const swapped = genuine.replace(/[^.]+$/, second.split('.')[2]!);
    expect(await problemOf(swapped)).toBe('bad_signature');
  });

  it('proves nothing once any one character is another', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: genuine.length - 1 }),
        fc.constantFrom(...'ABCxyz019-_.=+/ \n'),
        async (at, character) => {
          fc.pre(genuine[at] !== character);
          expect(await problemOf(genuine.slice(0, at) + character + genuine.slice(at + 1))).not.toBeNull();
        },
      ),
    );
  });

  it.each([
    ['nothing', '', 'malformed'],
    ['two parts', 'eyJ.eyJ', 'malformed'],
    ['four parts', 'eyJ9.eyJ9.eyJ9.eyJ9', 'malformed'],
    ['no JSON', 'AAAA.AAAA.AAAA', 'not_a_receipt'],
    ['a list for a header', `${encode([])}.e30.AAAA`, 'not_a_receipt'],
    ['a very long text', 'A'.repeat(20_000), 'malformed'],
  ])('is not %s', async (_, jws, problem) => {
    expect(await problemOf(jws)).toBe(problem);
  });

  it.each([
    [{ ...HEADER, alg: 'none' }, 'not_a_receipt'],
    [{ ...HEADER, alg: 'HS256' }, 'not_a_receipt'],
    [{ ...HEADER, typ: 'at+jwt' }, 'not_a_receipt'],
    [{ kid: 'k1' }, 'not_a_receipt'],
    [{ typ: HEADER.typ }, 'not_a_receipt'],
    [{ ...HEADER, crit: ['exp'] }, 'not_a_receipt'],
    [{ ...HEADER, kid: 'k2' }, 'unknown_key'],
    [{ ...HEADER, kid: 'k0' }, 'bad_signature'],
    [{ ...HEADER, kid: 'k2', jwk: {} }, 'unknown_key'],
  ])('with the header %j is refused', async (header, problem) => {
    expect(await problemOf(await signJws(header, CLAIMS, key))).toBe(problem);
  });

  it.each([
    [{ iss: undefined }],
    [{ jti: '' }],
    [{ grant_path: [] }],
    [{ grant_path: ['g1', 2] }],
    [{ cost_nanos: -1 }],
    [{ cost_nanos: 1.5 }],
    [{ cost_nanos: '1' }],
    [{ status: 'free' }],
    [{ admitted_at: null }],
    [{ client_id: 7 }],
    [{ act: { sub: 'x' } }],
    [{ act: 'x' }],
    [{ usage: ['7'] }],
    [{ usage: { output_tokens: '7' } }],
  ])('that says %j is none, whoever signed it', async (claims) => {
    expect(await problemOf(await signJws(HEADER, { ...CLAIMS, ...claims }, key))).toBe('not_a_receipt');
  });

  it('with claims of a later release is one', async () => {
    expect(await problemOf(await signJws(HEADER, { ...CLAIMS, later: 1 }, key))).toBeNull();
  });

  it('finds its key behind one of another kind that has the same name', async () => {
    const keys = [{ kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'k1' }, ...jwks.keys];
    expect(await problemOf(genuine, { keys })).toBeNull();
  });

  it('of another broker is refused where the broker is named', async () => {
    expect(await problemOf(genuine, jwks, 'https://c.example')).toBe('other_issuer');
  });

  it.each([[{ use: 'enc' }], [{ alg: 'RS256' }], [{ kty: 'oct' }], [{ crv: 'P-384' }]])(
    'is not verified with a key that says %j',
    async (members) => {
      const keys = [{ ...key.publicJwk, kid: 'k1', ...members }];
      expect(await problemOf(genuine, { keys })).toBe('unknown_key');
    },
  );
});
