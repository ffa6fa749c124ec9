// Compact JWS with ES256 (RFC 7515, RFC 7518), by WebCrypto alone, so that it runs in Node, browsers and workers alike.

/** A key pair that signs with ES256. `publicJwk` has the public members only. */
export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly publicJwk: { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string };
  /** The SHA-256 thumbprint of the public key, base64url (RFC 7638): what tokens are bound to. */
  readonly thumbprint: string;
}

/** A private key as `exportKey` gives it (RFC 7517). */
export interface PrivateJwk {
  readonly kty?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly d?: string;
}

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A new key pair. Its private part can not be read out of the process unless `extractable`. */
export async function createSigningKey(
  options: { readonly extractable?: boolean } = {},
): Promise<SigningKey> {
  const pair = await crypto.subtle.generateKey(ES256, options.extractable ?? false, ['sign', 'verify']);
  return withPublic(pair.privateKey, await crypto.subtle.exportKey('jwk', pair.publicKey));
}

/** The key pair of a private key that was kept as a JWK. Rejects where it is none. */
export async function importSigningKey(jwk: PrivateJwk): Promise<SigningKey> {
  return withPublic(await crypto.subtle.importKey('jwk', jwk, ES256, true, ['sign']), jwk);
}

async function withPublic(privateKey: CryptoKey, { x = '', y = '' }: PrivateJwk): Promise<SigningKey> {
  // RFC 7638 section 3.2: the required members alone, in this order.
  const thumbprint = await sha256(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }));
  return { privateKey, publicJwk: { kty: 'EC', crv: 'P-256', x, y }, thumbprint };
}

/** The signed token; `header` gets its `alg`. */
export async function signJws(header: object, payload: object, { privateKey }: SigningKey): Promise<string> {
  const signed = `${encodeJson({ alg: 'ES256', ...header })}.${encodeJson(payload)}`;
  const signature = await crypto.subtle.sign(ES256, privateKey, bytesOf(signed));
  return `${signed}.${base64url(new Uint8Array(signature))}`;
}

/** SHA-256 of a text's UTF-8, base64url. */
export const sha256 = async (text: string): Promise<string> =>
  base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(text))));

const bytesOf = (text: string) => new TextEncoder().encode(text);
const encodeJson = (value: object): string => base64url(bytesOf(JSON.stringify(value)));

/** A text that nobody can guess: 256 bits, base64url. */
export const randomText = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
