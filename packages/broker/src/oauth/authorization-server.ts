// The authorization server as one request handler: the OAuth library set up for our profile, with what it leaves to us around it. Its own
// origin comes from the configuration alone; nothing that a request says about its host or scheme is believed (A25).

import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeProtectedHeader, type JSONWebKeySet } from 'jose';
import type { Kysely } from 'kysely';
import type { AccessRequests } from '../access-requests/contract.ts';
import { PollPace } from '../access-requests/poll-pace.ts';
import type { Ambient } from '../clock.ts';
import type { Grants } from '../grants/contract.ts';
import type { ConsentRequests } from '../grants/requests-contract.ts';
import type { Ledger } from '../ledger/contract.ts';
import { type PeerOf, peerOfConnection } from '../peer-address.ts';
import { pathOf } from '../request-path.ts';
import { isOutage } from '../store/outage.ts';
import { createQuotas, type Quotas } from '../store/quotas.ts';
import type { Schema } from '../store/schema.ts';
import { createAccessTokenVerifier, type VerifyAccessToken } from '../tokens/access-token.ts';
import { type CertificateOf, type MutualTls, readCertificates } from '../tokens/client-certificate.ts';
import type { SecretSealer } from '../vault/contract.ts';
import { type Artifacts, createArtifacts } from './artifacts.ts';
import { allowCallbacks, callbackClient, isCallbackClient } from './callback-client.ts';
import { type Clients, createClients, matchesSecretHash } from './clients.ts';
import { type ConfigurationDeps, createConfiguration, GRANT_TYPES } from './configuration.ts';
import { createDeviceCodes, type DeviceCodes, tellInterval } from './device-codes.ts';
import { type DocumentFetch, openDocumentFetch } from './document-fetch.ts';
import { createGrantManagement } from './grant-management.ts';
import type { GrantReceiptsDeps } from './grant-receipts.ts';
import { createKeyFlow, type KeyFlowDeps } from './key-flow.ts';
import { createKeyStore, type KeyStore } from './keys.ts';
import { Provider } from './library.ts';
import { answerOutages, sendOutage } from './outages.ts';
import { OAUTH_PATHS } from './paths.ts';
import { createProfileRefresh } from './profile-refresh.ts';
import { isProgram } from './program-client.ts';
import { openPrograms, type Programs, type ProgramsDeps } from './programs.ts';
import { createRegistration, type RegistrationPolicy } from './registration.ts';
import { createRequests } from './requests.ts';
import { serveResourceMetadata } from './resource-metadata.ts';
import { createSelfRegisteredClients, type SelfRegisteredClients } from './self-registered-clients.ts';
import { sendJson } from './send-json.ts';
import { describeServer } from './server-metadata.ts';
import { serveStructuredTokens } from './structured-tokens.ts';
import { extendTokenEndpoint } from './token-endpoint.ts';
import { registerTokenExchange } from './token-exchange.ts';

/** What the server needs from the other rooms. */
export interface AuthorizationServerDeps
  extends Pick<ProgramsDeps, 'openRequests' | 'isOnlyOwner'>,
    Pick<ConfigurationDeps, 'providerOf'> {
  /** The public origin, e.g. `https://broker.example`; without a path. */
  readonly issuer: string;
  readonly db: Kysely<Schema>;
  readonly grants: Grants;
  /** What holders of grants ask their owners for. */
  readonly accessRequests: AccessRequests;
  /** The receipt of a call. */
  readonly receiptOf: GrantReceiptsDeps['receiptOf'];
  /** Where changes of apps are recorded. */
  readonly ledger: Pick<Ledger, 'change'>;
  /** The vault: seals signing and cookie keys. */
  readonly vault: SecretSealer;
  readonly ambient: Ambient;
  /** Whether an owner is signed in with this request. */
  readonly isSignedIn: (request: IncomingMessage) => Promise<boolean>;
  readonly ownProviders: KeyFlowDeps['ownProviders'];
  /** The document that tells a browser of an error; every part of it that came from outside escaped. */
  readonly renderError: ConfigurationDeps['renderError'];
  readonly errorPageHeaders: Readonly<Record<string, string>>;
  /** Told of faults inside, never of refusals. MUST NOT be given tokens. */
  readonly onError: (error: unknown) => void;
  /** Where a program points its SDK to use these providers, by dialect. */
  readonly baseUrlsOf: (providers: readonly string[]) => object;
  /** Who may register an app without an owner; nobody unless given. */
  readonly registration?: RegistrationPolicy | null;
  /** Where apps come with certificates; nowhere unless given. */
  readonly mutualTls?: MutualTls | null;
  /** Where requests come from; from where they are connected unless given. */
  readonly peerOf?: PeerOf;
  /** Fetches client metadata documents; the guarded one unless a test replaces it. */
  readonly documentFetch?: DocumentFetch;
}

/** The running authorization server. */
export interface AuthorizationServer {
  /** Answers requests to the paths of `OAUTH_PATHS`. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  readonly verifyAccessToken: VerifyAccessToken;
  readonly clients: Clients;
  /** The consent page's side. */
  readonly requests: ConsentRequests;
  /** The side of the page where an owner types the code of a device. */
  readonly deviceCodes: DeviceCodes;
  /** What of programs that nobody registered waits for an owner, and the address by which they name this owner; null where none may ask. */
  readonly programsFor: Programs['waitingFor'];
  /** Signs with a new key from now on; the old one verifies until its tokens are gone. */
  rotateSigningKey(): Promise<void>;
  /** Rotates the signing key when it is due, takes up keys that another replica made, drops those out of use. Call it once a minute. */
  maintainKeys(): Promise<void>;
  /** Forgets the codes, refresh tokens and requests of a grant that was revoked. */
  revokeGrantArtifacts(grantId: string): Promise<void>;
  /** A random secret of the house for `purpose`, sealed at rest; the same at every start. */
  secret(purpose: string): Promise<string>;
  /** Forgets what expired long ago. Call it once an hour. */
  purge(): Promise<void>;
}

/** What one set of keys yields: replaced as a whole when the keys change. */
interface Running {
  readonly provider: Provider;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  readonly verify: VerifyAccessToken;
  readonly kids: readonly string[];
}

/** Runs `task` at most once a second: who asks meanwhile waits for the same run, and shares its failure. */
const onceASecond = (task: () => Promise<void>, now: () => number): (() => Promise<void>) => {
  let run = { atMs: Number.NEGATIVE_INFINITY, done: Promise.resolve() };
  return () => {
    if (Math.abs(now() - run.atMs) >= 1000) run = { atMs: now(), done: task() };
    return run.done;
  };
};

/** Builds the server; makes its keys at the first start. */
export async function createAuthorizationServer(deps: AuthorizationServerDeps): Promise<AuthorizationServer> {
  const { db, grants, ambient } = deps;
  const artifacts = createArtifacts(db, ambient);
  const certificateOf = readCertificates(deps.mutualTls ?? null);
  const hasMutualTls = (deps.mutualTls ?? null) !== null;
  const quotas = createQuotas(db, ambient.now);
  const clients = createClients({ db, grants, ledger: deps.ledger, ambient, hasMutualTls });
  const selfRegistered = createSelfRegisteredClients(db, ambient, (id) => clients.revokeGrantsOf(id));
  const register = openRegistration(deps, selfRegistered, quotas);
  const keys = createKeyStore(db, deps.vault, ambient);
  const documentFetch = deps.documentFetch ?? (await openDocumentFetch(ambient.now));
  const start = () =>
    startProvider(
      { ...deps, documentFetch, certificateOf, hasMutualTls, verify: (token) => verifyAccessToken(token) },
      artifacts,
      clients,
      keys,
    );

  let running = await start();
  const takeUpKeys = async () => {
    const kids = (await keys.signingKeys()).map(({ kid }) => kid);
    if (kids.join() !== running.kids.join()) running = await start();
  };
  // Nobody can make us look more often.
  const lookForKeys = onceASecond(takeUpKeys, ambient.now);
  const verifyAccessToken: VerifyAccessToken = async (token) => {
    const verified = await running.verify(token);
    if (verified.ok || isKnownKey(token, running.kids)) return verified;
    // Another replica may have a key since less than a minute.
    await lookForKeys();
    return running.verify(token);
  };
  const manageGrants = createGrantManagement({
    ...deps,
    certificateOf,
    requests: deps.accessRequests,
    pace: new PollPace(),
    artifacts,
    verify: verifyAccessToken,
  });

  const programs = await openPrograms(deps, artifacts, quotas, keys);
  const library = () => running;
  const flows = { ...createKeyFlow(deps, library), ...createProfileRefresh(library), ...programs.handlers };

  return {
    handle(request, response) {
      if (serveResourceMetadata(request, response, { issuer: deps.issuer, hasMutualTls })) return;
      const path = pathOf(request);
      const own = path.startsWith(OAUTH_PATHS.grants)
        ? manageGrants
        : path.startsWith(OAUTH_PATHS.register)
          ? register
          : flows[path];
      if (own) {
        own(request, response).catch((error: unknown) => failResponse(response, error, deps.onError));
        return;
      }
      running.handle(request, response);
    },
    verifyAccessToken,
    clients,
    requests: createRequests({ ...deps, ...programs, provider: () => running.provider, artifacts, clients }),
    programsFor: programs.waitingFor,
    deviceCodes: createDeviceCodes(artifacts, quotas),
    async rotateSigningKey() {
      await keys.rotateSigningKey();
      running = await start();
    },
    async maintainKeys() {
      if (await keys.isRotationDue()) await keys.rotateSigningKey();
      await takeUpKeys();
    },
    revokeGrantArtifacts: (grantId) => artifacts.removeByGrant(grantId),
    secret: (purpose) => keys.secret(purpose),
    purge: () => purgeEach([artifacts, quotas, selfRegistered, deps.accessRequests]),
  };
}

async function purgeEach(stored: readonly { purge(): Promise<void> }[]): Promise<void> {
  for (const each of stored) await each.purge();
}

/** Null where nobody registers an app without an owner. */
const openRegistration = (
  { issuer, registration: policy, ambient, peerOf = peerOfConnection }: AuthorizationServerDeps,
  clients: SelfRegisteredClients,
  quotas: Quotas,
) =>
  policy && createRegistration({ issuer, policy, clients, quotas, peerOf, grantTypes: GRANT_TYPES, ambient });

async function startProvider(
  deps: AuthorizationServerDeps & {
    readonly documentFetch: DocumentFetch;
    readonly verify: VerifyAccessToken;
    readonly certificateOf: CertificateOf;
    readonly hasMutualTls: boolean;
  },
  artifacts: Artifacts,
  clients: Clients,
  keys: KeyStore,
): Promise<Running> {
  const { issuer, grants, ambient } = deps;
  const signingKeys = await keys.signingKeys();
  const cookieKey = await keys.secret('oauth.cookies');
  const provider = new Provider(
    issuer,
    createConfiguration({
      ...deps,
      artifacts,
      signingKeys,
      cookieKey,
      findClient: async (id) => {
        // What an owner gave it has a row, so that it is shown with a name; here there MUST NOT be such a client all the same.
        if (isProgram(id)) return undefined;
        if (!isCallbackClient(id)) return clients.findForProvider(id);
        const client = callbackClient(id);
        return client && (await clients.isEnabled(id)) ? client : undefined;
      },
      isClientEnabled: (id) => clients.isEnabled(id),
    }),
  );
  provider.Client.prototype.compareClientSecret = function compare(actual: string) {
    return matchesSecretHash(actual, this.clientSecret ?? '');
  };
  allowCallbacks(provider);
  pinOrigin(provider, new URL(issuer));
  answerOutages(provider, deps.onError);
  (provider as NodeJS.EventEmitter).on('error', deps.onError);
  const jwks: JSONWebKeySet = {
    keys: signingKeys.map(({ kid, privateJwk: { d: _private, ...publicJwk } }) => ({
      ...publicJwk,
      kid,
      alg: 'ES256',
    })),
  };
  const verify = createAccessTokenVerifier({ issuer, jwks, now: ambient.now });
  serveStructuredTokens(provider, { issuer, grants, verify: deps.verify, now: ambient.now });
  extendTokenEndpoint(provider, artifacts);
  tellInterval(provider);
  describeServer(provider, {
    ...(deps.registration && { registration_endpoint: issuer + OAUTH_PATHS.register }),
    ...(deps.openRequests && { okap_authorization_endpoint: issuer + OAUTH_PATHS.okapAuthorize }),
    ...(deps.mutualTls && { mtls_endpoint_aliases: mtlsAliases(deps.mutualTls.origin) }),
  });
  const findClient = (id: string) => provider.Client.find(id);
  registerTokenExchange(provider, { ...deps, artifacts, clients, findClient });
  const kids = signingKeys.map(({ kid }) => kid);
  return { provider, handle: provider.callback(), verify, kids };
}

/** Where apps that come with a certificate reach the endpoints that take one (RFC 8705 section 5). */
const mtlsAliases = (origin: string): Readonly<Record<string, string>> => ({
  token_endpoint: origin + OAUTH_PATHS.token,
  pushed_authorization_request_endpoint: origin + OAUTH_PATHS.par,
  device_authorization_endpoint: origin + OAUTH_PATHS.deviceAuthorization,
  backchannel_authentication_endpoint: origin + OAUTH_PATHS.backchannel,
  introspection_endpoint: origin + OAUTH_PATHS.introspect,
  revocation_endpoint: origin + OAUTH_PATHS.revoke,
});

/** Whether a token names one of these keys, or none at all: what is no token of ours is not worth a look for new keys. */
function isKnownKey(token: string, kids: readonly string[]): boolean {
  try {
    const { kid } = decodeProtectedHeader(token);
    return kid === undefined || kids.includes(kid);
  } catch {
    return true;
  }
}

/** The library makes addresses (endpoints, DPoP `htu`, returns) from the request; here they come from the issuer. */
function pinOrigin(provider: Provider, issuer: URL): void {
  const constant = (value: string) => ({ get: () => value });
  Object.defineProperties(provider.request, {
    protocol: constant(issuer.protocol.slice(0, -1)),
    secure: { get: () => issuer.protocol === 'https:' },
    host: constant(issuer.host),
    hostname: constant(issuer.hostname),
    origin: constant(issuer.origin),
    href: {
      get(this: { path: string; search: string }) {
        return `${issuer.origin}${this.path}${this.search}`;
      },
    },
  });
}

function failResponse(response: ServerResponse, error: unknown, onError: (error: unknown) => void): void {
  onError(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (isOutage(error)) {
    sendOutage(response);
    return;
  }
  sendJson(response, 500, { error: 'server_error' });
}
