// Delegation at the token endpoint (RFC 8693): the holder of a token makes a narrower child of its grant and gets an access token for it,
// with nobody at a consent screen. MUST NOT give anything that the subject token's grant does not have, nor to another client's token.

import type { ErrorCode, ModelAccess } from '@valetkey/core';
import type { Provider, TokenEndpointGrantContext } from 'oidc-provider';
import type { Ambient } from '../clock.ts';
import type { DelegationRefusal, Grants } from '../grants/contract.ts';
import { checkDevice } from '../grants/device-rule.ts';
import { refusedFault } from '../store/outage.ts';
import type { AccessTokenClaims, VerifyAccessToken } from '../tokens/access-token.ts';
import type { CertificateOf, ClientCertificate } from '../tokens/client-certificate.ts';
import { THUMBPRINT } from '../tokens/dpop-proof.ts';
import { type Actor, type ActorDeps, readActor } from './actor.ts';
import { grantedDetails, readRequestedAccess, requestError } from './details.ts';
import { checkDpopReplay, errors, validateDpop } from './library.ts';
import { findUsableGrant } from './live-grant.ts';

/** The grant type's name. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';

const PARAMETERS = [
  'subject_token',
  'subject_token_type',
  'requested_token_type',
  'actor_token',
  'actor_token_type',
  'requested_actor',
  'authorization_details',
  'scope',
  'dpop_jkt',
] as const;

/** Seconds a child's access token lives at the most: it has no refresh token, and its grant may end it at any moment. */
const MOST_SECONDS = 60 * 60;

type Params = Partial<Record<(typeof PARAMETERS)[number], string>>;
type Context = TokenEndpointGrantContext<Params>;

/** What the grant type needs. */
export interface TokenExchangeDeps extends ActorDeps {
  readonly grants: Pick<Grants, 'live' | 'delegate'>;
  readonly verify: VerifyAccessToken;
  readonly certificateOf: CertificateOf;
  readonly ambient: Ambient;
}

/** Makes the token endpoint take the grant type. */
export function registerTokenExchange(provider: Provider, deps: TokenExchangeDeps): void {
  provider.registerGrantType<Params>(TOKEN_EXCHANGE, (ctx) => exchange(ctx, deps), PARAMETERS);
  // The library's errors carry nothing but OAuth's own members, and OAuth has no word for this one.
  provider.on('grant.error', (ctx, error) => {
    if (!(error instanceof DelegationNotPermitted)) return;
    const code: ErrorCode = 'delegation_not_permitted';
    ctx.body = { ...(ctx.body as object), code, violations: error.violations };
  });
}

/** `invalid_request`, as RFC 8693 section 2.2.2 has it for what is unacceptable based on policy. */
class DelegationNotPermitted extends errors.InvalidRequest {
  readonly violations: DelegationRefusal['violations'];

  constructor({ detail, violations }: DelegationRefusal) {
    super(detail);
    this.violations = violations;
  }
}

async function exchange(ctx: Context, deps: TokenExchangeDeps): Promise<void> {
  const { client, params } = ctx.oidc;
  const subject = await readSubject(params, client.clientId, deps);
  const proof = await validateDpop(ctx.oidc.provider, ctx);
  if (subject.jkt !== null && proof?.thumbprint !== subject.jkt)
    throw new errors.InvalidRequest('the subject token is bound to a key: send a DPoP proof made with it');
  const certificate = deps.certificateOf(ctx.req);
  if (subject.certificateThumbprint !== null && certificate?.thumbprint !== subject.certificateThumbprint)
    throw new errors.InvalidRequest(
      'the subject token is bound to a client certificate: come with the same one',
    );
  await checkDpopReplay(ctx.oidc.provider, ctx, proof, client.clientId);
  const keyThumbprint = readChildKey(params) ?? proof?.thumbprint ?? null;
  const actor = await readActor(params, client, deps);
  if (keyThumbprint === null && (actor.client ?? client).dpopBoundAccessTokens)
    throw new errors.InvalidRequest(
      'tokens of this client are bound to a key: send a DPoP proof or dpop_jkt',
    );
  const needsCertificate =
    keyThumbprint === null && (actor.client ?? client).tlsClientCertificateBoundAccessTokens;
  // The certificate of this request is this client's: for another one's token it proves nothing.
  if (needsCertificate && (certificate === null || actor.client !== null))
    throw new errors.InvalidRequest(
      'tokens of this client are bound to a certificate: come with it, or send dpop_jkt',
    );
  const made = await deps.grants.delegate({
    parentGrantId: subject.grantId,
    asked: readAsked(params),
    clientId: actor.clientId,
    name: actor.name,
    isActorAuthenticated: actor.isAuthenticated,
    keyThumbprint,
    via: 'token_exchange',
    holds: (parent) =>
      !parent.revokedTokenIds.has(subject.tokenId) && checkDevice(parent, proof?.thumbprint ?? null).ok,
  });
  if (!made.ok) throw toOauthError(made.error);
  const boundTo = needsCertificate ? certificate : null;
  await answer(ctx, made.value.id, actor, { keyThumbprint, certificate: boundTo }, deps);
}

/** The subject token, if it is this client's own and its grant can be used now. Everything wrong with it is `invalid_request` (section 2.2.2). */
async function readSubject(
  { subject_token: token, subject_token_type: type, requested_token_type: wanted = ACCESS_TOKEN }: Params,
  clientId: string,
  { verify, grants, ambient }: TokenExchangeDeps,
): Promise<AccessTokenClaims> {
  if (!token)
    throw new errors.InvalidRequest('subject_token is required: the access token of the grant to delegate');
  if (type !== ACCESS_TOKEN && type !== JWT)
    throw new errors.InvalidRequest(`subject_token_type must be ${ACCESS_TOKEN}`);
  if (wanted !== ACCESS_TOKEN && wanted !== JWT)
    throw new errors.InvalidRequest(`requested_token_type must be ${ACCESS_TOKEN}`);
  const verified = await verify(token);
  const live = verified.ok ? await findUsableGrant(grants, verified.value.grantId, ambient.now()) : null;
  if (!verified.ok || live === null || live.revokedTokenIds.has(verified.value.tokenId))
    throw new errors.InvalidRequest('the subject token is not valid any more');
  if (verified.value.clientId !== clientId)
    throw new errors.InvalidRequest('the subject token belongs to another client');
  return verified.value;
}

function readAsked(params: Params): readonly ModelAccess[] {
  const asked = readRequestedAccess(params);
  if (!asked.ok) throw requestError(asked.error);
  return asked.value;
}

function readChildKey({ dpop_jkt: thumbprint }: Params): string | undefined {
  if (thumbprint === undefined || THUMBPRINT.pattern.test(thumbprint)) return thumbprint;
  throw new errors.InvalidRequest(`dpop_jkt must be ${THUMBPRINT.says}`);
}

function toOauthError(refusal: DelegationRefusal): Error {
  const { reason, detail } = refusal;
  if (reason === 'unavailable') return refusedFault({ reason, detail });
  if (reason === 'too_many') return new errors.InvalidRequest(detail);
  if (reason === 'not_active') return new errors.InvalidRequest('the subject token is not valid any more');
  if (reason === 'not_permitted') return new DelegationNotPermitted(refusal);
  return new errors.InvalidAuthorizationDetails(detail);
}

/** Signs the child's token. It is issued to the child's client, where the child has one of its own. */
async function answer(
  ctx: Context,
  grantId: string,
  actor: Actor,
  {
    keyThumbprint,
    certificate,
  }: { readonly keyThumbprint: string | null; readonly certificate: ClientCertificate | null },
  { grants, issuer, ambient }: TokenExchangeDeps,
): Promise<void> {
  const { provider } = ctx.oidc;
  const live = await grants.live(grantId);
  if (!live) throw new Error(`grant ${grantId} was made and is not there`);
  const { expiresAtMs } = live.grant;
  const leftSeconds = expiresAtMs === null ? MOST_SECONDS : Math.floor((expiresAtMs - ambient.now()) / 1000);
  const token = new provider.AccessToken({
    accountId: grantId,
    client: actor.client ?? ctx.oidc.client,
    grantId,
    gty: TOKEN_EXCHANGE,
    expiresIn: Math.max(1, Math.min(MOST_SECONDS, leftSeconds)),
  } as ConstructorParameters<typeof provider.AccessToken>[0]);
  token.resourceServer = new provider.ResourceServer(issuer, {
    scope: '',
    audience: issuer,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  });
  if (keyThumbprint !== null) token.setThumbprint('jkt', keyThumbprint);
  if (certificate !== null) token.setThumbprint('x5t', certificate.x509);
  ctx.oidc.entity('AccessToken', token);
  ctx.body = {
    access_token: await token.save(),
    issued_token_type: ACCESS_TOKEN,
    token_type: keyThumbprint === null ? 'Bearer' : 'DPoP',
    expires_in: token.expiration,
    authorization_details: grantedDetails(live.parts),
  };
}
