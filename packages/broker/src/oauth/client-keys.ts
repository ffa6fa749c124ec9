// The public keys with which an app proves who it is (RFC 7523), as its developer registers them. MUST keep public members alone: a private
// key that was sent by mistake is refused, not stored.

import { X509Certificate } from 'node:crypto';
import { fail, type Result, succeed } from '@valetkey/core';

/** A public key as a JWK (RFC 7517); with `x5c`, the one of a certificate. */
export type PublicJwk = Readonly<Record<string, string | readonly string[]>>;

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

/** The key of a certificate that an app made for itself (RFC 8705 section 2.2), with the certificate, or what is wrong in one sentence. */
export function parseClientCertificate(pem: string): Result<PublicJwk, string> {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return fail('This is no certificate in PEM.');
  }
  const { kty, crv, x, y, n, e } = certificate.publicKey.export({ format: 'jwk' });
  const key = { kty, crv, x, y, n, e };
  const members = Object.entries(key).filter((member): member is [string, string] => isText(member[1]));
  return succeed({ ...Object.fromEntries(members), x5c: [certificate.raw.toString('base64')] });
}

/** The certificate that `parseClientCertificate` read, as PEM; null for other keys. */
export const certificateOfKey = ({ x5c }: PublicJwk): string | null =>
  Array.isArray(x5c) ? new X509Certificate(Buffer.from(String(x5c[0]), 'base64')).toString() : null;
