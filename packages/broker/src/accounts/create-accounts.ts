// Puts the sign-in room together: the library, the calls of it that are offered, the first owner, and the pages.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveAsset } from '../pages/assets.ts';
import { isOutage, OUTAGE_MESSAGE, OUTAGE_RETRY_SECONDS, Outage, watchOutages } from '../store/outage.ts';
import type { Vault } from '../vault/contract.ts';
import type { Accounts } from './contract.ts';
import { createFirstOwnerRoom } from './first-owner.ts';
import { handleDevice } from './pages/device-page.ts';
import type { PageHandler, PageRoom } from './pages/page-room.ts';
import { handlePasskeys } from './pages/passkeys-page.ts';
import { handleSetup } from './pages/setup-page.ts';
import { handleSignIn } from './pages/sign-in-page.ts';
import { handleSignOut } from './pages/sign-out-page.ts';
import { createSignInLibrary, type SignInLibrary, type SignInParts } from './sign-in-library.ts';
import { openSignInSecret } from './sign-in-secret.ts';
import { actingFor, addressOf, credentialHeaders, sendWebResponse, toWebRequest } from './web-request.ts';

/** What the room needs. The vault MUST be unlocked. */
export interface AccountsParts extends Omit<SignInParts, 'secret'>, Pick<PageRoom, 'pathOfDeviceCode'> {
  readonly vault: Pick<Vault, 'sealSecret' | 'openSecret'>;
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

const PAGES: ReadonlyMap<string, PageHandler> = new Map([
  ['/setup', handleSetup],
  ['/sign-in', handleSignIn],
  ['/sign-out', handleSignOut],
  ['/device', handleDevice],
  ['/settings/passkeys', handlePasskeys],
]);

const createSessionOf =
  (library: SignInLibrary): Accounts['sessionOf'] =>
  async (request) => {
    const headers = credentialHeaders(request);
    const via = headers.has('authorization') ? 'bearer' : 'cookie';
    const found = await watchOutages(() => library.api.getSession({ headers }));
    return found && { ownerId: found.user.id, email: found.user.email, name: found.user.name, via };
  };

type CallLibrary = (request: Request) => Promise<Response>;

const fault = (status: 500 | 503, message: string, headers: Record<string, string> = {}): Response =>
  Response.json({ message }, { status, headers });

/** Calls the library; a fault of it or of the store is logged and never told: 503 is the store's, 500 any other. */
const createCallLibrary =
  (library: SignInLibrary, log: AccountsParts['log']): CallLibrary =>
  async (request) => {
    try {
      return await watchOutages(() => library.handler(request));
    } catch (error) {
      log('error', `sign-in broke at ${new URL(request.url).pathname}: ${(error as Error).message}`);
      return isOutage(error)
        ? fault(503, OUTAGE_MESSAGE, { 'retry-after': String(OUTAGE_RETRY_SECONDS) })
        : fault(500, 'Something broke inside the broker.');
    }
  };

const answerApi = async (
  callLibrary: CallLibrary,
  issuer: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const webRequest = await toWebRequest(request, issuer);
  const tooLarge = () => Response.json({ message: 'The body is too large.' }, { status: 413 });
  await sendWebResponse(webRequest ? await callLibrary(webRequest) : tooLarge(), response);
};

/** Opens the room over the migrated database. */
export const createAccounts = async (parts: AccountsParts): Promise<Accounts> => {
  const { issuer } = parts;
  const library = createSignInLibrary({ ...parts, secret: await openSignInSecret(parts) });
  const callLibrary = createCallLibrary(library, parts.log);
  const firstOwner = createFirstOwnerRoom(parts, library, parts.onFirstOwner);
  const sessionOf = createSessionOf(library);
  const room: PageRoom = {
    issuer,
    firstOwner,
    sessionOf,
    call: async (request, path, body) => {
      const answer = await callLibrary(actingFor(request, issuer, path, body));
      if (answer.status === 503) throw new Outage('the sign-in library could not be called');
      return answer;
    },
  };

  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (serveAsset(request, response)) return true;
    const url = addressOf(request, issuer);
    const page = PAGES.get(url.pathname);
    if (page) await page(room, request, response, url);
    else if (!url.pathname.startsWith(`${API_PREFIX}/`)) return false;
    else if (OFFERED.has(url.pathname.slice(API_PREFIX.length)))
      await answerApi(callLibrary, issuer, request, response);
    else await sendWebResponse(Response.json({ message: 'Not offered.' }, { status: 404 }), response);
    return true;
  };

  return {
    handler,
    sessionOf,
    createFirstOwner: firstOwner.createFirstOwner,
    setupLink: firstOwner.setupLink,
  };
};
  const confirm = createConfirm({ sessionOf, call });
  const { pathOfDeviceCode } = parts;
  const room: PageRoom = { issuer, firstOwner, sessionOf, stepUpFor, confirm, call, pathOfDeviceCode };
