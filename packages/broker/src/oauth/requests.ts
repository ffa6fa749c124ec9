// The library's interactions as the consent page needs them: what is asked, by whom, and how the decision goes back. A request is
// decided at most once, and a grant exists only after that was won.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, formatAccess, isAiScope, succeed } from '@valetkey/core';
import type { InteractionResults, Provider } from 'oidc-provider';
import type { Ambient } from '../clock.ts';
import { sha256 } from '../digest.ts';
import type { Grants } from '../grants/contract.ts';
import type {
  ConsentRequests,
  DecisionRefusal,
  PendingRequest,
  RequestingClient,
} from '../grants/requests-contract.ts';
import { refusedFault } from '../store/outage.ts';
import type { Artifacts } from './artifacts.ts';
import { isCallbackClient } from './callback-client.ts';
import type { ClientMetadata } from './client-metadata.ts';
import type { Clients } from './clients.ts';
import { grantedDetails } from './details.ts';
import { decideDeviceRequest, findDeviceRequest } from './device-codes.ts';
import { readAskedOf } from './grant-action.ts';
import { errors } from './library.ts';
import { isProgram, readProgram } from './program-client.ts';
import { applicationTypeOf } from './redirect-uri.ts';
import { isAskedInTpx } from './tpx.ts';

/** What the requests stand on. `provider` is asked each time, because a key rotation replaces it. */
export interface RequestsDeps {
  readonly provider: () => Provider;
  readonly artifacts: Artifacts;
  readonly clients: Clients;
  readonly grants: Pick<Grants, 'create' | 'live'>;
  /** The address that an owner gives to programs. */
  readonly addressOf: (ownerId: string) => string;
  readonly ambient: Ambient;
}

/** How long it is remembered that a request was decided: longer than any request lives. */
const DECISION_MEMORY_MS = 60 * 60 * 1000;

/** The consent page's side of the authorization server. */
export const createRequests = (deps: RequestsDeps): ConsentRequests => {
  const { provider, artifacts, grants } = deps;
  const claimDecision = claimingDecisions(deps);

  return {
    async pending(request, response, uid) {
      const device = await findDeviceRequest(artifacts, uid);
      if (device !== null) return readPending({ uid, ...device }, deps);
      const details = await findInteraction(provider(), request, response);
      if (details === null || details.uid !== uid) return null;
      return readPending({ uid, userCode: null, params: details.params }, deps);
    },

    isFor: ({ address }, ownerId) => address === null || address === deps.addressOf(ownerId),

    async allow(request, response, pending, newGrant) {
      const claimed = await claimDecision(request, response, pending);
      if (!claimed.ok) return claimed;
      const { key, params, finish } = claimed.value;
      const made = await grants.create(isAskedInTpx(params) ? { ...newGrant, via: 'tpx' } : newGrant);
      if (!made.ok) {
        await artifacts.remove('Decision', key);
        if (made.error.reason === 'unavailable') throw refusedFault(made.error);
        return fail({ reason: 'refused', detail: made.error.detail });
      }
      await noteClient(pending, deps);
      const { id: grantId, ownerId: accountId } = made.value;
      const grant = new (provider().Grant)({
        accountId,
        clientId: pending.client.id,
        rar: grantedDetails(made.value.parts),
      });
      grant.jti = grantId;
      addAskedScopes(grant, params);
      await grant.save();
      const login = { accountId, remember: false };
      return succeed(await finish({ login, consent: { grantId } }));
    },

    async raised(request, response, pending, ownerId) {
      const { grantId } = pending;
      const [grant, live] = await Promise.all([
        provider().Grant.find(grantId ?? ''),
        grants.live(grantId ?? ''),
      ]);
      if (!grant || !live || grant.accountId !== ownerId) return fail({ reason: 'gone' });
      const claimed = await claimDecision(request, response, pending);
      if (!claimed.ok) return claimed;
      grant.rar = grantedDetails(live.parts);
      await grant.save();
      const login = { accountId: ownerId, remember: false };
      const consent = { grantId: live.grant.id };
      return succeed(await claimed.value.finish({ login, consent }));
    },

    async deny(request, response, pending, why = 'the owner did not allow it') {
      const claimed = await claimDecision(request, response, pending);
      if (!claimed.ok) return claimed;
      const result = { error: 'access_denied', error_description: why };
      return succeed(await claimed.value.finish(result));
    },
  };
};

/** Wins the decision on a request, for one of any number of callers. */
const claimingDecisions = ({ provider, artifacts, ambient }: RequestsDeps) => {
  /** What is decided on: `key` is the same in however many tabs it was opened, `finish` gives the decision to whoever waits for it. */
  const findOpen = async (request: IncomingMessage, response: ServerResponse, { uid }: PendingRequest) => {
    const device = await findDeviceRequest(artifacts, uid);
    if (device !== null) {
      const finish = (result: InteractionResults) =>
        decideDeviceRequest(artifacts, uid, device, result, ambient.now());
      return { key: uid, params: device.params, finish };
    }
    const details = await findInteraction(provider(), request, response);
    if (details === null) return null;
    const key = (details as { parJti?: string }).parJti ?? details.uid;
    const finish = (result: InteractionResults) => provider().interactionResult(request, response, result);
    return { key, params: details.params, finish };
  };

  return async (request: IncomingMessage, response: ServerResponse, pending: PendingRequest) => {
    const open = await findOpen(request, response, pending);
    if (open === null) return fail<DecisionRefusal>({ reason: 'gone' });
    const isFirst = await artifacts.claim('Decision', open.key, ambient.now() + DECISION_MEMORY_MS);
    return isFirst ? succeed(open) : fail<DecisionRefusal>({ reason: 'already_decided' });
  };
};

/** Scopes that were asked for instead of details are noted as granted, or the library would find nothing granted at all. */
function addAskedScopes(
  grant: InstanceType<Provider['Grant']>,
  { scope, resource }: Record<string, unknown>,
): void {
  if (typeof scope !== 'string') return;
  const scopes = scope.split(' ').filter(isAiScope).join(' ');
  for (const one of [resource].flat()) {
    if (scopes !== '' && typeof one === 'string') grant.addResourceScope(one, scopes);
  }
}

const IDENTIFIED = {
  registered: 'registration',
  self_registered: 'self_registration',
  metadata_document: 'metadata_document',
} as const;

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

async function findInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Interaction | null> {
  try {
    const details = await provider.interactionDetails(request, response);
    return details.result === undefined ? details : null;
  } catch (cause) {
    if (cause instanceof errors.SessionNotFound) return null;
    throw cause;
  }
}

async function readPending(
  { uid, userCode, params }: Pick<PendingRequest, 'uid' | 'userCode'> & Pick<Interaction, 'params'>,
  deps: RequestsDeps,
): Promise<PendingRequest | null> {
  const { client_id: clientId, redirect_uri: redirectUri = null } = params;
  if (typeof clientId !== 'string') return null;
  if (userCode === null ? typeof redirectUri !== 'string' : redirectUri !== null) return null;
  const askedOf = readAskedOf(params);
  const client = isProgram(clientId) ? readProgram(clientId, params) : await readClient(clientId, deps);
  if (askedOf === null || client === null) return null;
  const { grantId, asked } = askedOf;
  const { id, name, uri } = client;
  const address = typeof params.address === 'string' && isProgram(clientId) ? params.address : null;
  const wire = asked.map(formatAccess);
  const fingerprint = sha256(JSON.stringify([uid, id, name, uri, redirectUri, userCode, wire, grantId]));
  return {
    uid,
    client,
    redirectUri: redirectUri as string | null,
    userCode,
    address,
    uiLocales: typeof params.ui_locales === 'string' ? params.ui_locales : null,
    asked,
    grantId,
    fingerprint,
  };
}

async function readClient(id: string, { provider, clients }: RequestsDeps): Promise<RequestingClient | null> {
  const found = await provider().Client.find(id);
  if (found === undefined) return null;
  const registered = await clients.find(id);
  const identifiedBy = isCallbackClient(id)
    ? 'callback'
    : IDENTIFIED[registered?.origin ?? 'metadata_document'];
  return {
    id,
    name: found.clientName ?? '',
    uri: found.clientUri ?? null,
    identifiedBy,
    registeredByOwnerId: registered?.ownerId ?? null,
    registeredAtMs: identifiedBy === 'metadata_document' ? null : (registered?.createdAtMs ?? null),
  };
}

/** Keeps what is known of a client that has no row yet, so that its grants can be shown with a name later. */
async function noteClient(pending: PendingRequest, { provider, clients }: RequestsDeps): Promise<void> {
  const { id, identifiedBy, name, uri } = pending.client;
  if (identifiedBy === 'registration' || identifiedBy === 'self_registration') return;
  const client = identifiedBy === 'own_words' ? undefined : await provider().Client.find(id);
  const redirectUris = client?.redirectUris ?? [];
  const metadata: ClientMetadata = {
    client_name: name || new URL(id).host,
    ...(uri !== null && { client_uri: uri }),
    redirect_uris: redirectUris,
    token_endpoint_auth_method: 'none',
    dpop_bound_access_tokens: client?.dpopBoundAccessTokens ?? false,
    application_type: applicationTypeOf(redirectUris),
  };
  const origin = identifiedBy === 'metadata_document' ? 'metadata_document' : 'self_registered';
  await clients.note(id, origin, metadata);
}
