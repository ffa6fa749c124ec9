// The OAuth library's storage, on our tables. The library asks "was this used?" and then marks it: here the mark itself decides, so that
// of any number of concurrent uses one wins, and what a second use means is decided in one place.

import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Ambient } from '../clock.ts';
import type { Grants } from '../grants/contract.ts';
import { deviceOf } from '../grants/device-rule.ts';
import { refusedFault } from '../store/outage.ts';
import type { Artifact, Artifacts } from './artifacts.ts';
import { type BackchannelDeps, backchannelAdapter } from './backchannel.ts';
import { deviceAdapter } from './device-codes.ts';
import { errors, Provider } from './library.ts';
import { findUsableGrant, isStopped, STOPPED_HINT } from './live-grant.ts';

/** What the adapter stands on. */
export interface AdapterDeps extends Pick<BackchannelDeps, 'accessRequests'> {
  readonly artifacts: Artifacts;
  readonly grants: Pick<Grants, 'live' | 'reread' | 'revoke'>;
  /** The metadata of a registered client as the library takes it; undefined if there is no such client. */
  readonly findClient: (id: string) => Promise<AdapterPayload | undefined>;
  readonly ambient: Ambient;
}

/**
 * Time in which a refresh token's second use, by a caller that proved who it is, fails without ending the grant: agents refresh in
 * parallel. A caller proves it with its client secret, its assertion or the DPoP key the token is bound to, so a thief gains nothing.
 */
export const REFRESH_GRACE_MS = 10_000;

/**
 * Time in which another poll with a device code fails without ending what the first one got: a client’s retry overlaps with the poll before it
 * (RFC 8628, section 3.5). MUST be shorter than an honest client’s interval, so that a device whose code was used by a thief still finds out.
 */
export const POLL_OVERLAP_MS = 2000;

/** For a code or refresh token of a grant that is stopped, which MUST NOT be used up by having been tried. */
export class AccessStopped extends errors.InvalidGrant {
  override error_description = STOPPED_HINT;
}

/** Makes the adapter for each kind of thing the library stores. */
export const createAdapter =
  (deps: AdapterDeps) =>
  (kind: string): Adapter => {
    if (kind === 'Client') return { ...nothing, find: deps.findClient };
    // Who is signed in is asked of the accounts at every consent page; a session of the library's own would be a second truth.
    if (kind === 'Session') return nothing;
    if (kind === 'Grant') return grantAdapter(deps);
    if (kind === 'ReplayDetection') return replayAdapter(deps);
    const stored = artifactAdapter(kind, deps);
    if (kind === 'DeviceCode') return deviceAdapter(stored, deps);
    return kind === 'BackchannelAuthenticationRequest' ? backchannelAdapter(stored, deps) : stored;
  };

const nothing: Adapter = {
  upsert: async () => undefined,
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => undefined,
  destroy: async () => undefined,
  revokeByGrantId: async () => undefined,
};

const expiry = (ambient: Ambient, expiresIn: number | undefined): number | null =>
  expiresIn === undefined ? null : ambient.now() + expiresIn * 1000;

/** The library's grant exists exactly as long as ours can be used; destroying it revokes ours. */
function grantAdapter({ artifacts, grants, ambient }: AdapterDeps): Adapter {
  return {
    ...nothing,
    upsert: (id, payload, expiresIn) =>
      artifacts.put('Grant', id, { ...payload }, expiry(ambient, expiresIn)),
    async find(id) {
      const artifact = await artifacts.find('Grant', id);
      if (artifact === null) return undefined;
      const nowMs = ambient.now();
      if ((await findUsableGrant(grants, id, nowMs)) !== null) return toPayload(artifact, id);
      if (Provider.ctx?.oidc.route === 'token' && (await isStopped(grants, id, nowMs)))
        throw new AccessStopped();
      return undefined;
    },
    destroy: (id) => revokeFamily(id, 'oauth', { artifacts, grants }),
  };
}

/** A proof (RFC 9449) or assertion seen once is refused from then on. */
function replayAdapter({ artifacts, ambient }: AdapterDeps): Adapter {
  return {
    ...nothing,
    async upsert(id, _payload, expiresIn = 0) {
      // Twice as long as asked, because a proof may be dated a little into the future and then lives longer than from now.
      if (await artifacts.claim('ReplayDetection', id, ambient.now() + 2 * expiresIn * 1000)) return;
      throw new errors.InvalidGrant('replay detected');
    },
  };
}

function artifactAdapter(kind: string, deps: AdapterDeps): Adapter {
  const { artifacts, ambient } = deps;
  return {
    ...nothing,
    upsert: (id, payload, expiresIn) => artifacts.put(kind, id, { ...payload }, expiry(ambient, expiresIn)),
    async find(id) {
      const artifact = await artifacts.find(kind, id);
      if (artifact === null || (await isOfLostDevice(artifact, deps))) return undefined;
      const payload = toPayload(artifact, id);
      // Within the grace the library goes on to consume(), which refuses without ending the grant.
      if (isInGrace(kind, artifact, ambient.now())) delete payload.consumed;
      return payload;
    },
    async consume(id) {
      if (!(await artifacts.consume(kind, id))) await refuseSecondUse(kind, id, deps);
    },
    destroy: (id) => artifacts.remove(kind, id),
    revokeByGrantId: (grantId) => artifacts.removeByGrant(grantId),
  };
}

/** What is bound to the key of a lost device opens nothing any more, whatever was issued while it was being lost. */
async function isOfLostDevice({ payload }: Artifact, { grants }: AdapterDeps): Promise<boolean> {
  const { jkt, grantId } = payload;
  if (typeof jkt !== 'string' || typeof grantId !== 'string') return false;
  const live = await grants.reread(grantId);
  return live !== null && deviceOf(live, jkt)?.isLost === true;
}

const toPayload = ({ payload, consumedAtMs }: Artifact, id: string): AdapterPayload => ({
  ...payload,
  jti: id,
  ...(consumedAtMs !== null && { consumed: Math.floor(consumedAtMs / 1000) }),
});

async function refuseSecondUse(kind: string, id: string, deps: AdapterDeps): Promise<never> {
  if (kind === 'PushedAuthorizationRequest')
    throw new errors.InvalidRequestUri('request_uri was already used');
  const artifact = await deps.artifacts.find(kind, id);
  const grantId = artifact?.payload.grantId;
  if (artifact && typeof grantId === 'string' && !isInGrace(kind, artifact, deps.ambient.now())) {
    await revokeFamily(grantId, `${kind} used twice`, deps);
  }
  throw new errors.InvalidGrant(`${kind} already used`);
}

function isInGrace(kind: string, { payload, consumedAtMs }: Artifact, nowMs: number): boolean {
  if (consumedAtMs === null) return false;
  if (kind === 'DeviceCode') return nowMs - consumedAtMs <= POLL_OVERLAP_MS;
  if (kind !== 'RefreshToken' || nowMs - consumedAtMs > REFRESH_GRACE_MS) return false;
  const method = Provider.ctx?.oidc.client?.clientAuthMethod;
  return payload.jkt !== undefined || (method !== undefined && method !== 'none');
}

/** Ends a grant with everything that hangs off it: durable in the ledger first, then the artefacts are forgotten. */
async function revokeFamily(
  grantId: string,
  by: string,
  { artifacts, grants }: Pick<AdapterDeps, 'artifacts' | 'grants'>,
): Promise<void> {
  const live = await grants.live(grantId);
  if (live !== null) {
    const revoked = await grants.revoke(live.grant.ownerId, grantId, by);
    if (!revoked.ok) throw refusedFault(revoked.error);
  }
  await artifacts.removeByGrant(grantId);
}
