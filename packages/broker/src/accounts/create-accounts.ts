// Puts the sign-in room together: the library, the calls of it that are offered, the first owner, and the pages.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAdmitted } from '../owners/is-admitted.ts';
import { serveAsset } from '../pages/assets.ts';
import { CONFIRM_PATH } from '../pages/confirmation.ts';
import { isSameOrigin } from '../pages/same-origin.ts';
import { type PeerOf, peerOfConnection } from '../peer-address.ts';
import { isOutage, OUTAGE_MESSAGE, OUTAGE_RETRY_SECONDS, Outage, watchOutages } from '../store/outage.ts';
import type { SecretSealer } from '../vault/contract.ts';
import { houseSecret } from '../vault/house-secret.ts';
import type { Accounts, SignInMethod } from './contract.ts';
import { createFirstOwnerRoom } from './first-owner.ts';
import { handleConfirm } from './pages/confirm-page.ts';
import { handleDevice } from './pages/device-page.ts';
import { handleInvite } from './pages/invite-page.ts';
import { messages } from './pages/messages.ts';
import { describeWait, type PageHandler, type PageRoom } from './pages/page-room.ts';
import { handlePasskeys } from './pages/passkeys-page.ts';
import { handleSetup } from './pages/setup-page.ts';
import { handleSignIn } from './pages/sign-in-page.ts';
import { handleSignOut } from './pages/sign-out-page.ts';
import { beginTry, vouchForTry } from './password-turns.ts';
import { LibrarySessions } from './sessions.ts';
import { createSignInLibrary, hasPasskeys, type SignInLibrary, type SignInParts } from './sign-in-library.ts';
import { createStepUp, type StepUpPolicy } from './step-up.ts';
import { Throttle } from './throttle.ts';
import {
  actingFor,
  addressOf,
  credentialHeaders,
  type Surroundings,
  sendWebResponse,
  toWebRequest,
} from './web-request.ts';

/** What the room needs. The vault MUST be unlocked. */
export interface AccountsParts
  extends Omit<SignInParts, 'secret'>,
    Pick<PageRoom, 'pathOfDeviceCode' | 'programsFor'> {
  readonly vault: SecretSealer;
  readonly stepUp: StepUpPolicy;
  /** Where requests come from; from where they are connected unless given. */
  readonly peerOf?: PeerOf;
  /** Runs once, when the first owner was made: imports provider keys, adds the sandbox. */
  readonly onFirstOwner: (ownerId: string) => Promise<void>;
}

const API_PREFIX = '/api/auth';

/** The calls of the library that are offered; it has more, and new releases add some. */
const OFFERED = new Set([
  '/sign-in/email',
  '/sign-out',
  '/get-session',
  '/list-sessions',
  '/revoke-session',
  '/revoke-other-sessions',
  '/change-password',
  '/passkey/generate-register-options',
  '/passkey/verify-registration',
  '/passkey/generate-authenticate-options',
  '/passkey/verify-authentication',
  '/passkey/list-user-passkeys',
  '/passkey/delete-passkey',
  '/passkey/update-passkey',
  '/device/code',
  '/device/token',
]);

/** Calls that change how an owner comes in: not without a recent proof that it is the owner who asks. */
const GUARDED = new Set([
  '/change-password',
  '/passkey/generate-register-options',
  '/passkey/verify-registration',
  '/passkey/delete-passkey',
]);

/** Calls by which a person proves who they are. */
const PROOFS = new Set(['/sign-in/email', '/passkey/verify-authentication']);

const PAGES: ReadonlyMap<string, PageHandler> = new Map([
  ['/setup', handleSetup],
  ['/invite', handleInvite],
  ['/sign-in', handleSignIn],
  ['/sign-out', handleSignOut],
  [CONFIRM_PATH, handleConfirm],
  ['/device', handleDevice],
  ['/settings/passkeys', handlePasskeys],
]);

/** Every address that this room answers, but for its assets. */
export const ACCOUNT_PATHS: readonly string[] = [
  ...PAGES.keys(),
  ...[...OFFERED].map((call) => API_PREFIX + call),
];

const createSessionOf =
  (library: SignInLibrary, sessions: LibrarySessions, db: AccountsParts['db']): Accounts['sessionOf'] =>
  async (request) => {
    const headers = credentialHeaders(request);
    const via = headers.has('authorization') ? 'bearer' : 'cookie';
    const found = await watchOutages(() => library.api.getSession({ headers }));
    // Asked each time: a session that outlived the suspension of its owner is worth nothing.
    if (!found || !(await isAdmitted(db, found.user.id))) return null;
    const { user, session } = found;
    sessions.noteUse(session);
    const method = (session.method ?? 'password') as SignInMethod;
    const authenticatedAtMs = session.createdAt.getTime();
    const sessionId = session.id;
    return {
      ownerId: user.id,
      sessionId,
      email: user.email,
      name: user.name,
      via,
      authenticatedAtMs,
      method,
    };
  };

type CallLibrary = (request: Request) => Promise<Response>;

const callOf = (request: Request): string => new URL(request.url).pathname.slice(API_PREFIX.length);

/**
 * A proof in a browser where somebody is signed in gives it another session, and the one before ends: what was known of it is worth
 * nothing afterwards, and the new one alone counts as proven.
 */
const replacingSessions =
  (library: SignInLibrary, ledger: AccountsParts['ledger']): CallLibrary =>
  async (request) => {
    if (!PROOFS.has(callOf(request))) return library.handler(request);
    const { headers } = request;
    const before = await library.api.getSession({ headers, query: { disableRefresh: true } });
    const answer = await library.handler(request);
    if (!before || !answer.ok) return answer;
    const { user } = (await answer.clone().json()) as { user: { id: string } };
    const body = { session_id: before.session.id, by: callOf(request) };
    if (user.id === before.user.id)
      await ledger.record([{ ownerId: user.id, kind: 'owner.confirmed', body }]);
    await (await library.$context).internalAdapter.deleteSession(before.session.token);
    return answer;
  };

const fault = (status: 500 | 503, message: string, headers: Record<string, string> = {}): Response =>
  Response.json({ message }, { status, headers });

/** Calls the library; a fault of it or of the store is logged and never told: 503 is the store's, 500 any other. */
const createCallLibrary = (
  library: SignInLibrary,
  { log, ledger }: Pick<AccountsParts, 'log' | 'ledger'>,
): CallLibrary => {
  const call = replacingSessions(library, ledger);
  return async (request) => {
    try {
      return await beginTry(() => watchOutages(() => call(request)));
    } catch (error) {
      log('error', `sign-in broke at ${new URL(request.url).pathname}: ${(error as Error).message}`);
      return isOutage(error)
        ? fault(503, OUTAGE_MESSAGE, { 'retry-after': String(OUTAGE_RETRY_SECONDS) })
        : fault(500, 'Something broke inside the broker.');
    }
  };
};

const refuse = (status: number, message: string): Response => Response.json({ message }, { status });

/** Whether another site made a browser send this. Programs that are none send neither header. */
const isForeign = ({ method, headers }: IncomingMessage, issuer: string): boolean =>
  method !== 'GET' &&
  method !== 'HEAD' &&
  (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) &&
  !isSameOrigin(headers, new URL(issuer).origin);

/** One of the offered calls, from a script of ours or the command line. */
const answerCall = async (
  room: Pick<PageRoom, 'sessionOf' | 'stepUpFor'> & Surroundings,
  callLibrary: CallLibrary,
  call: string,
  request: IncomingMessage,
): Promise<Response> => {
  if (!OFFERED.has(call)) return refuse(404, 'Not offered.');
  if (isForeign(request, room.issuer)) return refuse(403, 'This was sent from another site.');
  const session = GUARDED.has(call) ? await room.sessionOf(request) : null;
  if (session && (await room.stepUpFor(session)))
    return refuse(401, `Confirm first that it is you, at ${room.issuer}${CONFIRM_PATH}.`);
  const webRequest = await toWebRequest(request, room);
  return webRequest ? callLibrary(webRequest) : refuse(413, 'The body is too large.');
};

/** Whether the owner has a passkey that works at this house: they are bound to a host name. */
const passkeysOf =
  (library: SignInLibrary, issuer: string) =>
  async (ownerId: string): Promise<boolean> => {
    if (!hasPasskeys(issuer)) return false;
    const { adapter } = await library.$context;
    return (await adapter.count({ model: 'passkey', where: [{ field: 'userId', value: ownerId }] })) > 0;
  };

/** See `Accounts.confirm`. */
const createConfirm =
  ({ sessionOf, call }: Pick<PageRoom, 'sessionOf' | 'call'>): Accounts['confirm'] =>
  async (request, response, password) => {
    const session = await sessionOf(request);
    if (!session) return messages.signedOut;
    const answer = await call(request, '/sign-in/email', { email: session.email, password });
    if (answer.status === 429) return describeWait(answer);
    if (!answer.ok) return messages.wrongPassword;
    for (const cookie of answer.headers.getSetCookie()) response.appendHeader('set-cookie', cookie);
    return null;
  };

/** Passwords with one invitation that count as those of somebody known. */
const VOUCHED_FOR = { most: 20, windowSeconds: 300 };

/** Opens the room over the migrated database. */
export const createAccounts = async (parts: AccountsParts): Promise<Accounts> => {
  const { issuer, peerOf = peerOfConnection } = parts;
  const library = createSignInLibrary({ ...parts, secret: await houseSecret(parts, 'sign-in') });
  const callLibrary = createCallLibrary(library, parts);
  const firstOwner = createFirstOwnerRoom(parts, library, parts.onFirstOwner);
  const sessions = new LibrarySessions(library, parts.ambient.now);
  const sessionOf = createSessionOf(library, sessions, parts.db);
  const stepUpFor = createStepUp(parts.stepUp, parts.ambient.now, passkeysOf(library, issuer));
  const call: PageRoom['call'] = async (request, path, body) => {
    const answer = await callLibrary(actingFor(request, { issuer, peerOf }, path, body));
    if (answer.status === 503) throw new Outage('the sign-in library could not be called');
    return answer;
  };
  const confirm = createConfirm({ sessionOf, call });
  const { pathOfDeviceCode, programsFor, invitations } = parts;
  const invited = new Throttle(parts.ambient.now);
  const room: PageRoom = {
    issuer,
    firstOwner,
    invitations,
    hashPassword: (password, invitation) =>
      beginTry(async () => {
        // Whoever has an invitation is no stranger: a flood of sign-ins leaves them a turn. One who floods is.
        if (invited.attempt(invitation, VOUCHED_FOR) === null) vouchForTry();
        return (await library.$context).password.hash(password);
      }),
    sessionOf,
    stepUpFor,
    confirm,
    call,
    pathOfDeviceCode,
    programsFor,
  };

  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (serveAsset(request, response)) return true;
    const url = addressOf(request, issuer);
    const page = PAGES.get(url.pathname);
    if (page) await page(room, request, response, url);
    else if (!url.pathname.startsWith(`${API_PREFIX}/`)) return false;
    else {
      const name = url.pathname.slice(API_PREFIX.length);
      await sendWebResponse(await answerCall({ ...room, peerOf }, callLibrary, name, request), response);
    }
    return true;
  };

  return {
    handler,
    sessionOf,
    sessions,
    stepUpFor,
    confirm,
    createFirstOwner: firstOwner.createFirstOwner,
    setupLink: firstOwner.setupLink,
  };
};
