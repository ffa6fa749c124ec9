// A broker of the rooms that an authorization passes through, in this process on a loopback port: the real store, ledger, vault and
// grants under the authorization server and the consent page. Only signing in is a stand-in.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail } from '@valetkey/core';
import { createAccessRequests } from '../../src/access-requests/access-requests.ts';
import { systemAmbient } from '../../src/clock.ts';
import { createConsent } from '../../src/consent/consent.ts';
import type { ConsentDeps } from '../../src/consent/contract.ts';
import { renderErrorPage } from '../../src/consent/error-page.ts';
import { createGrants } from '../../src/grants/grants.ts';
import { type CeilingDeps, createKeyCeilings } from '../../src/grants/key-ceilings.ts';
import { openEmbeddedLedger } from '../../src/ledger/embedded/embedded-ledger.ts';
import {
  type AuthorizationServer,
  type AuthorizationServerDeps,
  createAuthorizationServer,
} from '../../src/oauth/authorization-server.ts';
import { isOauthPath } from '../../src/oauth/paths.ts';
import { pageHeaders } from '../../src/pages/security-headers.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Vault } from '../../src/vault/contract.ts';
import { createVault } from '../../src/vault/create-vault.ts';
import { openDataKeys } from '../../src/vault/data-keys.ts';
import { createLocalKeyWrapper } from '../../src/vault/key-wrapper.ts';

const AT_HOME = { sessionId: 'se', via: 'cookie', authenticatedAtMs: 0, method: 'password' } as const;

/** Who is signed in, by the value of the stand-in cookie `owner`. */
const OWNERS = {
  ada: { ...AT_HOME, ownerId: 'own_ada', email: 'ada@owner.test', name: 'Ada' },
  bob: { ...AT_HOME, ownerId: 'own_bob', email: 'bob@owner.test', name: 'Bob' },
} as const;

/** An owner without devices who has just proved who it is, and plain names. */
const PLAIN = {
  devicesOf: async () => [],
  stepUpFor: async () => null,
  confirm: async () => null,
  largeBudgetNanos: 0,
  names: { provider: (name: string) => name, model: (name: string) => name },
};

const sessionOf = async (request: IncomingMessage) => {
  const name = /(?:^|; )owner=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
  return name === 'ada' || name === 'bob' ? OWNERS[name] : null;
};

/** What the authorization server asks of the accounts. */
const SIGNED_IN = {
  isSignedIn: async (request: IncomingMessage) => (await sessionOf(request)) !== null,
  ownProviders: async (request: IncomingMessage) => (await sessionOf(request)) && ['openai'],
};

/** A running broker. */
export type TestBroker = Awaited<ReturnType<typeof startBroker>>;

/** What replaces the machine's own, and what is turned on. */
type BrokerOptions = Partial<
  Pick<
    AuthorizationServerDeps,
    'ambient' | 'documentFetch' | 'registration' | 'openRequests' | 'isOnlyOwner' | 'providerOf' | 'mutualTls'
  >
>;

const findersOf = ({ clients }: AuthorizationServer): Pick<ConsentDeps, 'findClient' | 'findOwnClient'> => ({
  findClient: (id) => clients.find(id),
  findOwnClient: (ownerId, id) => clients.get(ownerId, id),
});

/** What could pay, and the ceilings above. */
const keysOf = (
  vault: Pick<Vault, 'list'>,
  deps: CeilingDeps,
): Pick<ConsentDeps, 'providerKeysOf' | 'ceilings'> => ({
  providerKeysOf: (ownerId) => vault.list(ownerId),
  ceilings: createKeyCeilings(deps),
});

/** Starts one. */
export async function startBroker(options: BrokerOptions = {}) {
  const ambient = options.ambient ?? systemAmbient;
  const store = await openStore({ dataDir: ':memory:', ambient });
  const ledger = await openEmbeddedLedger({ store, ambient });
  const grants = createGrants({ db: store.db, ledger, ambient });
  const vault = createVault({
    db: store.db,
    ledger,
    ambient,
    keys: await openDataKeys(
      store.db,
      { current: createLocalKeyWrapper(ambient.randomBytes(32), ambient), former: null },
      ambient,
    ),
    findProvider: () => ({ checkKey: () => null, keyRequired: true }),
    revokeGrantsOf: async () => {},
    onBadSeal: () => {},
  });
  const accessRequests = createAccessRequests({ db: store.db, ledger, grants, ambient });
  const errors: unknown[] = [];
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    if (isOauthPath(path)) oauth.handle(request, response);
    else void consent(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const openOauth = () =>
    createAuthorizationServer({
      ...options,
      issuer,
      db: store.db,
      ledger,
      grants,
      accessRequests,
      receiptOf: async () => fail('unknown'),
      vault,
      ambient,
      ...SIGNED_IN,
      renderError: renderErrorPage,
      errorPageHeaders: pageHeaders(),
      onError: (error) => errors.push(error),
      baseUrlsOf: (names) => Object.fromEntries(names.map((name) => [name, `${issuer}/${name}`])),
    });
  const oauth = await openOauth();
  const consent = createConsent({
    issuer,
    requests: oauth.requests,
    accessRequests,
    ledger,
    grants,
    sessionOf,
    ...PLAIN,
    ...keysOf(vault, { db: store.db, ledger, grants, now: ambient.now }),
    formSecret: await oauth.secret('consent.form'),
    ...findersOf(oauth),
    ambient,
    onError: (error) => errors.push(error),
  });
  const addKey = async (ownerId: string, provider: string, label = 'main') => {
    const added = await vault.add({ ownerId, provider, label, key: `test-key-${provider}-0123456789` });
    if (!added.ok) throw new Error(added.error.detail);
    return added.value;
  };
  /** What the journal says of delegations of this grant that were refused, oldest first. */
  const refusedDelegations = async (grantId: string) => {
    const entries = store.db.selectFrom('journal').select('body').where('kind', '=', 'delegation.refused');
    const found = await entries.where('grant_id', '=', grantId).orderBy('id').execute();
    return found.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  };
  const close = async () => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    await ledger.close();
    await store.close();
  };
  const rooms = { store, ledger, grants, accessRequests, vault, oauth };
  return { issuer, ...rooms, openOauth, errors, addKey, refusedDelegations, close };
}
