// Finds the broker that a person named: what they typed becomes an origin, and the metadata there (RFC 8414) have to be of that very origin. A code,
// a token or a secret MUST NOT go to an address of anybody else, whatever the metadata say.

import { ask, brokerOrigin, LOOPBACK } from '../holder.ts';
import { ownError } from '../valetkey-error.ts';

/** A broker and where it answers. Every address is of the issuer’s own origin. */
export interface Broker {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly parEndpoint: string;
  readonly tokenEndpoint: string;
  readonly deviceEndpoint: string;
}

/**
 * The broker behind `keys.example.com`, `https://keys.example.com` or, on this machine, `localhost:8787`.
 *
 * Rejects with a `ValetkeyError`: `invalid_address` where that is no address of one, `no_answer`, `not_a_broker` where what answers is none,
 * or says that it is another.
 */
export async function discover(
  address: string,
  options: { readonly fetch?: typeof fetch; readonly signal?: AbortSignal } = {},
): Promise<Broker> {
  const issuer = originOf(address);
  const url = `${issuer}/.well-known/oauth-authorization-server`;
  const { fetch: fetcher = fetch, signal } = options;
  const metadata = await ask<unknown>(fetcher, url, { method: 'GET' }, signal);
  return readMetadata(issuer, metadata);
}

/** The origin that a person means. A name without a scheme is one of https, unless it is of this machine. Throws `invalid_address`. */
export function originOf(address: string): string {
  const typed = address.trim();
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed);
  const host = URL.parse(`https://${typed}`)?.hostname ?? '';
  const isHere = LOOPBACK.test(host);
  try {
    // Browsers differ in what they make of these in a host.
    if (/[\s%\\]/.test(typed)) throw new TypeError('not an address');
    return brokerOrigin(hasScheme ? typed : `${isHere ? 'http' : 'https'}://${typed}`);
  } catch (cause) {
    const message = `“${typed.slice(0, 100)}” is not the address of a Valetkey, such as keys.example.com.`;
    throw ownError('invalid_address', message, cause);
  }
}

function readMetadata(issuer: string, metadata: unknown): Broker {
  const said = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  const lists = (name: string, value: string): boolean =>
    Array.isArray(said[name]) && said[name].includes(value);
  const refuse = (why: string) => ownError('not_a_broker', `${issuer} ${why}.`);
  // RFC 8414 section 3.3: compared byte by byte.
  if (said.issuer !== issuer) throw refuse('is not what the server there calls itself');
  const isOurs =
    lists('code_challenge_methods_supported', 'S256') &&
    lists('authorization_details_types_supported', 'ai_model_access') &&
    said.authorization_response_iss_parameter_supported === true;
  if (!isOurs) throw refuse('is not a Valetkey');
  const at = (name: string): string => {
    const value = said[name];
    if (typeof value === 'string' && URL.parse(value)?.origin === issuer) return value;
    throw refuse(`names no ${name} of its own`);
  };
  return {
    issuer,
    authorizationEndpoint: at('authorization_endpoint'),
    parEndpoint: at('pushed_authorization_request_endpoint'),
    tokenEndpoint: at('token_endpoint'),
    deviceEndpoint: at('device_authorization_endpoint'),
  };
}
