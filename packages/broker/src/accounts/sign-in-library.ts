// better-auth, configured: password, passkeys, session tokens for the command line, device sign-in. Sign-up is closed, nothing is sent
// anywhere, guessing is throttled by address and by account, and every change of who may come in is journalled.

import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import { passkey } from '@better-auth/passkey';
import { betterAuth } from 'better-auth';
import { APIError, createAuthMiddleware, isAPIError } from 'better-auth/api';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { bearer, deviceAuthorization } from 'better-auth/plugins';
import { type Kysely, sql } from 'kysely';
import type { Ambient } from '../clock.ts';
import { sha256 } from '../digest.ts';
import { languageAskedFor } from '../language.ts';
import type { EntryInput, Ledger } from '../ledger/contract.ts';
import type { Owners } from '../owners/contract.ts';
import { isAdmitted } from '../owners/is-admitted.ts';
import { keepLanguage } from '../owners/owner-language.ts';
import { cookiePrefix } from '../pages/session-cookie.ts';
import { networkOf } from '../peer-address.ts';
import { createQuotas, type Quotas } from '../store/quotas.ts';
import type { Schema } from '../store/schema.ts';
import type { SignInMethod } from './contract.ts';
import { registerPasskeys } from './invited-passkey.ts';
import { createKnownDevices, KNOWN_SECONDS, type KnownDevices } from './known-devices.ts';
import { TooManyWaiting, takePasswordTurn, vouchForTry } from './password-turns.ts';
import { forgetTries, type SignInTry, waitForTry } from './sign-in-limits.ts';
import { Throttle } from './throttle.ts';
import { PEER_HEADER } from './web-request.ts';

/** The only client of device sign-in: our own command line. */
const CLI_CLIENT_ID = 'valetkey-cli';

/** Characters a password may have. Length is what slows guessing; no other rule is worth its trouble (NIST SP 800-63B). */
export const PASSWORD_LENGTH = { min: 12, max: 256 } as const;

/** What the library is built from. */
export interface SignInParts {
  readonly db: Kysely<Schema>;
  readonly engine: 'sqlite' | 'postgres';
  readonly ledger: Pick<Ledger, 'record'>;
  readonly ambient: Ambient;
  /** Public origin, without a slash at the end. */
  readonly issuer: string;
  readonly secret: string;
  readonly invitations: Pick<Owners, 'invitationOf' | 'accept'>;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void;
}

const GUESSES_PER_ADDRESS = { window: 300, max: 30 };
const DAY_SECONDS = 24 * 60 * 60;

/** Passkeys are bound to a host name: browsers refuse them at a bare IP address. */
export const hasPasskeys = (issuer: string): boolean =>
  isIP(new URL(issuer).hostname.replace(/^\[|\]$/g, '')) === 0;

/** As the library finds an account. */
const accountOf = (body: unknown): string =>
  String((body as { email?: unknown })?.email)
    .trim()
    .toLowerCase();

/** What guesses are counted under. Whoever reads the table learns no address. */
const guessKey = (key: string): string => `guess ${sha256(key)}`;

const tooMany = (waitSeconds: number): APIError =>
  new APIError(
    'TOO_MANY_REQUESTS',
    { message: 'Too many attempts.' },
    { 'x-retry-after': String(waitSeconds) },
  );

/** Seconds after which a password that found no turn may be tried again: a full line of them takes about two. */
const TURN_SECONDS = 5;

const inTurn = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  try {
    return await takePasswordTurn(work);
  } catch (error) {
    throw error instanceof TooManyWaiting ? tooMany(TURN_SECONDS) : error;
  }
};

// As the library signs its cookie: the token a caller holds is worth nothing without the signature, and only the token is stored.
const signToken = (token: string, secret: string): string =>
  `${token}.${createHmac('sha256', secret).update(token).digest('base64')}`;

/** Where an answer carries a session token. */
const TOKEN_MEMBERS: Readonly<Record<string, string>> = {
  '/sign-in/email': 'token',
  '/device/token': 'access_token',
};

/** Journal kinds by the call that, when it succeeds, changes how an owner can come in. Sessions are journalled where they are stored. */
const JOURNALLED: Readonly<Record<string, string>> = {
  '/passkey/verify-registration': 'owner.passkey_added',
  '/passkey/delete-passkey': 'owner.passkey_removed',
  '/change-password': 'owner.password_changed',
  '/device/approve': 'owner.device_approved',
  '/device/deny': 'owner.device_denied',
};

const journal = async (
  parts: SignInParts,
  kind: string,
  ownerId: string,
  body: EntryInput['body'],
): Promise<void> => parts.ledger.record([{ ownerId, kind, body }]);

/**
 * Notes a wrong password in the journal of the owner whose it is not; guesses are throttled, and so are these entries. MUST NOT be waited
 * for: how long the answer takes would tell whether there is such an account.
 */
const noteFailure = (
  parts: SignInParts,
  accounts: { findUserByEmail(email: string): Promise<{ readonly user: { readonly id: string } } | null> },
  body: unknown,
): void => {
  accounts
    .findUserByEmail(accountOf(body))
    .then((found) => found && journal(parts, 'owner.sign_in_failed', found.user.id, { by: '/sign-in/email' }))
    .catch((error: unknown) =>
      parts.log('warn', `a failed sign-in could not be recorded: ${(error as Error).message}`),
    );
};

/** Calls by which somebody signs in who has an account. */
const SIGN_INS = new Set(['/sign-in/email', '/passkey/verify-authentication']);

/** Calls after which the browser that made them is known for the account; an account can begin with its first passkey. */
const MAKES_KNOWN = new Set([...SIGN_INS, '/passkey/verify-registration']);

/** What hooks are given of a call, as far as it is read here. */
interface Call {
  readonly body?: unknown;
  readonly headers?: Headers | undefined;
  getCookie(name: string): string | null | undefined;
}

/** The cookie by which a browser is known. */
const knownCookie = ({ issuer }: SignInParts): string => `${cookiePrefix(issuer)}.known_device`;

/** Before and after every call of the library. */
const createHooks = (parts: SignInParts, quotas: Quotas, devices: KnownDevices) => {
  const cookie = knownCookie(parts);
  const attributes = {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: parts.issuer.startsWith('https:'),
    maxAge: KNOWN_SECONDS,
  } as const;
  const tryOf = (ctx: Call): SignInTry => {
    const account = accountOf(ctx.body);
    const network = networkOf(ctx.headers?.get(PEER_HEADER) ?? '');
    return { account, network, device: devices.read(ctx.getCookie(cookie), account) };
  };
  const before = createAuthMiddleware(async (ctx) => {
    if (ctx.path !== '/sign-in/email') return;
    const tried = tryOf(ctx);
    if (tried.device !== null) vouchForTry();
    const wait = await waitForTry(quotas, tried);
    if (wait !== null) throw tooMany(wait);
  });
  const after = createAuthMiddleware(async (ctx) => {
    const { returned, session, newSession } = ctx.context;
    if (isAPIError(returned)) {
      if (ctx.path === '/sign-in/email' && returned.status === 'UNAUTHORIZED')
        noteFailure(parts, ctx.context.internalAdapter, ctx.body);
      return undefined;
    }
    const kind = JOURNALLED[ctx.path];
    const person = session ?? newSession;
    if (kind && person) await journal(parts, kind, person.user.id, {});
    if (ctx.path === '/sign-in/email') await forgetTries(quotas, tryOf(ctx));
    const language = languageAskedFor();
    if (newSession && language !== null) await keepLanguage(parts.db, newSession.user.id, language);
    if (newSession && MAKES_KNOWN.has(ctx.path))
      ctx.setCookie(cookie, devices.issue(newSession.user.email), attributes);
    const member = TOKEN_MEMBERS[ctx.path];
    if (!member) return undefined;
    const answer = returned as Readonly<Record<string, unknown>>;
    return ctx.json({ ...answer, [member]: signToken(String(answer[member]), parts.secret) });
  });
  return { before, after };
};

/** How the call that begins a session proves who is there. */
const METHODS: Readonly<Record<string, SignInMethod>> = {
  '/passkey/verify-authentication': 'passkey',
  '/passkey/verify-registration': 'passkey',
  '/device/token': 'device',
};

/** What an entry says of the browser in which somebody signs in, so that its owner hears of one that was not known. */
const knownBrowser = async (
  parts: SignInParts,
  devices: KnownDevices,
  ownerId: string,
  context: (Pick<Call, 'getCookie'> & { readonly path?: string }) | null,
): Promise<{ readonly known_browser?: boolean }> => {
  if (!context || !SIGN_INS.has(context.path ?? '')) return {};
  const { rows } = await sql<{ email: string }>`select email from "user" where id = ${ownerId}`.execute(
    parts.db,
  );
  const cookie = context.getCookie(knownCookie(parts));
  return { known_browser: devices.read(cookie, rows[0]?.email ?? '') !== null };
};

/** Every session that begins or ends, however: by password, passkey, device, sign-out or revocation. Expiry needs no entry. */
const createSessionHooks = (parts: SignInParts, devices: KnownDevices) => ({
  create: {
    before: async (session: { userId: string }, context: { path?: string } | null) => {
      // In the words of a wrong password.
      if (!(await isAdmitted(parts.db, session.userId))) throw new APIError('UNAUTHORIZED');
      return {
        data: {
          ...session,
          createdAt: new Date(parts.ambient.now()),
          method: METHODS[context?.path ?? ''] ?? 'password',
        },
      };
    },
    after: async (
      session: { id: string; userId: string },
      context: (Pick<Call, 'getCookie'> & { path?: string }) | null,
    ) =>
      journal(parts, 'owner.signed_in', session.userId, {
        session_id: session.id,
        by: context?.path ?? 'broker',
        ...(await knownBrowser(parts, devices, session.userId, context)),
      }),
  },
  delete: {
    after: async (session: { id: string; userId: string }) =>
      journal(parts, 'owner.signed_out', session.userId, { session_id: session.id }),
  },
});

/** Counts per address and call with a clock that can be set: guesses over all replicas, floods of anything else in each. */
const createRateLimit = (ambient: Ambient, quotas: Quotas) => {
  const floods = new Throttle(ambient.now);
  return {
    enabled: true,
    window: 10,
    max: 100,
    customRules: {
      // Counted by what is typed, too: `sign-in-limits.ts`.
      '/sign-in/email': false as const,
      '/passkey/verify-authentication': GUESSES_PER_ADDRESS,
      '/change-password': GUESSES_PER_ADDRESS,
      '/device': GUESSES_PER_ADDRESS,
      '/device/code': GUESSES_PER_ADDRESS,
    },
    customStorage: {
      consume: async (key: string, rule: { window: number; max: number }) => {
        const isGuess = rule.max === GUESSES_PER_ADDRESS.max;
        const quota = { windowSeconds: rule.window, most: rule.max };
        const retryAfter = isGuess ? await quotas.waitFor(guessKey(key), quota) : floods.attempt(key, quota);
        return { allowed: retryAfter === null, retryAfter };
      },
    },
  };
};

const createPlugins = ({ issuer, db, ambient, invitations }: SignInParts) => {
  // A passkey is the only factor, so the person must have been checked by it, not merely be near it.
  const requireUser = (isVerified: boolean | undefined) => {
    if (!isVerified)
      throw new APIError('UNAUTHORIZED', { message: 'The passkey did not check who you are.' });
  };
  return [
    passkey({
      rpName: 'Valetkey',
      rpID: new URL(issuer).hostname,
      origin: new URL(issuer).origin,
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      registration: registerPasskeys(invitations, requireUser),
      authentication: {
        afterVerification: async ({ verification }) =>
          requireUser(verification.authenticationInfo.userVerified),
      },
    }),
    bearer({ requireSignature: true }),
    deviceAuthorization({
      verificationUri: `${issuer}/device`,
      expiresIn: '10m',
      interval: '5s',
      validateClient: (clientId) => clientId === CLI_CLIENT_ID,
      // Codes that nobody asks for again would stay for ever.
      onDeviceAuthRequest: async () => {
        await sql`delete from "deviceCode" where "expiresAt" < ${new Date(ambient.now()).toISOString()}`.execute(
          db,
        );
      },
    }),
  ];
};

/** The sign-in library over our tables. Its `handler` MUST only be reached through the list of offered calls in `create-accounts.ts`. */
export const createSignInLibrary = (parts: SignInParts) => {
  const isSecure = parts.issuer.startsWith('https:');
  const quotas = createQuotas(parts.db, parts.ambient.now);
  const devices = createKnownDevices(parts.secret, parts.ambient);
  return betterAuth({
    appName: 'Valetkey',
    baseURL: parts.issuer,
    basePath: '/api/auth',
    secret: parts.secret,
    trustedOrigins: [new URL(parts.issuer).origin],
    database: { db: parts.db, type: parts.engine },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH.min,
      maxPasswordLength: PASSWORD_LENGTH.max,
      password: {
        hash: (password) => inTurn(() => hashPassword(password)),
        verify: (given) => inTurn(() => verifyPassword(given)),
      },
    },
    session: {
      expiresIn: 14 * DAY_SECONDS,
      updateAge: DAY_SECONDS,
      cookieCache: { enabled: false },
      // Ours asks more, and of more calls: `step-up.ts`.
      freshAge: 0,
      additionalFields: { method: { type: 'string', required: false, input: false } },
    },
    rateLimit: createRateLimit(parts.ambient, quotas),
    plugins: createPlugins(parts),
    hooks: createHooks(parts, quotas, devices),
    databaseHooks: { session: createSessionHooks(parts, devices) },
    advanced: {
      cookiePrefix: cookiePrefix(parts.issuer),
      useSecureCookies: false,
      defaultCookieAttributes: { secure: isSecure },
      ipAddress: { ipAddressHeaders: [PEER_HEADER] },
      disableCSRFCheck: false,
      disableOriginCheck: false,
    },
    telemetry: { enabled: false },
    // Faults come to our own handler and log; left to itself the library prints them.
    onAPIError: { throw: true },
    logger: { disableColors: true, log: (level, message) => parts.log(level, message) },
  });
};

/** The library as the rest of this room sees it. */
export type SignInLibrary = ReturnType<typeof createSignInLibrary>;
