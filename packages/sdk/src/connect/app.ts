// An app that asks people for a part of their AI account: authorization code with PKCE and a pushed request, or the device flow, then
// connections that renew themselves. It keeps nothing but what its store keeps.

import type { GrantedAccess } from '../child-details.ts';
import { randomText, type SigningKey, sha256 } from '../jws.ts';
import { ownError, refusalOf } from '../valetkey-error.ts';
import { type Connection, openConnection } from './connection.ts';
import { type DeviceCode, pollForTokens, requestDeviceCode } from './device.ts';
import { type Broker, discover } from './discover.ts';
import { type AppIdentity, post, requestTokens, type Tokens } from './endpoints.ts';
import type { SessionDeps, Turns } from './session.ts';
import { type ConnectionStore, type Kept, keptIn, memoryStore, type Pending } from './store.ts';

/** Who the app is, and where it keeps what it is given. */
export interface AppOptions extends Pick<AppIdentity, 'clientId' | 'auth'> {
  /** Where the browser comes back to, as it is registered. The device flow needs none. */
  readonly redirectUri?: string;
  /** Default: memory, which a restart forgets. */
  readonly store?: ConnectionStore;
  /** Whether tokens are bound to a key of this app, so that they are worth nothing without it (DPoP). Default: true. */
  readonly bound?: boolean;
  readonly fetch?: typeof fetch;
}

/** A part of what is asked for: an entry of `authorization_details`. */
export type AskedAccess = Omit<GrantedAccess, 'type'> & { readonly type?: string };

/** What is asked of whom. */
export interface Asked {
  /** The broker, as a person types it. */
  readonly broker: string;
  /** As little as the app needs: the person can only narrow it. */
  readonly access: readonly AskedAccess[];
  /** Whose connection it is, such as the id of a user of the app. Default: there is one. */
  readonly name?: string;
}

/** An app. Every method rejects with a `ValetkeyError`. */
export interface ValetkeyApp {
  /** Asks. Send the person's browser to `url`; it comes back to the redirect address, which is given to `finish`. */
  start(asked: Asked): Promise<{ readonly url: string; readonly state: string }>;
  /** Takes what came back, once: `url` is the address that the browser was sent to. `access_denied` where the person said no. */
  finish(returned: { readonly url: string | URL; readonly name?: string }): Promise<Connection>;
  /** Asks from a device without a browser: calls `onCode` with what to show, then waits for the person. */
  device(
    asked: Asked & { readonly onCode: (code: DeviceCode) => void; readonly signal?: AbortSignal },
  ): Promise<Connection>;
  /** The connection there is; null for none. It is read, and nobody is asked whether it still lives. */
  connection(name?: string): Promise<Connection | null>;
}

/** The name where there is one connection. */
export const ONE = 'default';

/** What the steps share. */
interface AppParts {
  readonly app: AppIdentity;
  readonly options: AppOptions;
  readonly kept: Kept;
  readonly brokerAt: (address: string) => Promise<Broker>;
  readonly sessionOf: (name: string) => SessionDeps;
}

/** Sessions of one store take turns, whichever app object they came from. */
const turnsOf = new WeakMap<ConnectionStore, Turns>();

/** An app of these options. Asks nobody yet. */
export function valetkeyApp(options: AppOptions): ValetkeyApp {
  const { clientId, auth, store = memoryStore(), fetch: fetcher = fetch } = options;
  const app: AppIdentity = { clientId, ...(auth && { auth }), fetch: fetcher };
  const turns = turnsOf.get(store) ?? { running: new Map(), unsaved: new Map() };
  turnsOf.set(store, turns);
  const kept = keptIn(store);
  const brokers = new Map<string, Promise<Broker>>();
  const brokerAt = (address: string): Promise<Broker> => {
    const known = brokers.get(address);
    if (known) return known;
    const found = discover(address, { fetch: fetcher });
    brokers.set(address, found);
    found.catch(() => brokers.delete(address));
    return found;
  };
  const sessionOf = (name: string): SessionDeps => ({ app, kept, name, brokerAt, turns });
  const parts: AppParts = { app, options, kept, brokerAt, sessionOf };
  return {
    start: (asked) => start(parts, asked),
    finish: ({ url, name = ONE }) => finish(parts, new URL(url), name),
    device: (asked) => connectDevice(parts, asked),
    connection: (name = ONE) => open(parts, name),
  };
}

const detailsText = (access: readonly AskedAccess[]): string =>
  JSON.stringify(access.map((part) => ({ type: 'ai_model_access', ...part })));

const newKey = ({ options, kept }: AppParts): Promise<SigningKey | null> =>
  options.bound === false ? Promise.resolve(null) : kept.createKey();

async function start(parts: AppParts, { broker: address, access, name = ONE }: Asked) {
  const { app, options, kept, brokerAt } = parts;
  const { redirectUri } = options;
  if (redirectUri === undefined) throw new TypeError('An app that asks in a browser needs its redirectUri.');
  const broker = await brokerAt(address);
  const [state, verifier, key] = [randomText(), randomText(), await newKey(parts)];
  // Saved before anything leaves: an answer that comes back finds what it belongs to.
  await kept.pending.save(name, { issuer: broker.issuer, state, verifier, redirectUri, key });
  const fields = {
    response_type: 'code',
    redirect_uri: redirectUri,
    state,
    code_challenge: await sha256(verifier),
    code_challenge_method: 'S256',
    authorization_details: detailsText(access),
    ...(key && { dpop_jkt: key.thumbprint }),
  };
  const { request_uri } = await post<{ request_uri: string }>(app, broker, broker.parEndpoint, fields);
  const query = new URLSearchParams({ client_id: app.clientId, request_uri });
  return { url: `${broker.authorizationEndpoint}?${query}`, state };
}

async function finish(parts: AppParts, url: URL, name: string): Promise<Connection> {
  const { app, kept, brokerAt } = parts;
  const returned = url.searchParams;
  // In turn: a page that is loaded twice MUST NOT redeem a code twice, the broker takes that for a theft.
  const pending = await kept.exclusively(name, () => takePending(kept, name, returned.get('state')));
  if (returned.get('iss') !== pending.issuer)
    throw ownError('issuer_mismatch', 'This answer is from another Valetkey than the one that was asked.');
  const [error, code] = [returned.get('error'), returned.get('code')];
  if (error !== null) throw refusalOf(0, { error, error_description: returned.get('error_description') });
  if (code === null) throw ownError('state_mismatch', 'This answer holds neither a code nor an error.');
  const { issuer, redirectUri, verifier, key } = pending;
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  };
  return connected(parts, name, issuer, await requestTokens(app, await brokerAt(issuer), fields, key), key);
}

/** RFC 6749 section 10.12: somebody else's answer MUST NOT be taken for one that was asked for here, nor end the one that is waited for. */
async function takePending({ pending }: Kept, name: string, state: string | null): Promise<Pending> {
  const found = await pending.load(name);
  if (found === null || state !== found.state)
    throw ownError('state_mismatch', 'This answer belongs to no request that was made here.');
  await pending.remove(name);
  return found;
}

async function connectDevice(
  parts: AppParts,
  { broker: address, access, name = ONE, onCode, signal }: Parameters<ValetkeyApp['device']>[0],
): Promise<Connection> {
  const { app, brokerAt } = parts;
  const broker = await brokerAt(address);
  const key = await newKey(parts);
  const asked = await requestDeviceCode(app, broker, detailsText(access), key, signal);
  onCode(asked.shown);
  return connected(parts, name, broker.issuer, await pollForTokens(app, broker, asked, key, signal), key);
}

/** Keeps what came before anything else is tried with it. */
async function connected(
  parts: AppParts,
  name: string,
  issuer: string,
  tokens: Tokens,
  key: SigningKey | null,
): Promise<Connection> {
  const { kept, sessionOf } = parts;
  const saved = { ...tokens, issuer, key, baseUrls: null };
  await kept.exclusively(name, () => kept.connections.save(name, saved));
  return learn(parts, name, openConnection(sessionOf(name), saved));
}

async function open(parts: AppParts, name: string): Promise<Connection | null> {
  const saved = await parts.kept.connections.load(name);
  if (saved === null) return null;
  const connection = openConnection(parts.sessionOf(name), saved);
  return saved.baseUrls === null ? learn(parts, name, connection) : connection;
}

/** Asks where to call, once. */
async function learn(parts: AppParts, name: string, connection: Connection): Promise<Connection> {
  const { kept, sessionOf } = parts;
  const { baseUrls } = await connection.whoami();
  return kept.exclusively(name, async () => {
    const now = await kept.connections.load(name);
    if (now?.grantId !== connection.grantId)
      throw ownError('not_connected', 'This connection was ended or replaced in another place.');
    const saved = { ...now, baseUrls };
    await kept.connections.save(name, saved);
    return openConnection(sessionOf(name), saved);
  });
}
