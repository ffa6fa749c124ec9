// What an authorization request is about (OAuth grant management, draft): a new grant, or more for one that its client has. Who may say yes
// is not decided here: the owner does on the page that follows.

import type { ModelAccess, ProviderOf } from '@valetkey/core';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { readMore } from '../access-requests/read-more.ts';
import type { Grants } from '../grants/contract.ts';
import { checkBackchannel } from './backchannel.ts';
import { readRequestedAccess, requestError } from './details.ts';
import { bindDeviceRequest } from './device-codes.ts';
import { errors } from './library.ts';
import { findUsableGrant } from './live-grant.ts';
import { GRANT_ACTIONS, RESPONSE_MODE } from './server-metadata.ts';
import { noteTpx, translateTpx } from './tpx.ts';

/** What is asked for: of a new grant, or on top of `grantId`. */
export interface AskedOf {
  readonly grantId: string | null;
  readonly asked: readonly ModelAccess[];
}

/** Reads a request that was checked when it came in; null for one that would not be let in now. */
export function readAskedOf(params: Readonly<Record<string, unknown>>): AskedOf | null {
  if (params.grant_management_action !== 'merge') {
    const asked = readRequestedAccess(params);
    return asked.ok ? { grantId: null, asked: asked.value } : null;
  }
  const more = readMore(parseJson(params.authorization_details));
  return more.ok ? { grantId: String(params.grant_id), asked: more.value } : null;
}

/**
 * Runs for every authorization request, pushed or not. `grant_management_action=create`, which is also the default, asks for a grant and
 * must ask for some model; `merge` asks for more of a grant of this client, which `grant_id` names.
 */
export const checkRequest =
  (deps: {
    readonly grants: Pick<Grants, 'live'>;
    readonly providerOf?: ProviderOf;
    readonly ambient: { readonly now: () => number };
  }) =>
  async (ctx: KoaContextWithOIDC, action: string | undefined): Promise<void> => {
    if (ctx.oidc.route === 'backchannel_authentication') return checkBackchannel(ctx);
    if (ctx.oidc.route === 'device_authorization') await bindDeviceRequest(ctx);
    const params = ctx.oidc.params ?? {};
    if (params.response_mode !== undefined && params.response_mode !== RESPONSE_MODE) {
      // Not even the refusal goes back in a way that is not offered.
      params.response_mode = undefined;
      throw new errors.UnsupportedResponseMode();
    }
    const translated = translateTpx(params.authorization_details, deps.providerOf ?? (() => null));
    if (!translated.ok) throw requestError(translated.error);
    noteTpx(ctx.oidc, translated.value !== params.authorization_details);
    params.authorization_details = translated.value;
    if (action === 'merge') return checkMerge(params, deps);
    if (action === 'replace')
      throw new errors.InvalidRequest(
        'grant_management_action=replace is not taken: ask for more with merge, for anything else with create',
      );
    if (action !== undefined && action !== 'create')
      throw new errors.InvalidRequest(`grant_management_action must be ${GRANT_ACTIONS.join(' or ')}`);
    if (params.grant_id !== undefined)
      throw new errors.InvalidRequest('grant_id is for grant_management_action=merge');
    const asked = readRequestedAccess(params);
    if (!asked.ok) throw requestError(asked.error);
  };

async function checkMerge(
  { grant_id: grantId, client_id: clientId, authorization_details: details }: Record<string, unknown>,
  { grants, ambient }: Parameters<typeof checkRequest>[0],
): Promise<void> {
  if (details === undefined)
    throw new errors.InvalidRequest('authorization_details must say what the grant should have on top');
  const more = readMore(parseJson(details));
  if (!more.ok)
    throw requestError({ code: 'invalid_authorization_details', description: more.error.message });
  const live = typeof grantId === 'string' ? await findUsableGrant(grants, grantId, ambient.now()) : null;
  // What another client has is not told apart from what is not there.
  if (live === null || live.grant.clientId !== clientId)
    throw new errors.InvalidRequest('grant_id must name a grant of this client that can be used now');
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}
