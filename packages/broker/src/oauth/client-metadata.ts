// What an app says about itself when its developer registers it, parsed strictly into OAuth client metadata (RFC 7591 names). Every
// change is parsed again as a whole, so that no field can be swapped for one that would not have been let in.

import { fail, type Result, succeed } from '@valetkey/core';
import { certificateOfKey, type PublicJwk, parseClientCertificate, parseClientKeys } from './client-keys.ts';
import { applicationTypeOf, checkRedirectUri } from './redirect-uri.ts';

/** How a client proves who it is at the token endpoint. */
export const CLIENT_AUTH_METHODS = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'self_signed_tls_client_auth',
  'tls_client_auth',
] as const;

/** One of `CLIENT_AUTH_METHODS`; `none` is a public client. */
export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

/** Whether a client with this method proves itself with a certificate (RFC 8705). */
export const byCertificate = (method: ClientAuthMethod): boolean => method.endsWith('tls_client_auth');

/** The certificate of an app: its own in PEM, or the DNS name in one that an authority issued whom the operator trusts. */
export type ClientCertificateInput = { readonly pem: string } | { readonly dns: string };

/** What a developer fills in. */
export interface ClientInput {
  readonly name: string;
  /** The app's home page; its host is shown to people. */
  readonly url?: string | null;
  readonly redirectUris: readonly string[];
  readonly authMethod: ClientAuthMethod;
  /** Its public keys as JWKs: with `private_key_jwt`, and only with it. */
  readonly keys?: readonly unknown[] | null;
  /** With `self_signed_tls_client_auth` its own one, with `tls_client_auth` a name, with any other method none. */
  readonly certificate?: ClientCertificateInput | null;
  /** Whether every token of this client MUST be bound to a DPoP key (RFC 9449). */
  readonly dpopBound?: boolean;
}

/** OAuth client metadata as it is stored, RFC 7591 and 9449 names. */
export interface ClientMetadata {
  readonly client_name: string;
  readonly client_uri?: string;
  readonly redirect_uris: readonly string[];
  readonly token_endpoint_auth_method: ClientAuthMethod;
  readonly jwks?: { readonly keys: readonly PublicJwk[] };
  readonly dpop_bound_access_tokens: boolean;
  readonly tls_client_auth_san_dns?: string;
  readonly tls_client_certificate_bound_access_tokens?: true;
  readonly application_type: 'web' | 'native';
}

/** Why a client was not accepted: which field, and what would be. */
export interface ClientRefusal {
  readonly reason: 'invalid_client' | 'not_found';
  readonly field: keyof ClientInput | null;
  readonly detail: string;
}

const MAX_NAME = 60;
const MAX_REDIRECT_URIS = 10;
/** Control, format (bidirectional, zero-width) and line-breaking characters: a name with them can read as another. */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

const refuse = (field: keyof ClientInput, detail: string) =>
  fail<ClientRefusal>({ reason: 'invalid_client', field, detail });

/** The metadata that `input` describes, or the first field that is wrong. */
export function parseClientInput(input: ClientInput): Result<ClientMetadata, ClientRefusal> {
  const name = input.name.trim();
  if (name === '' || name.length > MAX_NAME || DECEPTIVE.test(name)) {
    return refuse('name', `The name must have 1 to ${MAX_NAME} visible characters.`);
  }
  const url = input.url ? URL.parse(input.url) : null;
  if (input.url && (url?.protocol !== 'https:' || url.username !== '')) {
    return refuse('url', 'The home page must be an https address.');
  }
  const uris = input.redirectUris;
  if (uris.length < 1 || uris.length > MAX_REDIRECT_URIS || new Set(uris).size !== uris.length) {
    return refuse('redirectUris', `Name 1 to ${MAX_REDIRECT_URIS} different redirect addresses.`);
  }
  for (const uri of uris) {
    const problem = checkRedirectUri(uri);
    if (problem !== null) return refuse('redirectUris', `${uri.slice(0, 100)} ${problem}.`);
  }
  if (!CLIENT_AUTH_METHODS.includes(input.authMethod)) {
    return refuse('authMethod', `The method must be one of ${CLIENT_AUTH_METHODS.join(', ')}.`);
  }
  const keys = readKeys(input);
  if (!keys.ok) return refuse('keys', keys.error);
  const certificate = readCertificate(input);
  if (!certificate.ok) return refuse('certificate', certificate.error);
  return succeed({
    client_name: name,
    ...(url && { client_uri: url.href }),
    redirect_uris: [...uris],
    token_endpoint_auth_method: input.authMethod,
    ...(keys.value && { jwks: { keys: keys.value } }),
    ...certificate.value,
    dpop_bound_access_tokens: input.dpopBound ?? false,
    application_type: applicationTypeOf(uris),
  });
}

function readKeys({ authMethod, keys }: ClientInput): Result<readonly PublicJwk[] | null, string> {
  if (authMethod === 'private_key_jwt') return parseClientKeys(keys ?? []);
  return keys ? fail('Only an app that proves itself with a key has keys.') : succeed(null);
}

/** A name without wildcard, as a certificate spells it. */
const DNS_NAME = /^(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** Tokens of an app that has a certificate are bound to it, always: that is what it is for. */
function readCertificate({
  authMethod,
  certificate,
  dpopBound,
}: ClientInput): Result<Partial<ClientMetadata>, string> {
  if (!byCertificate(authMethod))
    return certificate ? fail('Only an app that proves itself with a certificate has one.') : succeed({});
  if (dpopBound) return fail('Tokens are bound to a certificate or to a DPoP key, not to both.');
  const bound = { tls_client_certificate_bound_access_tokens: true } as const;
  if (authMethod === 'tls_client_auth') {
    const dns = certificate && 'dns' in certificate ? certificate.dns : '';
    return DNS_NAME.test(dns)
      ? succeed({ ...bound, tls_client_auth_san_dns: dns })
      : fail('Name the DNS name in the certificate, in small letters and without wildcard.');
  }
  const key = parseClientCertificate(certificate && 'pem' in certificate ? certificate.pem : '');
  return key.ok ? succeed({ ...bound, jwks: { keys: [key.value] } }) : key;
}

/** What a client with these metadata was registered with, to be read again. */
export function certificateOfMetadata(
  metadata: Pick<ClientMetadata, 'jwks' | 'tls_client_auth_san_dns'>,
): ClientCertificateInput | null {
  const { jwks, tls_client_auth_san_dns: dns } = metadata;
  if (dns !== undefined) return { dns };
  const pem = jwks?.keys[0] && certificateOfKey(jwks.keys[0]);
  return pem ? { pem } : null;
}
