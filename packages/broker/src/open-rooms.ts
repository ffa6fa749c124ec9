// Opens the rooms that people and apps come to: sign-in, the authorization server, consent, the management API, the dashboard.

import type { IncomingMessage } from 'node:http';
import type { AccessNames } from '@valetkey/core';
import { createAccessRequests } from './access-requests/access-requests.ts';
import type { Accounts } from './accounts/contract.ts';
import { type AccountsParts, createAccounts } from './accounts/create-accounts.ts';
import type { Alerts } from './alerts/contract.ts';
import type { ApiParts } from './api/contract.ts';
import { createApi } from './api/create-api.ts';
import { EventStreams } from './api/events/event-streams.ts';
import { createReadHeads } from './api/events/read-heads.ts';
import { baseUrlsOf } from './api/providers/base-url.ts';
import { readOwnerIds, recordConfiguration } from './audit/record-configuration.ts';
import type { Config } from './config.ts';
import { configurationFacts } from './configuration-facts.ts';
import { createConsent } from './consent/consent.ts';
import { renderErrorPage } from './consent/error-page.ts';
import { createDashboard } from './dashboard/dashboard.ts';
import { createErasure } from './erasure/erasure.ts';
import { AccessTokens } from './gateway/access-tokens.ts';
import type { PriceBook } from './gateway/contract.ts';
import { dialects } from './gateway/dialects/dialects.ts';
import type { GateDeps } from './gateway/gate.ts';
import { testKey } from './gateway/key-test.ts';
import { messages as keyTestMessages } from './gateway/key-test-messages.ts';
import { RunningCalls } from './gateway/running-calls.ts';
import type { Upstream } from './gateway/upstreams.ts';
import { createKeyCeilings } from './grants/key-ceilings.ts';
import { correctCall } from './ledger/correct-call.ts';
import { compareOwner } from './ledger/verify/compare-owner.ts';
import {
  type AuthorizationServer,
  type AuthorizationServerDeps,
  createAuthorizationServer,
} from './oauth/authorization-server.ts';
import { type House, StartRefused } from './open-house.ts';
import { Invitations } from './owners/invitations.ts';
import { createOwners } from './owners/owners.ts';
import { serveDocument } from './pages/documents.ts';
import { messages } from './pages/messages.ts';
import { pageHeaders } from './pages/security-headers.ts';
import { readPeers } from './peer-address.ts';
import { layerOverrides } from './prices/layer-overrides.ts';
import { priceBook } from './prices/price-book.ts';
import { providerOfModel } from './prices/provider-of-model.ts';
import { makeReceiptAgain, type WantedCall } from './receipts/make-receipt-again.ts';
import type { ReceiptKeys } from './receipts/receipt-keys.ts';
import type { Rooms } from './routes.ts';
import { readCertificates } from './tokens/client-certificate.ts';
import { importKeysFromEnvironment } from './vault/import-keys.ts';
import { VERSION } from './version.ts';

/** The rooms, as the routes, the gate and the server need them. */
export interface ServedRooms {
  readonly handlers: Pick<Rooms, 'oauth' | 'consent' | 'accounts' | 'api' | 'documents' | 'dashboard'>;
  readonly gate: Pick<
    GateDeps,
    'issuer' | 'accessTokens' | 'replayGuard' | 'certificateOf' | 'dialects' | 'prices'
  >;
  readonly oauth: AuthorizationServer;
  readonly running: RunningCalls;
  readonly events: EventStreams;
  readonly setupLink: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The first owner finds the sandbox ready, and the keys that the environment held. */
const welcome = async ({ vault, store, log }: House, env: Environment, ownerId: string): Promise<void> => {
  await vault.add({ ownerId, provider: 'sandbox', label: messages.simulated, key: '' });
  for (const { variable, provider, problem } of await importKeysFromEnvironment(
    { db: store.db, vault },
    env,
    ownerId,
  )) {
    if (problem === null)
      log.info({ variable, provider }, 'a provider key was imported; from now on only the vault counts');
    else log.warn({ variable, provider, problem }, 'a provider key was not imported');
  }
};

/** The environment names the first owner at every start; that there is one already is fine, a bad password is not. */
const makeFirstOwner = async (accounts: Accounts, owner: NonNullable<Config['owner']>): Promise<void> => {
  if ((await accounts.setupLink()) === null) return;
  const made = await accounts.createFirstOwner(owner, 'environment');
  if (made.ok) return;
  const problems = Object.entries(made.error).map(
    ([field, problem]) => `VALETKEY_OWNER_${field.toUpperCase()}: ${problem}`,
  );
  throw new StartRefused(problems.join('\n'));
};

const openAccounts = async (
  house: House,
  config: Config,
  env: Environment,
  asked: Pick<AccountsParts, 'pathOfDeviceCode' | 'programsFor'>,
): Promise<Accounts> => {
  const { store, vault, ledger, ambient, log } = house;
  const facts = configurationFacts(config, store.engine);
  const configured = (ownerId: string) => recordConfiguration({ db: store.db, ledger }, ownerId, facts);
  for (const ownerId of await readOwnerIds(store.db)) await configured(ownerId);
  const invitations = new Invitations({ db: store.db, ledger, ambient });
  const accounts = await createAccounts({
    db: store.db,
    engine: store.engine,
    vault,
    ledger,
    ambient,
    issuer: config.issuer,
    ...asked,
    invitations: {
      invitationOf: (token) => invitations.invitationOf(token),
      async accept(...member) {
        const made = await invitations.accept(...member);
        // What fails here is done at the next start.
        if (made.ok)
          await configured(made.value.ownerId).catch((err: unknown) =>
            log.warn({ err }, 'a new owner’s journal does not say yet how the broker is configured'),
          );
        return made;
      },
    },
    stepUp: config.stepUp,
    peerOf: readPeers(config.trustedProxies),
    onFirstOwner: async (ownerId) => {
      await configured(ownerId);
      await welcome(house, env, ownerId);
    },
    log: (level, message) => log[level]({ room: 'accounts' }, message),
  });
  if (config.owner) await makeFirstOwner(accounts, config.owner);
  return accounts;
};

const tryKey = async (
  house: House,
  upstreams: ReadonlyMap<string, Upstream>,
  ownerId: string,
  id: string,
) => {
  const { vault, directory, store, ledger } = house;
  const row = await store.db
    .selectFrom('provider_keys')
    .select('provider')
    .where('id', '=', id)
    .executeTakeFirst();
  const provider = directory.byName.get(row?.provider ?? '');
  const upstream = upstreams.get(row?.provider ?? '');
  const key = await vault.unseal(id);
  if (!provider || !upstream || !key.ok) return { ok: false, status: null, message: keyTestMessages.sealed };
  // Nothing goes to a provider, this neither, unless it is durable first that it was asked for.
  await ledger.record([
    { ownerId, kind: 'provider_key.tested', body: { provider_key_id: id, provider: provider.name } },
  ]);
  return testKey(provider, upstream, key.value);
};

/** The management API, with what other rooms give it. */
const openApi = async (
  house: House,
  config: Config,
  upstreams: ReadonlyMap<string, Upstream>,
  prices: ReturnType<typeof layerOverrides>,
  rooms: Pick<
    ApiParts,
    'clients' | 'sessionOf' | 'sessions' | 'stepUpFor' | 'accessRequests' | 'alerts' | 'receiptOf'
  >,
) => {
  const { vault, grants, devices, replayGuard, ledger, ambient, log, directory } = house;
  const { db } = house.store;
  const erasure = createErasure({ db, ledger, grants, vault, devices, clients: rooms.clients });
  const events = new EventStreams(createReadHeads(db));
  const keyCeilings = createKeyCeilings({ db, ledger, grants, now: ambient.now });
  const { handler } = await createApi({
    ...rooms,
    events,
    issuer: config.issuer,
    largeBudgetNanos: config.stepUp.aboveNanos,
    version: VERSION,
    db,
    vault,
    grants,
    devices,
    erasure,
    owners: createOwners({ db, ledger, ambient, grants, erasure }),
    keyCeilings,
    replayGuard,
    modelsOf: (provider) => prices.models(provider),
    correctCall: (ownerId, callId, nanos) =>
      correctCall(
        { db, ledger, now: ambient.now, retentionDays: config.auditRetentionDays },
        { ownerId, callId, nanos },
      ),
    compareLedger: (ownerId) => compareOwner({ db, ledger, now: ambient.now }, ownerId),
    prices: { ...prices, overrides: config.priceOverrides },
    providers: [...directory.byName.values()],
    testKey: (ownerId, id) => tryKey(house, upstreams, ownerId, id),
    ambient,
    onFault: (error, request_id) => log.error({ err: error, request_id }, 'a request broke'),
  });
  return { handler, events, keyCeilings };
};

/** The authorization server, with what other rooms give it. */
const openOauth = (
  { store, ledger, grants, vault, ambient, directory }: House,
  { issuer, registration, openRequests, mutualTls, trustedProxies }: Config,
  prices: PriceBook,
  rooms: Pick<
    AuthorizationServerDeps,
    'accessRequests' | 'receiptOf' | 'isSignedIn' | 'ownProviders' | 'onError'
  >,
): Promise<AuthorizationServer> =>
  createAuthorizationServer({
    ...rooms,
    issuer,
    db: store.db,
    ledger,
    grants,
    vault,
    ambient,
    renderError: renderErrorPage,
    errorPageHeaders: pageHeaders(),
    registration,
    openRequests,
    providerOf: providerOfModel(
      [...directory.byName.values()].flatMap(({ name, keyRequired }) => (keyRequired ? [name] : [])),
      prices,
      ambient.now,
    ),
    isOnlyOwner: async () => (await readOwnerIds(store.db)).length === 1,
    mutualTls,
    peerOf: readPeers(trustedProxies),
    baseUrlsOf: (names) =>
      baseUrlsOf(
        issuer,
        names.flatMap((name) => directory.byName.get(name) ?? []),
      ),
  });

/** How providers and models are called in front of people: by their own names where they have one. */
const namesOf = ({ byName }: House['directory'], prices: Pick<PriceBook, 'models'>): AccessNames => ({
  provider: (name) => byName.get(name)?.label ?? name,
  model: (id) =>
    [...byName.keys()].flatMap((name) => prices.models(name)).find((model) => model.id === id)?.name ?? id,
});

/** Opens every room. Makes the first owner if the configuration names one. */
export const openRooms = async (
  house: House,
  config: Config,
  env: Environment,
  upstreams: ReadonlyMap<string, Upstream>,
  receiptKeys: ReceiptKeys,
  alerts: Alerts,
): Promise<ServedRooms> => {
  const { store, vault, grants, ledger, ambient, log, directory } = house;
  const { issuer } = config;
  const { db } = store;
  const running = new RunningCalls();
  const prices = layerOverrides(priceBook(), config.priceOverrides);
  const onError = (error: unknown) => log.error({ err: error }, 'a request broke');
  const accounts = await openAccounts(house, config, env, {
    pathOfDeviceCode: (...typed) => oauth.deviceCodes.pathOf(...typed),
    programsFor: (ownerId) => oauth.programsFor(ownerId),
  });
  const sessionOf = (request: IncomingMessage) => accounts.sessionOf(request);
  const accessRequests = createAccessRequests({ db, ledger, grants, ambient });
  const receiptOf = (wanted: WantedCall) => makeReceiptAgain({ db, grants, keys: receiptKeys }, wanted);
  const oauth = await openOauth(house, config, prices, {
    accessRequests,
    receiptOf,
    isSignedIn: async (request) => (await sessionOf(request)) !== null,
    ownProviders: async (request) => {
      const owner = await sessionOf(request);
      return owner?.via === 'cookie'
        ? (await vault.list(owner.ownerId)).map(({ provider }) => provider)
        : null;
    },
    onError,
  });
  const api = await openApi(house, config, upstreams, prices, {
    clients: oauth.clients,
    sessionOf,
    sessions: accounts.sessions,
    stepUpFor: accounts.stepUpFor,
    accessRequests,
    alerts,
    receiptOf: (ownerId, callId) => receiptOf({ ownerId, callId }),
  });
  const consent = createConsent({
    issuer,
    requests: oauth.requests,
    accessRequests,
    ledger,
    grants,
    sessionOf,
    stepUpFor: accounts.stepUpFor,
    confirm: accounts.confirm,
    largeBudgetNanos: config.stepUp.aboveNanos,
    providerKeysOf: (ownerId) => vault.list(ownerId),
    ceilings: api.keyCeilings,
    devicesOf: (ownerId) => house.devices.living(ownerId),
    formSecret: await oauth.secret('consent.form'),
    ambient,
    names: namesOf(directory, prices),
    findClient: (id) => oauth.clients.find(id),
    findOwnClient: (ownerId, id) => oauth.clients.get(ownerId, id),
    onError,
  });
  const dashboard = await createDashboard();
  return {
    handlers: {
      oauth: oauth.handle,
      consent: (request, response) => void consent(request, response),
      accounts: (request, response) => accounts.handler(request, response),
      api: api.handler,
      documents: serveDocument,
      dashboard,
    },
    gate: {
      issuer,
      accessTokens: new AccessTokens(oauth.verifyAccessToken, ambient.now),
      replayGuard: house.replayGuard,
      certificateOf: readCertificates(config.mutualTls),
      dialects,
      prices,
    },
    oauth,
    running,
    events: api.events,
    setupLink: await accounts.setupLink(),
  };
};
