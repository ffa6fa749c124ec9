// Verifies receipts of calls offline: by the broker's published keys and WebCrypto alone, so that it runs in Node, browsers and workers
// alike. MUST take algorithm and keys from here and from the key set, never from the receipt.

/** A JWK set (RFC 7517), as a broker publishes it at `/.well-known/valetkey-receipt-keys`. */
export interface Jwks {
  readonly keys: readonly object[];
}

/** Who acts; `act` inside it is the actor before (RFC 8693 section 4.1). */
export interface ReceiptActor {
  readonly sub: string;
  readonly iss: string;
  readonly act?: ReceiptActor;
}

/** What a receipt says. Every claim is described in `docs/reference/receipts.md`. */
export interface Receipt {
  /** The broker. */
  readonly iss: string;
  /** When it was signed, epoch seconds. */
  readonly iat: number;
  /** The call's id. */
  readonly jti: string;
  /** Epoch milliseconds, UTC. */
  readonly admitted_at: number;
  readonly settled_at: number;
  /** Ids from the grant that the owner gave to the one that called. */
  readonly grant_path: readonly string[];
  readonly client_id?: string;
  readonly act?: ReceiptActor;
  readonly provider: string;
  readonly operation: string;
  readonly model?: string;
  /** SHA-256, base64url. */
  readonly request_sha256: string;
  readonly response_sha256?: string;
  /** `unconfirmed`: the usage is unknown and the most it can have cost was charged. `corrected`: the owner said afterwards what it was. */
  readonly status: 'settled' | 'unconfirmed' | 'released' | 'corrected';
  /** 1e-9 USD. */
  readonly cost_nanos: number;
  readonly usage?: Readonly<Record<string, number>>;
  readonly trace_id?: string;
}

/** Why a receipt proves nothing. `unknown_key` may only mean that the key set is older than the receipt: get it again. */
export type ReceiptProblem = 'malformed' | 'not_a_receipt' | 'unknown_key' | 'bad_signature' | 'other_issuer';

/** What came of it. */
export type VerifiedReceipt =
  | { readonly ok: true; readonly receipt: Receipt }
  | { readonly ok: false; readonly problem: ReceiptProblem };

/** Whom to believe. */
export interface VerifyOptions {
  /** The broker that the keys belong to: a receipt that names another is refused. */
  readonly issuer?: string;
}

const TYPE = 'valetkey-receipt+jwt';
const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const MOST_CHARACTERS = 16_384;
const MOST_ACTORS = 16;
const STATUSES = ['settled', 'unconfirmed', 'released', 'corrected'];

const refuse = (problem: ReceiptProblem): VerifiedReceipt => ({ ok: false, problem });

/** Whether one of `jwks` signed this receipt, and what it says. Never throws for a bad receipt; rejects for a key set that is none. */
export async function verifyReceipt(
  jws: string,
  jwks: Jwks,
  options: VerifyOptions = {},
): Promise<VerifiedReceipt> {
  const parts = jws.length > MOST_CHARACTERS ? [] : jws.split('.');
  const [header, payload, signature] = parts.map(decode);
  if (parts.length !== 3 || !header || !payload || !signature) return refuse('malformed');
  const { alg, typ, kid, crit } = parse(header) ?? {};
  if (alg !== 'ES256' || typ !== TYPE || typeof kid !== 'string' || crit !== undefined)
    return refuse('not_a_receipt');
  const key = await findKey(jwks, kid);
  if (!key) return refuse('unknown_key');
  const signed = new TextEncoder().encode(jws.slice(0, jws.lastIndexOf('.')));
  if (!(await crypto.subtle.verify(ES256, key, signature, signed))) return refuse('bad_signature');
  const claims = parse(payload);
  if (!isReceipt(claims)) return refuse('not_a_receipt');
  if (options.issuer !== undefined && claims.iss !== options.issuer) return refuse('other_issuer');
  return { ok: true, receipt: claims };
}

/** The bytes of base64url without padding; null for any other text, also one whose spare bits are set: there MUST be one text for a receipt. */
function decode(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]+$/.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const again = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return again === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : null;
}

function parse(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** The key of this name that is one for ES256. */
function findKey({ keys }: Jwks, kid: string): Promise<CryptoKey> | null {
  const named = (keys as readonly Record<string, unknown>[]).filter((key) => key.kid === kid);
  const jwk = named.find(
    ({ kty, crv, alg = 'ES256', use = 'sig' }) =>
      kty === 'EC' && crv === 'P-256' && alg === 'ES256' && use === 'sig',
  );
  if (!jwk) return null;
  const { x, y } = jwk as { x: string; y: string };
  return crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y }, ES256, false, ['verify']);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isOptional = (value: unknown): boolean => value === undefined || isText(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const isUsage = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isCount);

function isReceipt(claims: Record<string, unknown> | null): claims is Record<string, unknown> & Receipt {
  if (claims === null) return false;
  const { grant_path: path, usage } = claims;
  return (
    [claims.iss, claims.jti, claims.provider, claims.operation, claims.request_sha256].every(isText) &&
    [claims.client_id, claims.model, claims.response_sha256, claims.trace_id].every(isOptional) &&
    [claims.iat, claims.admitted_at, claims.settled_at, claims.cost_nanos].every(isCount) &&
    STATUSES.includes(claims.status as string) &&
    Array.isArray(path) &&
    path.length > 0 &&
    path.every(isText) &&
    (usage === undefined || isUsage(usage)) &&
    isActor(claims.act, MOST_ACTORS)
  );
}

function isActor(value: unknown, most: number): boolean {
  if (value === undefined) return true;
  if (most === 0 || typeof value !== 'object' || value === null) return false;
  const { sub, iss, act } = value as Record<string, unknown>;
  return isText(sub) && isText(iss) && isActor(act, most - 1);
}
