// How the OAuth library is set up: only what our profile needs is on, everything else is off by name. What the library leaves open
// (storage, clients, consent, keys) is passed in.

import type { IncomingMessage } from 'node:http';
import { ACCESS_TYPE, formatActClaim, isAiScope, type ProviderOf, TPX_TYPE } from '@valetkey/core';
import { decodeJwt } from 'jose';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { Ambient } from '../clock.ts';
import { actorsOf } from '../grants/actors.ts';
import type { Grants } from '../grants/contract.ts';
import { inLocales } from '../language.ts';
import { isOutage } from '../store/outage.ts';
import type { CertificateOf } from '../tokens/client-certificate.ts';
import type { AdapterDeps } from './adapter.ts';
import { createAdapter } from './adapter.ts';
import { type BackchannelDeps, backchannelFeature, backchannelSeconds, CIBA } from './backchannel.ts';
import { byCertificate, CLIENT_AUTH_METHODS } from './client-metadata.ts';
import { grantedDetails } from './details.ts';
import { DEVICE_CODE, DEVICE_CODE_SECONDS, deviceFeature } from './device-codes.ts';
import { DOCUMENT_DEADLINE_MS, type DocumentFetch } from './document-fetch.ts';
import { checkRequest } from './grant-action.ts';
import type { SigningKey } from './keys.ts';
import { errors, interactionPolicy, Provider } from './library.ts';
import { findUsableGrant } from './live-grant.ts';
import { OUTAGE_BODY } from './outages.ts';
import { consentPath, DEVICE_PATH, OAUTH_PATHS } from './paths.ts';
import { checkRedirectUri } from './redirect-uri.ts';
import { TOKEN_EXCHANGE } from './token-exchange.ts';
import { ASKED_IN } from './tpx.ts';

/** The ways to a token, open to every client. */
export const GRANT_TYPES: readonly string[] = [
  'authorization_code',
  'refresh_token',
  TOKEN_EXCHANGE,
  CIBA,
  DEVICE_CODE,
];

/** What may be asked for: our type, and that of TPX, which becomes ours as it comes in. */
export const DETAILS_TYPES: readonly string[] = [ACCESS_TYPE, TPX_TYPE];

/** Seconds an access token lives. It carries no rights, so this bounds nothing but how long a lost one is worth looking up. */
const ACCESS_TOKEN_SECONDS = 600;

/** Seconds an unused refresh token lives; each use brings a new one. */
const REFRESH_TOKEN_SECONDS = 30 * 24 * 60 * 60;
const CODE_SECONDS = 60;
const INTERACTION_SECONDS = 15 * 60;
/** The library's copy of a grant; ours decides when it ends. */
const GRANT_SECONDS = 10 * 365 * 24 * 60 * 60;
/** How far ahead a DPoP proof may be dated, for clocks that run fast. */
const PROOF_SKEW_SECONDS = 5;
/** How far ahead a client's assertion may be dated (FAPI 2.0 security profile, section 5.3.2.1). */
const ASSERTION_SKEW_SECONDS = 60;

/**
 * The longest address of a metadata document that is taken for a client's id, as long as one may be in `delegation.to`. RFC 6749 section 2.2
 * and the draft leave it open; it stands in every token, entry and receipt, which are headers.
 */
const MAX_CLIENT_ID = 512;

/** What the configuration stands on. */
export interface ConfigurationDeps extends AdapterDeps, Omit<BackchannelDeps, 'grants' | 'ambient'> {
  readonly issuer: string;
  readonly grants: Pick<Grants, 'live' | 'reread' | 'revoke'>;
  readonly ambient: Ambient;
  readonly signingKeys: readonly SigningKey[];
  readonly cookieKey: string;
  readonly documentFetch: DocumentFetch;
  /** The certificate that came with a request; null where none is to be believed. */
  readonly certificateOf: CertificateOf;
  /** Whether apps can come with certificates at all. */
  readonly hasMutualTls: boolean;
  /** Who serves a model, for requests that name models alone; nobody unless given. */
  readonly providerOf?: ProviderOf;
  /** Whether a client was not disabled by hand. */
  readonly isClientEnabled: (id: string) => Promise<boolean>;
  /** Whether an owner is signed in, for `prompt=none`. */
  readonly isSignedIn: (request: IncomingMessage) => Promise<boolean>;
  /** Answers a browser with an error page. `description` may hold a client's own words and MUST be escaped. */
  readonly renderError: (error: { readonly code: string; readonly description: string }) => string;
  readonly errorPageHeaders: Readonly<Record<string, string>>;
}

/** The whole configuration of the library. */
export const createConfiguration = (deps: ConfigurationDeps): Configuration => ({
  adapter: createAdapter(deps),
  ...clientSettings(deps),
  ...tokenSettings(deps),
  ...pageSettings(deps),
  features: features(deps),
  fetch: fetchWithinRequest(deps.documentFetch),
  fetchResponseBodyLimits: {
    'client_id metadata document': 5 * 1024,
    jwks_uri: 64 * 1024,
    sector_identifier_uri: 0,
  },
  acceptQueryParamAccessTokens: false,
  allowOmittingSingleRegisteredRedirectUri: false,
  enableHttpPostMethods: false,
  claims: {},
  scopes: [],
  extraParams: { grant_management_action: checkRequest(deps), grant_id: null, [ASKED_IN]: null },
  responseTypes: ['code'],
  pkce: { required: () => true },
  routes: {
    authorization: OAUTH_PATHS.authorize,
    token: OAUTH_PATHS.token,
    pushed_authorization_request: OAUTH_PATHS.par,
    introspection: OAUTH_PATHS.introspect,
    revocation: OAUTH_PATHS.revoke,
    jwks: OAUTH_PATHS.jwks,
    backchannel_authentication: OAUTH_PATHS.backchannel,
    device_authorization: OAUTH_PATHS.deviceAuthorization,
    code_verification: DEVICE_PATH,
  },
});

/** One deadline for all that a request makes us fetch: the library fetches a bad document again to say what was wrong with it. */
const fetchWithinRequest = (documentFetch: DocumentFetch): NonNullable<Configuration['fetch']> => {
  const deadlines = new WeakMap<object, AbortSignal>();
  return (url, options) => {
    const request = Provider.ctx ?? {};
    const signal = deadlines.get(request) ?? AbortSignal.timeout(DOCUMENT_DEADLINE_MS);
    deadlines.set(request, signal);
    return documentFetch(url instanceof Request ? url.url : url, { ...options, signal });
  };
};

const clientSettings = ({ ambient, hasMutualTls }: ConfigurationDeps): Partial<Configuration> => ({
  // The library looks at `nbf` and `exp` alone: one that was made to be kept for later is the thing to refuse.
  async assertJwtClientAuthClaimsAndHeader(_ctx, { iat }) {
    if (typeof iat === 'number' && iat > ambient.now() / 1000 + ASSERTION_SKEW_SECONDS)
      throw new errors.InvalidClientAuth('the assertion is dated in the future');
  },
  clientAuthMethods: CLIENT_AUTH_METHODS.filter((method) => hasMutualTls || !byCertificate(method)),
  clientDefaults: {
    grant_types: [...GRANT_TYPES],
    backchannel_token_delivery_mode: 'poll',
    response_types: ['code'],
    response_modes: ['query'],
    authorization_details_types: [...DETAILS_TYPES],
    id_token_signed_response_alg: 'ES256',
    // The strict rules for redirect URIs, and any port on loopback addresses (RFC 8252 section 7.3).
    application_type: 'native',
  },
  clientBasedCORS: (_ctx, origin, client) =>
    client.clientAuthMethod === 'none' &&
    (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
});

const tokenSettings = ({
  issuer,
  grants,
  ambient,
  signingKeys,
}: ConfigurationDeps): Partial<Configuration> => ({
  jwks: {
    keys: signingKeys.map(({ kid, privateJwk }) => ({
      ...privateJwk,
      kty: 'EC',
      kid,
      alg: 'ES256',
      use: 'sig',
    })),
  },
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  expiresWithSession: async () => false,
  ttl: {
    AccessToken: ACCESS_TOKEN_SECONDS,
    AuthorizationCode: CODE_SECONDS,
    BackchannelAuthenticationRequest: backchannelSeconds,
    DeviceCode: DEVICE_CODE_SECONDS,
    Grant: GRANT_SECONDS,
    Interaction: INTERACTION_SECONDS,
    RefreshToken: REFRESH_TOKEN_SECONDS,
    Session: INTERACTION_SECONDS,
  },
  formats: {
    customizers: {
      async jwt(_ctx, token, jwt) {
        const { jti, iat, exp, client_id, cnf } = jwt.payload;
        const grantId = token.kind === 'AccessToken' ? token.grantId : undefined;
        if (grantId === undefined || exp === undefined) throw new Error('an access token without a grant');
        const path = (await grants.live(grantId))?.path ?? [];
        const act = formatActClaim(actorsOf(path, issuer));
        // Named one by one: the token MUST say nothing of the owner and carry no rights.
        jwt.payload = {
          iss: issuer,
          sub: grantId,
          aud: issuer,
          client_id,
          grant_id: grantId,
          iat: iat ?? Math.floor(ambient.now() / 1000),
          exp,
          jti,
          ...(cnf !== undefined && { cnf }),
          ...(act !== undefined && { act }),
        };
      },
    },
  },
  findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
});

const pageSettings = (deps: ConfigurationDeps): Partial<Configuration> => ({
  cookies: {
    keys: [deps.cookieKey],
    names: { session: 'vk_oauth', interaction: 'vk_request', resume: 'vk_resume' },
    long: { httpOnly: true, sameSite: 'lax', signed: true, path: OAUTH_PATHS.resume },
    short: { httpOnly: true, sameSite: 'lax', signed: true },
  },
  interactions: {
    policy: consentPolicy(deps.isSignedIn),
    url: (_ctx, interaction) => consentPath(interaction.uid),
  },
  renderError(ctx, out, error) {
    const { error: code, error_description: description = '' } = isOutage(error) ? OUTAGE_BODY : out;
    ctx.set(deps.errorPageHeaders);
    const { ui_locales: locales } = ctx.query;
    const render = () => deps.renderError({ code, description });
    ctx.body = inLocales(typeof locales === 'string' ? locales : null, render);
  },
});

/**
 * Every authorization is decided by the owner on the consent page, also when the client holds a grant already: nothing is ever widened,
 * or issued anew, in silence (A41). `prompt=none` therefore always fails, with what is missing.
 */
function consentPolicy(isSignedIn: ConfigurationDeps['isSignedIn']) {
  const { Check, Prompt } = interactionPolicy;
  const isDecided = (ctx: KoaContextWithOIDC): boolean => ctx.oidc.result?.consent !== undefined;
  return [
    new Prompt(
      { name: 'login', requestable: true },
      new Check(
        'no_session',
        'the owner is not signed in',
        async (ctx) => !isDecided(ctx) && !(await isSignedIn(ctx.req)),
      ),
    ),
    new Prompt(
      { name: 'consent', requestable: true },
      new Check('undecided', 'the owner has not decided on this request', (ctx) => !isDecided(ctx)),
    ),
  ];
}

const features = (deps: ConfigurationDeps): NonNullable<Configuration['features']> => ({
  clientIdMetadataDocument: {
    enabled: true,
    ack: 'draft-02',
    allowFetch: async (_ctx, id) => {
      if (id.length > MAX_CLIENT_ID)
        throw new errors.InvalidRequest(`client_id must have at most ${MAX_CLIENT_ID} characters`);
      return deps.isClientEnabled(id);
    },
    allowClient: async (_ctx, client) =>
      (client.redirectUris ?? []).every((uri) => checkRedirectUri(uri) === null) &&
      deps.isClientEnabled(client.clientId),
  },
  ciba: backchannelFeature(deps),
  deviceFlow: deviceFeature,
  devInteractions: { enabled: false },
  dPoP: { enabled: true, requireNonce: refuseFutureProof(deps.ambient) },
  mTLS: mutualTls(deps),
  introspection: {
    enabled: true,
    allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
  },
  pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: false },
  resourceIndicators: resourceIndicators(deps.issuer),
  revocation: {
    enabled: true,
    allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
  },
  richAuthorizationRequests: richAuthorizationRequests(deps),
  rpInitiatedLogout: { enabled: false },
  userinfo: { enabled: false },
});

/** Certificates as the terminator in front of us tells of them (RFC 8705), and tokens that are bound to them. */
const mutualTls = ({ certificateOf, hasMutualTls }: ConfigurationDeps): NonNullable<Features['mTLS']> => ({
  enabled: hasMutualTls,
  certificateBoundAccessTokens: hasMutualTls,
  selfSignedTlsClientAuth: hasMutualTls,
  tlsClientAuth: hasMutualTls,
  getCertificate: (ctx) => certificateOf(ctx.req)?.x509,
  certificateAuthorized: (ctx) => certificateOf(ctx.req)?.isVerified === true,
  // Of all that can name an app in a certificate a DNS name is the one that is taken: it has one spelling, and no wildcard is read in it.
  certificateSubjectMatches: (ctx, property, expected) =>
    property === 'tls_client_auth_san_dns' &&
    certificateOf(ctx.req)?.x509.checkHost(expected, { subject: 'never', wildcards: false }) !== undefined,
});

/**
 * The library takes proofs dated up to five minutes ahead; a proof stored for later is the thing to refuse (A32). Nonces are not used:
 * this is the one hook that runs before every proof is checked.
 */
const refuseFutureProof =
  (ambient: Ambient) =>
  (ctx: KoaContextWithOIDC): boolean => {
    let iat: unknown;
    try {
      ({ iat } = decodeJwt(ctx.get('DPoP')));
    } catch {
      return false;
    }
    if (typeof iat === 'number' && iat > ambient.now() / 1000 + PROOF_SKEW_SECONDS) {
      throw new errors.InvalidDpopProof('DPoP proof is dated in the future');
    }
    return false;
  };

type Features = NonNullable<Configuration['features']>;

/** The gateway is the one resource (RFC 8707). Any address of it may be named; the audience is always the issuer. */
const resourceIndicators = (issuer: string): NonNullable<Features['resourceIndicators']> => ({
  enabled: true,
  defaultResource: async (_ctx, _client, oneOf) => (oneOf === undefined ? issuer : [...oneOf]),
  useGrantedResource: async () => true,
  async getResourceServerInfo(ctx, resource) {
    if (URL.parse(resource)?.origin !== new URL(issuer).origin) throw new errors.InvalidTarget();
    const { AuthorizationCode, DeviceCode, RefreshToken } = ctx.oidc.entities;
    const asked = [ctx.oidc.params, AuthorizationCode, DeviceCode, RefreshToken].map(
      (one) => one?.scope ?? '',
    );
    return {
      scope: asked.join(' ').split(' ').filter(isAiScope).join(' '),
      audience: issuer,
      accessTokenFormat: 'jwt',
      accessTokenTTL: ACCESS_TOKEN_SECONDS,
      jwt: { sign: { alg: 'ES256' } },
    };
  },
});

function refuseAtTokenEndpoint(ctx: KoaContextWithOIDC): void {
  if (ctx.oidc.route !== 'token' || ctx.oidc.params?.grant_type === TOKEN_EXCHANGE) return;
  const says = 'authorization_details are not taken here: a token has the rights of its grant';
  throw new errors.InvalidAuthorizationDetails(says);
}

const richAuthorizationRequests = ({ grants, ambient }: ConfigurationDeps) => ({
  enabled: true,
  types: Object.fromEntries(DETAILS_TYPES.map((type) => [type, { validate: refuseAtTokenEndpoint }])),
  authorizationDetailsForGrantSource: (ctx: KoaContextWithOIDC) => ctx.oidc.entities.Grant?.rar,
  // As the grant stands now, not as it was first given: the owner may have tightened it since.
  async authorizationDetailsForAccessToken(_ctx: KoaContextWithOIDC, token: object) {
    const grantId = 'grantId' in token ? String(token.grantId) : '';
    const live = await findUsableGrant(grants, grantId, ambient.now());
    if (live === null) throw new errors.InvalidGrant('the grant has ended');
    return grantedDetails(live.parts);
  },
  authorizationDetailsForIntrospection: () => undefined,
});
