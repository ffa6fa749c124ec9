// The management API over a real store, ledger, vault and grants, for tests that inject requests. Only sessions, providers and the key
// test are made up.

import type { IncomingMessage } from 'node:http';
import { type ModelAccess, unrestrictedAccess } from '@valetkey/core';
import type { InjectOptions } from 'fastify';
import type { Kysely } from 'kysely';
import { expect } from 'vitest';
import { createAccessRequests } from '../src/access-requests/access-requests.ts';
import type { Sessions, StepUp } from '../src/accounts/contract.ts';
import { createAlerts } from '../src/alerts/alerts.ts';
import type { Noticed } from '../src/alerts/contract.ts';
import { raise } from '../src/alerts/follower.ts';
import type { Message } from '../src/alerts/message.ts';
import type { ApiParts, ApiProvider } from '../src/api/contract.ts';
import { buildApi } from '../src/api/create-api.ts';
import { EventStreams } from '../src/api/events/event-streams.ts';
import { createReadHeads } from '../src/api/events/read-heads.ts';
import { CallRemover } from '../src/audit/retention/call-remover.ts';
import { type Ambient, systemAmbient } from '../src/clock.ts';
import { createDevices } from '../src/devices/devices.ts';
import { createErasure, type ErasureDeps } from '../src/erasure/erasure.ts';
import type { Grants } from '../src/grants/contract.ts';
import { createGrants } from '../src/grants/grants.ts';
import { createKeyCeilings } from '../src/grants/key-ceilings.ts';
import type { Ledger } from '../src/ledger/contract.ts';
import { correctCall } from '../src/ledger/correct-call.ts';
import { type EmbeddedLedger, openEmbeddedLedger } from '../src/ledger/embedded/embedded-ledger.ts';
import { compareOwner } from '../src/ledger/verify/compare-owner.ts';
import { createClients } from '../src/oauth/clients.ts';
import { createOwners, type OwnersDeps } from '../src/owners/owners.ts';
import { layerOverrides } from '../src/prices/layer-overrides.ts';
import type { PriceOverride } from '../src/prices/parse-overrides.ts';
import { priceBook } from '../src/prices/price-book.ts';
import { makeReceiptAgain } from '../src/receipts/make-receipt-again.ts';
import { ReceiptKeys } from '../src/receipts/receipt-keys.ts';
import { openStore } from '../src/store/open-store.ts';
import type { Schema } from '../src/store/schema.ts';
import { memoryReplayGuard } from '../src/tokens/replay-guard.ts';
import type { Vault } from '../src/vault/contract.ts';
import { createVault } from '../src/vault/create-vault.ts';
import { openDataKeys } from '../src/vault/data-keys.ts';
import { createLocalKeyWrapper } from '../src/vault/key-wrapper.ts';

/** Where the broker under test stands. */
export const ISSUER = 'http://127.0.0.1:8787';
/** A provider key that must never be seen. */
export const CANARY = 'sk-canary-5e1f0c9b7a3d4826';
/** When tests begin. */
const START_MS = Date.UTC(2026, 10, 22, 12);
/** What `createGrant` asks for. */
export const DETAILS = {
  type: 'ai_model_access',
  provider: 'openai',
  models: ['gpt-5-mini'],
  capabilities: ['chat'],
  limits: { monthly_spend: 5, max_requests: 100 },
  expires: '2027-01-01T00:00:00Z',
};

const provider = (
  name: string,
  label: string,
  dialect: ApiProvider['dialect'],
  keyRequired = true,
): ApiProvider => ({
  name,
  label,
  dialect,
  keyRequired,
  operations: [{ capability: 'embeddings' }, { capability: 'chat' }, { capability: null }],
});

const PROVIDERS = [
  provider('openai', 'OpenAI', 'openai'),
  provider('anthropic', 'Anthropic', 'anthropic'),
  provider('sandbox', 'Sandbox', 'openai', false),
];

const override = (model: string, effectiveFromMs: number, usdPerMillion: number): PriceOverride => ({
  provider: 'openai',
  model,
  effectiveFromMs,
  rates: { input_tokens: usdPerMillion * 1e9, output_tokens: usdPerMillion * 1e9 },
  maxOutputTokens: null,
  serviceTiers: null,
  version: 'operator 0123456789ab',
});

/** The price file: a model that nothing else prices, dearer from December on. */
const PRICE_OVERRIDES = [
  override('acme-1', START_MS - 1, 1),
  override('acme-1', Date.UTC(2026, 11, 1), 2),
  override('acme-1', 0, 3),
];

/** Whoever the test says: `x-test-owner` as if by cookie, or a bearer token that is the owner's id. */
const sessionOf: ApiParts['sessionOf'] = async (request: IncomingMessage) => {
  const bearer = request.headers.authorization?.replace('Bearer ', '');
  const ownerId = bearer ?? request.headers['x-test-owner'];
  if (typeof ownerId !== 'string' || ownerId === 'wrong') return null;
  const via = bearer ? 'bearer' : 'cookie';
  const signedIn = {
    ownerId,
    sessionId: sessionIdOf(ownerId),
    email: `${ownerId}@example.com`,
    name: ownerId,
    via,
  } as const;
  return { ...signedIn, authenticatedAtMs: START_MS, method: 'password' };
};

const sessionIdOf = (ownerId: string): string => `se_${ownerId}`;

/** Everybody has one session. */
const sessions: Sessions = {
  list: async (ownerId) => {
    const times = { beganAtMs: START_MS, usedAtMs: START_MS };
    return [{ id: sessionIdOf(ownerId), method: 'device', program: 'node', ipAddress: '::1', ...times }];
  },
  end: async (ownerId, id) => id === sessionIdOf(ownerId),
  endOthers: async () => 0,
};

const signedIn: Pick<ApiParts, 'sessionOf' | 'sessions'> = { sessionOf, sessions };

const openVault = async (
  parts: Omit<Parameters<typeof createVault>[0], 'keys' | 'findProvider' | 'onBadSeal'>,
): Promise<Vault> =>
  createVault({
    ...parts,
    keys: await openDataKeys(
      parts.db,
      { current: createLocalKeyWrapper(new Uint8Array(32).fill(5), parts.ambient), former: null },
      parts.ambient,
    ),
    findProvider: (name) => {
      const found = PROVIDERS.find((each) => each.name === name);
      const checkKey = (key: string) =>
        key.startsWith('sk-') ? null : 'Keys of this provider begin with sk-.';
      return found && { keyRequired: found.keyRequired, checkKey };
    },
    onBadSeal: () => {},
  });

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What owners do. */
const createRequests = (app: ReturnType<typeof buildApi>) => {
  const ask = async (method: Method, path: string, body?: object, owner = 'ada') => {
    const options: InjectOptions = {
      method,
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${owner}` },
    };
    const answer = await app.inject(body === undefined ? options : { ...options, payload: body });
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
  };
  const addKey = async (label = 'main') =>
    (await ask('POST', '/provider-keys', { provider: 'openai', key: CANARY, label })).body;
  const createGrant = async () => {
    await addKey();
    const made = await ask('POST', '/grants', { name: 'Notes', authorization_details: [DETAILS] });
    expect(made.status).toBe(201);
    return made.body;
  };
  return { ask, addKey, createGrant };
};

const revokerOf = (grants: Grants) => async (ownerId: string, keyId: string) => {
  for (const grant of await grants.list(ownerId)) {
    if (grant.parts.some((part) => part.providerKeyId === keyId))
      await grants.revoke(ownerId, grant.id, 'key removed');
  }
};

const openPeople = (rooms: ErasureDeps & Omit<OwnersDeps, 'erasure'>) => {
  const erasure = createErasure(rooms);
  return { erasure, owners: createOwners({ ...rooms, erasure }) };
};

/** What time does. */
const createRemoval = (db: Kysely<Schema>, ledger: EmbeddedLedger, { now }: Ambient) => ({
  /** Has the calls removed that are older than 35 days; how many. */
  removeOldCalls: () => {
    const checkpoint = () => ledger.checkpoint();
    return new CallRemover({ db, ledger, checkpoint, alone: (work) => work(), now, days: 35 }).run();
  },
});

/** Alerts whose messages go nowhere but to the test. */
const createAlertRoom = (
  parts: Pick<ApiParts, 'db' | 'ambient'> & { ledger: Ledger; vault: Vault; grants: Grants },
) => {
  const sent: { readonly to: string; readonly message: Message }[] = [];
  const send = async (to: string, message: Message) => {
    sent.push({ to, message });
    return { ok: true, isGone: false, message: 'Taken.' };
  };
  const alerts = createAlerts({
    ...parts,
    issuer: ISSUER,
    sendWebhook: ({ url }, message) => send(url, message),
    sendMail: send,
  });
  /** Something happens that an owner is told of. */
  const raiseAlert = (noticed: Noticed, ownerId = 'ada') =>
    parts.db.transaction().execute((transaction) => raise(transaction, ownerId, noticed, parts.ambient));
  const keyCeilings = createKeyCeilings({ ...parts, now: parts.ambient.now });
  return { parts: { alerts, keyCeilings }, sent, raiseAlert };
};

/** What the gate does. */
const createCalls = (ledger: Ledger, grants: Grants) => {
  /** A call as the gate admits it: it holds $0.002. */
  const admit = async (grantId: string, callId: string) => {
    const live = (await grants.live(grantId))!;
    const hold = {
      fixedNanos: 2_000_000,
      fixedTokens: 10,
      outputNanosPerMillion: 0,
      outputs: 1,
      maxOutputTokens: 5,
      minOutputTokens: 5,
      priced: true,
    };
    const intent = {
      request_id: `req_${callId}`,
      provider: 'openai',
      operation: 'openai.chat.completions',
      model: 'gpt-5-mini',
      stream: true,
      request_sha256: `sent-${callId}`,
    };
    const admitted = await ledger.admit({
      callId,
      ownerId: 'ada',
      grantId,
      chain: live.parts[0]!.chain,
      hold,
      intent,
    });
    expect(admitted).toMatchObject({ ok: true });
  };
  /** Its outcome: $0.0015 if it is settled. */
  const settle = (callId: string, kind: 'settled' | 'ceiling' | 'released' = 'settled') => {
    const usage = { input_tokens: 7, cache_read_tokens: 3, output_tokens: 2 };
    const body = { status: 200, usage, duration_ms: 420, anomalies: [] };
    return ledger.settle({
      callId,
      kind,
      forwarded: kind !== 'released',
      nanos: 1_500_000,
      tokens: 12,
      body,
    });
  };
  /** A child of a grant that `createGrant` made, or of one below it. */
  const delegate = async (parentGrantId: string, name: string, access: Partial<ModelAccess> = {}) => {
    const made = await grants.delegate({
      parentGrantId,
      asked: [{ ...unrestrictedAccess('openai'), models: DETAILS.models, capabilities: ['chat'], ...access }],
      clientId: null,
      name,
      isActorAuthenticated: false,
      keyThumbprint: null,
      via: 'test',
    });
    if (!made.ok) throw new Error(made.error.detail);
    return made.value;
  };
  return { admit, settle, delegate };
};

const createBooks = (
  parts: Parameters<typeof compareOwner>[0],
): Pick<ApiParts, 'correctCall' | 'compareLedger'> => ({
  correctCall: (ownerId, callId, nanos) =>
    correctCall({ ...parts, retentionDays: 35 }, { ownerId, callId, nanos }),
  compareLedger: (ownerId) => compareOwner(parts, ownerId),
});

/** Opens the house; close it after each test. */
export const openApiHouse = async () => {
  const clock = { nowMs: START_MS };
  const stepUp: { needed: StepUp | null } = { needed: null };
  const ambient: Ambient = { now: () => clock.nowMs, randomBytes: systemAmbient.randomBytes };
  const store = await openStore({ dataDir: ':memory:', ambient });
  const { db } = store;
  const ledger = await openEmbeddedLedger({ store, ambient });
  const grants = createGrants({ db, ledger, ambient });
  const devices = createDevices({ db, ledger, grants, ambient });
  const clients = createClients({ db, grants, ledger, ambient, hasMutualTls: true });
  const cut: string[] = [];
  grants.onStopped(({ grantIds = [] }) => cut.push(...grantIds));
  const vault = await openVault({ db, ledger, ambient, revokeGrantsOf: revokerOf(grants) });
  const receiptKeys = new ReceiptKeys({ db, vault, ambient, issuer: ISSUER });
  await receiptKeys.maintain();
  const [faults, tested]: [unknown[], string[], string[]] = [[], [], []];
  const accessRequests = createAccessRequests({ db, ledger, grants, ambient });
  const people = openPeople({ db, ledger, ambient, grants, vault, devices, clients });
  const { parts: alertParts, ...alertRoom } = createAlertRoom({ db, ledger, vault, grants, ambient });
  const app = buildApi({
    ...alertParts,
    db,
    grants,
    accessRequests,
    vault,
    devices,
    replayGuard: memoryReplayGuard(ambient.now, { claim: async () => true }),
    clients,
    ...people,
    providers: PROVIDERS,
    modelsOf: (name) => (name === 'openai' ? [{ id: 'gpt-5-mini', name: 'GPT-5 mini' }] : []),
    ...createBooks({ db, ledger, now: ambient.now }),
    receiptOf: (ownerId, callId) => makeReceiptAgain({ db, grants, keys: receiptKeys }, { ownerId, callId }),
    prices: { ...layerOverrides(priceBook(), PRICE_OVERRIDES), overrides: PRICE_OVERRIDES },
    ...signedIn,
    stepUpFor: async () => stepUp.needed,
    events: new EventStreams(createReadHeads(db)),
    largeBudgetNanos: 200 * 1_000_000_000,
    testKey: async (_ownerId, id) => {
      tested.push(id);
      return { ok: true, status: 200, message: 'OpenAI takes this key.' };
    },
    ambient,
    issuer: ISSUER,
    version: '0.1.0',
    onFault: (error) => faults.push(error),
  });

  const close = async () => {
    await app.close();
    await ledger.close();
    await store.close();
  };
  return {
    clock,
    /** What the owner has to prove again; nothing unless a test says so. */
    stepUp,
    store,
    ledger,
    grants,
    accessRequests,
    devices,
    owners: people.owners,
    vault,
    receiptKeys,
    app,
    faults,
    cut,
    tested,
    ...alertRoom,
    close,
    ...createRemoval(db, ledger, ambient),
    ...createRequests(app),
    ...createCalls(ledger, grants),
  };
};

/** What `openApiHouse` opens. */
export type ApiHouse = Awaited<ReturnType<typeof openApiHouse>>;
