// Who asks at the grant's own address: the holder of an access token or of a key-shaped token of a live grant. What is bound to a key, or
// pinned to devices, MUST come with a proof of one.

import type { IncomingMessage } from 'node:http';
import { fail, type Result, succeed } from '@valetkey/core';
import type { Grants, LiveGrant } from '../grants/contract.ts';
import { checkDevice } from '../grants/device-rule.ts';
import { looksLikeKeyToken } from '../grants/key-token.ts';
import type { VerifyAccessToken } from '../tokens/access-token.ts';
import type { CertificateOf } from '../tokens/client-certificate.ts';
import { checkProof } from '../tokens/dpop-proof.ts';
import type { Artifacts } from './artifacts.ts';
import { findUsableGrant } from './live-grant.ts';

/** The grant as it is committed, and the key that the token is bound to. */
export interface Holder {
  readonly live: LiveGrant;
  readonly keyThumbprint: string | null;
  /** Whether the token is still one of the grant as it stands at a later reading. */
  readonly holds: (now: LiveGrant) => boolean;
}

/** Why the request has no holder, in OAuth's words. */
export interface HolderRefusal {
  readonly error: 'invalid_token' | 'invalid_dpop_proof' | 'device_not_permitted';
  readonly description: string;
}

/** What the look-up needs. */
export interface HolderDeps {
  readonly issuer: string;
  readonly grants: Pick<Grants, 'live' | 'reread' | 'liveByKeyToken'>;
  readonly artifacts: Pick<Artifacts, 'claim'>;
  readonly verify: VerifyAccessToken;
  readonly certificateOf: CertificateOf;
  readonly ambient: { readonly now: () => number };
}

const UNKNOWN: HolderRefusal = {
  error: 'invalid_token',
  description:
    'Send a token of a grant that is live: Authorization: Bearer with the whole token. Unknown and ended ones are refused alike.',
};

/** The holder behind a request for `path`. */
export async function findHolder(
  request: IncomingMessage,
  path: string,
  deps: HolderDeps,
): Promise<Result<Holder, HolderRefusal>> {
  const [, scheme, token] = /^(Bearer|DPoP) ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (scheme === undefined || token === undefined) return fail(UNKNOWN);
  const holder = looksLikeKeyToken(token)
    ? await byKeyToken(token, deps)
    : await byAccessToken(token, request, deps);
  if (holder === null) return fail(UNKNOWN);
  const proven = await provenKey(request, path, scheme.toLowerCase() === 'dpop', token, holder, deps);
  if (!proven.ok) return fail({ error: 'invalid_dpop_proof', description: proven.error });
  const device = checkDevice(holder.live, proven.value);
  if (!device.ok) return fail({ error: 'device_not_permitted', description: device.error });
  const holds = (now: LiveGrant) => holder.holds(now) && checkDevice(now, proven.value).ok;
  return succeed({ ...holder, holds });
}

/** The grant as it is committed now, if it can be used: what is decided here MUST NOT rest on an old reading. */
const reread = (grantId: string, { grants, ambient }: HolderDeps): Promise<LiveGrant | null> =>
  findUsableGrant({ live: (id) => grants.reread(id) }, grantId, ambient.now());

async function byKeyToken(token: string, deps: HolderDeps): Promise<Holder | null> {
  const known = await deps.grants.liveByKeyToken(token);
  const live = known && (await reread(known.grant.id, deps));
  if (!live || live.keyTokenHash !== known?.keyTokenHash) return null;
  const { keyTokenHash, keyTokenThumbprint: keyThumbprint } = live;
  return { live, keyThumbprint, holds: (now) => now.keyTokenHash === keyTokenHash };
}

async function byAccessToken(
  token: string,
  request: IncomingMessage,
  deps: HolderDeps,
): Promise<Holder | null> {
  const verified = await deps.verify(token);
  if (!verified.ok) return null;
  const { grantId, tokenId, jkt, certificateThumbprint } = verified.value;
  if (certificateThumbprint !== null && deps.certificateOf(request)?.thumbprint !== certificateThumbprint)
    return null;
  const live = await reread(grantId, deps);
  const holds = ({ revokedTokenIds }: LiveGrant) => !revokedTokenIds.has(tokenId);
  return live !== null && holds(live) ? { live, keyThumbprint: jkt, holds } : null;
}

/** The thumbprint of the key that the sender has shown it holds (RFC 9449 section 7); null if it need not and has not. */
async function provenKey(
  request: IncomingMessage,
  path: string,
  isDpop: boolean,
  token: string,
  { keyThumbprint: jkt }: Holder,
  { issuer, artifacts, ambient }: HolderDeps,
): Promise<Result<string | null, string>> {
  const { dpop: proof } = request.headers;
  if (jkt === null && proof === undefined)
    return isDpop ? fail('This token is not bound to a key: send it as Bearer.') : succeed(null);
  if ((jkt !== null && !isDpop) || typeof proof !== 'string')
    return fail('This token is bound to a key: send it as Authorization: DPoP with a DPoP header.');
  const proven = await checkProof(
    { proof, method: request.method ?? '', url: `${issuer}${path}`, accessToken: token, jkt },
    { now: ambient.now, claim: (id, expiresAtMs) => artifacts.claim('Proof', id, expiresAtMs) },
  );
  return proven.ok ? proven : fail(`The DPoP proof was refused: ${proven.error}.`);
}
