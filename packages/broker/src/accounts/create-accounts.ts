// Puts the sign-in room together: the library, the calls of it that are offered, the first owner, and the pages.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveAsset } from '../pages/assets.ts';
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
export interface AccountsParts extends Omit<SignInParts, 'secret'> {
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
    const found = await library.api.getSession({ headers });
    return found && { ownerId: found.user.id, email: found.user.email, name: found.user.name, via };
  };

type CallLibrary = (request: Request) => Promise<Response>;

/** Calls the library; a fault of it or of the store is logged and answered with 500, never told. */
const createCallLibrary =
  (library: SignInLibrary, log: AccountsParts['log']): CallLibrary =>
  async (request) => {
    try {
      return await library.handler(request);
    } catch (error) {
      log('error', `sign-in broke at ${new URL(request.url).pathname}: ${(error as Error).message}`);
      return Response.json({ message: 'Something broke inside the broker.' }, { status: 500 });
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
    call: (request, path, body) => callLibrary(actingFor(request, issuer, path, body)),
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
