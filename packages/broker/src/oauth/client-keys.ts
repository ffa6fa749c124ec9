// The public keys with which an app proves who it is (RFC 7523), as its developer registers them. MUST keep public members alone: a private
// key that was sent by mistake is refused, not stored.

import { fail, type Result, succeed } from '@valetkey/core';

/** A public key as a JWK (RFC 7517). */
export type PublicJwk = Readonly<Record<string, string>>;

const MAX_KEYS = 5;
const MAX_MEMBER = 1000;

/** The members that make a key, by its type. Each is needed; nothing else of the key is kept but its names. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
  RSA: ['n', 'e'],
};
const CURVES = ['P-256', 'Ed25519'];
const NAMES = ['kid', 'alg', 'use'];
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MAX_MEMBER;

/** The keys of a JWK set, or what is wrong with it in one sentence. */
export function parseClientKeys(keys: readonly unknown[]): Result<readonly PublicJwk[], string> {
  if (keys.length < 1 || keys.length > MAX_KEYS) return fail(`Name 1 to ${MAX_KEYS} public keys.`);
  const parsed: PublicJwk[] = [];
  for (const key of keys) {
    const read = parseKey(key);
    if (!read.ok) return read;
    parsed.push(read.value);
  }
  return succeed(parsed);
}

function parseKey(input: unknown): Result<PublicJwk, string> {
  const key = (input ?? {}) as Readonly<Record<string, unknown>>;
  if (PRIVATE.some((member) => Object.hasOwn(key, member)))
    return fail('This is a private key. Keep it, make a new one, and register the public part of that.');
  const { kty, crv } = key;
  const needed = typeof kty === 'string' && Object.hasOwn(MEMBERS, kty) ? MEMBERS[kty]! : null;
  const isKnown = needed !== null && (crv === undefined || CURVES.includes(String(crv)));
  if (!isKnown || !needed.every((member) => isText(key[member])))
    return fail('A key must be the JWK of a public key: EC with P-256, OKP with Ed25519, or RSA.');
  const kept = ['kty', ...needed, ...NAMES.filter((name) => isText(key[name]))];
  return succeed(Object.fromEntries(kept.map((member) => [member, String(key[member])])));
}
