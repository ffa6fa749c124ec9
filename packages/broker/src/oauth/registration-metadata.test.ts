// What an app that registers by itself may say: whatever it is, it is read or refused, and what was read says the same when it is read again.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClientInput } from './client-metadata.ts';
import { checkRedirectUri } from './redirect-uri.ts';
import { presentRegistration, readRegistration } from './registration-metadata.ts';

const GRANT_TYPES = ['authorization_code', 'refresh_token'];

const read = (input: unknown) => {
  const said = readRegistration(input, GRANT_TYPES);
  return said.ok ? parseClientInput(said.value) : said;
};

const KEYS = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AQ' }] };
const VALID = { client_name: 'Garden planner', redirect_uris: ['https://app.test/cb'] };

/** Mostly what is taken; else something near it, or anything. */
const oneOf = (right: unknown, ...near: readonly unknown[]) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constant(right) },
    { weight: 2, arbitrary: fc.constantFrom(right, ...near) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
const registrations = fc.record(
  {
    client_name: oneOf('Garden planner', '\u202eevil'),
    client_uri: oneOf('https://app.test/', 'http://app.test', null),
    redirect_uris: oneOf(['https://app.test/cb'], ['javascript:alert(1)'], ['http://127.0.0.1/cb', 'x'], []),
    token_endpoint_auth_method: oneOf('none', 'client_secret_basic', 'tls_client_auth'),
    grant_types: oneOf(GRANT_TYPES, ['password'], null),
    response_types: oneOf(['code'], ['token']),
    jwks: oneOf(undefined, KEYS, { keys: [{ kty: 'EC', d: 'x' }] }),
    dpop_bound_access_tokens: oneOf(true, false),
    jwks_uri: oneOf(false, 'https://app.test/keys'),
    logo_uri: fc.jsonValue(),
    ['__proto__']: fc.constant({ client_name: 'another' }),
  },
  { requiredKeys: [] },
);

describe('A39 a registration', () => {
  it('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(registrations, fc.jsonValue()), (input) => {
        const metadata = read(input);
        if (!metadata.ok) return;
        expect(metadata.value.redirect_uris.map(checkRedirectUri)).toEqual(
          metadata.value.redirect_uris.map(() => null),
        );
        expect(metadata.value).not.toHaveProperty('jwks_uri');
        expect(metadata.value).not.toHaveProperty('logo_uri');
      }),
    );
  });

  it('with keys says the same, too', () => {
    const said = { ...VALID, token_endpoint_auth_method: 'private_key_jwt', jwks: KEYS };
    const metadata = read(said);
    expect(metadata).toMatchObject({ ok: true, value: { jwks: KEYS } });
    if (metadata.ok) expect(read(presentRegistration(metadata.value, GRANT_TYPES))).toEqual(metadata);
  });

  it('says the same when what was read of it is read again', () => {
    let taken = 0;
    fc.assert(
      fc.property(registrations, (input) => {
        const metadata = read(input);
        if (!metadata.ok) return;
        taken += 1;
        expect(read(presentRegistration(metadata.value, GRANT_TYPES))).toEqual(metadata);
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(20);
  });
});
