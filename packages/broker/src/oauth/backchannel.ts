// Requests for more without a browser (OpenID CIBA, poll mode): a client that can prove who it is names its grant, its owner decides on the page
// of every request for more, the client polls. Who the owner is it is never told: the hint is the grant's own id.

import { formatAccess, REASON_RULE } from '@valetkey/core';
import type { Adapter, AdapterPayload, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { AccessRequests } from '../access-requests/contract.ts';
import { POLL_INTERVAL_SECONDS, PollPace } from '../access-requests/poll-pace.ts';
import { readMore } from '../access-requests/read-more.ts';
import type { Grants } from '../grants/contract.ts';
import { refusedFault } from '../store/outage.ts';
import { requestError } from './details.ts';
import { errors } from './library.ts';
import { findUsableGrant, isStopped, STOPPED_HINT } from './live-grant.ts';

/** What the endpoint stands on. */
export interface BackchannelDeps {
  readonly grants: Pick<Grants, 'live'>;
  readonly accessRequests: Pick<AccessRequests, 'make' | 'ofGrant'>;
  readonly ambient: { readonly now: () => number };
}

/** The grant type at the token endpoint. */
export const CIBA = 'urn:openid:params:grant-type:ciba';

const MOST_SECONDS = 24 * 60 * 60;

/** Seconds until a client need not ask any more: as long as an owner has to decide, or less if the client says so. */
export const backchannelSeconds = (ctx: KoaContextWithOIDC | undefined): number =>
  Math.min(MOST_SECONDS, Number(ctx?.oidc.params?.requested_expiry ?? MOST_SECONDS));

type Params = Readonly<Record<string, unknown>>;

const readAsked = ({ authorization_details: details }: Params) => {
  let input: unknown = null;
  try {
    input = JSON.parse(String(details));
  } catch {}
  const more = readMore(input);
  if (more.ok) return more.value;
  throw requestError({ code: 'invalid_authorization_details', description: more.error.message });
};

/** Refuses a request at the endpoint that could not be shown to anybody. A public client has no secret: its tokens ask at /grants/self/requests. */
export function checkBackchannel({ oidc: { client, params = {} } }: KoaContextWithOIDC): void {
  if (client?.clientAuthMethod === 'none')
    throw new errors.UnauthorizedClient('a public client asks with its token at /grants/self/requests');
  if (params.grant_id !== undefined && params.grant_id !== params.login_hint)
    throw new errors.InvalidRequest('grant_id must be the grant that login_hint names');
  readAsked(params);
}

/** The library's settings. */
export const backchannelFeature = (
  deps: BackchannelDeps,
): NonNullable<NonNullable<Configuration['features']>['ciba']> => ({
  enabled: true,
  deliveryModes: ['poll'],
  async processLoginHint(ctx, hint) {
    const live = hint === undefined ? null : await findUsableGrant(deps.grants, hint, deps.ambient.now());
    // What another client has is not told apart from what is not there.
    return live?.grant.clientId === ctx.oidc.client?.clientId ? live?.grant.ownerId : undefined;
  },
  processLoginHintToken() {
    throw new errors.InvalidRequest('send login_hint with the id of your grant');
  },
  verifyUserCode() {},
  validateBindingMessage(_ctx, message) {
    if (message !== undefined && !REASON_RULE.pattern.test(message))
      throw new errors.InvalidBindingMessage(`binding_message must be ${REASON_RULE.says}`);
  },
  validateRequestContext(_ctx, context) {
    if (context !== undefined) throw new errors.InvalidRequest('request_context is not taken');
  },
  async triggerAuthenticationDevice(ctx, request) {
    const params = (ctx.oidc.params ?? {}) as Params;
    const made = await deps.accessRequests.make({
      grantId: String(params.login_hint),
      asked: readAsked(params),
      message: typeof params.binding_message === 'string' ? params.binding_message : null,
      via: 'backchannel',
    });
    if (!made.ok) {
      if (made.error.reason === 'unavailable') throw refusedFault(made.error);
      throw new errors.InvalidRequest(made.error.detail);
    }
    const { id } = made.value;
    // Without `openid` among what is stored no id token is made: it would name the owner.
    Object.assign(request, { scope: undefined, params: { ...params, access_request_id: id } });
    await request.save();
    ctx.body = { ...(ctx.body as object), interval: POLL_INTERVAL_SECONDS };
  },
});

/** What was asked, and in which words, stands in the request for more, where it can be erased: here is only what leads there. */
const withoutWords = (payload: AdapterPayload): AdapterPayload => {
  const { login_hint, access_request_id } = payload.params ?? {};
  return { ...payload, params: { login_hint, access_request_id } };
};

/** What is stored of these requests, with what became of the request for more: that one alone is decided. */
export const backchannelAdapter = (stored: Adapter, deps: BackchannelDeps): Adapter => {
  const pace = new PollPace();
  return {
    ...stored,
    upsert: (id, payload, expiresIn) => stored.upsert(id, withoutWords(payload), expiresIn),
    async find(id) {
      const payload = await stored.find(id);
      // Answered before: to the library a second use would be a theft, and it would end a grant that lived long before.
      if (!payload || payload.consumed) return undefined;
      const params = (payload.params ?? {}) as Params;
      const grantId = String(params.login_hint);
      const request = await deps.accessRequests.ofGrant(grantId, String(params.access_request_id));
      switch (request?.status) {
        case 'pending':
          if (pace.isTooFast(id, deps.ambient.now())) throw new errors.SlowDown();
          return payload;
        case 'allowed':
          // Before it is consumed: the library asks after the grant too late, and what can not be used yet MUST NOT be used up.
          if (await isStopped(deps.grants, grantId, deps.ambient.now()))
            throw new errors.AuthorizationPending(STOPPED_HINT);
          // That there are details, not which: the token's are those of the grant as it stands then.
          return Object.assign(payload, {
            grantId,
            rar: (request.given ?? []).map((access) => ({ ...formatAccess(access) })),
          });
        case 'expired':
          return { ...payload, error: 'expired_token' };
        default:
          return { ...payload, error: 'access_denied', errorDescription: 'the owner did not allow it' };
      }
    },
  };
};
