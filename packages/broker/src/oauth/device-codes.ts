// Apps on devices that have no browser (RFC 8628): the app shows a short code, its owner types it in a browser of theirs and decides on the
// same page as always. What was decided stands beside the code, so that the code itself is written once and used up once.

import { ACCESS_TYPE, isAiScope } from '@valetkey/core';
import type {
  Adapter,
  AdapterPayload,
  Configuration,
  InteractionResults,
  KoaContextWithOIDC,
} from 'oidc-provider';
import { POLL_INTERVAL_SECONDS, PollPace } from '../access-requests/poll-pace.ts';
import { type Ambient, randomId } from '../clock.ts';
import type { Grants } from '../grants/contract.ts';
import type { Quota, Quotas } from '../store/quotas.ts';
import type { Artifact, Artifacts } from './artifacts.ts';
import { checkDpopReplay, errors, Provider, validateDpop } from './library.ts';
import { isStopped, STOPPED_HINT } from './live-grant.ts';
import { consentPath, DEVICE_PATH } from './paths.ts';

/** The grant type at the token endpoint. */
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** Seconds a code lives: as long as it takes to fetch a telephone, sign in and read a page. */
export const DEVICE_CODE_SECONDS = 600;

/** What names a request on the consent page, where others are named by the library. */
const UID_PREFIX = 'dev_';

/** Requests of programs that nobody registered: kept beside those of devices, typed and decided like them, but unknown to the library. */
export const WAITING = 'WaitingRequest';
/** What names them on the consent page. */
export const WAITING_UID = 'ask_';

/** Both kinds, by how their requests are named. */
const KINDS = { DeviceCode: UID_PREFIX, [WAITING]: WAITING_UID } as const;

const CODE_LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

/** A code of the shape that the library makes for devices: 8 of 20 letters, without bias. */
export const newUserCode = ({ randomBytes }: Pick<Ambient, 'randomBytes'>): string => {
  let code = '';
  while (code.length < 8)
    for (const byte of randomBytes(16))
      if (byte < 240 && code.length < 8) code += CODE_LETTERS[byte % CODE_LETTERS.length];
  return code;
};

/**
 * Codes that may be looked up, right or wrong: by one owner and by all. A code is one of 20^8, and only who is signed in can look one up.
 * With a thousand codes waiting, all these looks in a day find one of them with a chance of 1 in 5,000.
 */
const LOOKS: { readonly owner: Quota; readonly house: Quota } = {
  owner: { most: 30, windowSeconds: 60 * 60 },
  house: { most: 200, windowSeconds: 60 * 60 },
};

type Params = Readonly<Record<string, unknown>>;

/** A request that waits for its owner. */
export interface DeviceRequest {
  /** As it is shown on the device. */
  readonly userCode: string;
  readonly clientId: string;
  readonly params: Params;
}

/** The library's settings. Its own pages are not served: `/device` is a page of the accounts. */
export const deviceFeature: NonNullable<NonNullable<Configuration['features']>['deviceFlow']> = {
  enabled: true,
  charset: 'base-20',
  mask: '****-****',
  // Who asks from where is kept by nobody.
  deviceInfo: () => ({}),
};

/** Tells clients how often to ask. */
export const tellInterval = (provider: Provider): void => {
  provider.on('device_authorization.success', (_ctx, body) => {
    Object.assign(body, { interval: POLL_INTERVAL_SECONDS });
  });
};

/** A request that came with a proof (RFC 9449) is bound to its key from then on: nobody else can fetch its tokens. */
export async function bindDeviceRequest(ctx: KoaContextWithOIDC): Promise<void> {
  const { provider, client, params = {} } = ctx.oidc;
  if (params.grant_management_action !== undefined && params.grant_management_action !== 'create')
    throw new errors.InvalidRequest('a device code is for a grant of its own');
  const proof = await validateDpop(provider, ctx);
  if (proof === undefined) return;
  await checkDpopReplay(provider, ctx, proof, client?.clientId ?? '');
  Object.assign(params, { dpop_jkt: proof.thumbprint });
}

interface DeviceAdapterDeps {
  readonly artifacts: Artifacts;
  readonly grants: Pick<Grants, 'live'>;
  readonly ambient: Ambient;
}

/** Codes as the library stores them, with what was decided on each. */
export const deviceAdapter = (
  stored: Adapter,
  { artifacts, grants, ambient }: DeviceAdapterDeps,
): Adapter => {
  const pace = new PollPace();
  return {
    ...stored,
    upsert: (id, payload, expiresIn) =>
      stored.upsert(id, { ...payload, uid: randomId(ambient, UID_PREFIX) }, expiresIn),
    async find(id) {
      const payload = await stored.find(id);
      if (payload === undefined) return undefined;
      await checkKey(payload);
      const decision = await artifacts.find('DeviceDecision', String(payload.uid));
      if (decision !== null) {
        const outcome = decision.payload.outcome as { readonly grantId?: string };
        // Before it is consumed: what can not be used yet MUST NOT be used up.
        if (outcome.grantId && (await isStopped(grants, outcome.grantId, ambient.now())))
          throw new errors.AuthorizationPending(STOPPED_HINT);
        return Object.assign(payload, outcome);
      }
      if (pace.isTooFast(id, ambient.now())) throw new errors.SlowDown();
      return payload;
    },
  };
};

/** The library binds codes of browsers to a key, but not those of devices. */
async function checkKey({ params }: AdapterPayload): Promise<void> {
  const { ctx } = Provider;
  if (typeof params?.dpop_jkt !== 'string' || ctx === undefined) return;
  const proof = await validateDpop(ctx.oidc.provider, ctx);
  if (proof?.thumbprint !== params.dpop_jkt)
    throw new errors.InvalidGrant(
      'the code was asked for with a DPoP proof: send one made with the same key',
    );
}

/** What `/device` may do with a code that an owner typed. */
export interface DeviceCodes {
  /** Where the owner decides on the request; null if there is none with this code, `too_many` if too many codes were tried. */
  pathOf(ownerId: string, userCode: string): Promise<string | null | 'too_many'>;
}

/** Finds requests by what a person types: letters of any case, with or without the dash. */
export const createDeviceCodes = (
  artifacts: Pick<Artifacts, 'findBy'>,
  quotas: Pick<Quotas, 'take'>,
): DeviceCodes => ({
  async pathOf(ownerId, userCode) {
    const mayLook =
      (await quotas.take(`device code ${ownerId}`, LOOKS.owner)) &&
      (await quotas.take('device code', LOOKS.house));
    if (!mayLook) return 'too_many';
    const typed = userCode.toUpperCase().replace(/\W/g, '');
    for (const kind of Object.keys(KINDS)) {
      const found = await artifacts.findBy(kind, 'user_code', typed);
      if (found !== null && found.consumedAtMs === null) return consentPath(String(found.payload.uid));
    }
    return null;
  },
});

/** The request that `uid` names, if nobody has decided on it yet. */
export async function findDeviceRequest(
  artifacts: Pick<Artifacts, 'find' | 'findBy'>,
  uid: string,
): Promise<DeviceRequest | null> {
  const [kind] = Object.entries(KINDS).find(([, prefix]) => uid.startsWith(prefix)) ?? [];
  if (kind === undefined) return null;
  const found: Artifact | null = await artifacts.findBy(kind, 'uid', uid);
  if (found === null || (await artifacts.find('DeviceDecision', uid)) !== null) return null;
  const { userCode, clientId, params } = found.payload;
  return {
    userCode: String(userCode).replace(/^(.{4})/, '$1-'),
    clientId: String(clientId),
    params: { ...(params as Params), client_id: clientId },
  };
}

/** Notes what the owner decided, where the next poll finds it. Whoever calls it MUST have won the decision. */
export async function decideDeviceRequest(
  artifacts: Pick<Artifacts, 'put'>,
  uid: string,
  { params: { scope, resource } }: DeviceRequest,
  { login, consent, error, error_description: errorDescription }: InteractionResults,
  nowMs: number,
): Promise<string> {
  const aiScopes = typeof scope === 'string' ? scope.split(' ').filter(isAiScope).join(' ') : '';
  const allowed = {
    accountId: login?.accountId,
    grantId: consent?.grantId,
    resource,
    // That there are details, not which: the token's are those of the grant as it stands then.
    rar: [{ type: ACCESS_TYPE }],
    ...(aiScopes !== '' && { scope: aiScopes }),
  };
  const outcome = error === undefined ? allowed : { error, errorDescription };
  await artifacts.put('DeviceDecision', uid, { outcome }, nowMs + DEVICE_CODE_SECONDS * 1000);
  return `${DEVICE_PATH}?decided=${error === undefined ? 'allowed' : 'denied'}`;
}
