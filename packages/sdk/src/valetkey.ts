// A program's own grant: what it may do, what is left, narrower children of it, its end. All of it is asked of the broker, which decides;
// nothing here is a rule.

import { type ChildAccess, childDetails, type GrantedAccess } from './child-details.ts';
import { brokerOrigin, createHolder, type Holder, idInPath, type TokenSource } from './holder.ts';
import type { SigningKey } from './jws.ts';
import { askForMore, type MoreAsked, type MoreRequest } from './more.ts';
import { usdText } from './usd-text.ts';

/** Which token is used, where. What is left out is taken from `VALETKEY_URL` and `VALETKEY_TOKEN`. */
export interface ValetkeyOptions {
  /** The broker's address, such as `https://keys.example.com`. With a bound token, exactly as the broker calls itself. */
  readonly baseUrl?: string;
  /** A key-shaped token or an OAuth access token, or what brings the one that is valid now. */
  readonly token?: TokenSource;
  /** The key that the token is bound to, if it is bound to one. */
  readonly dpopKey?: SigningKey;
  /** Stands in for the global one. */
  readonly fetch?: typeof fetch;
}

/** Where to point an official SDK, by the API it speaks. */
export type BaseUrls = Readonly<Partial<Record<'openai' | 'anthropic' | 'google', string>>>;

/** Of the money limit with the least left; decimal USD, exact. */
export interface Budget {
  readonly usedUsd: string;
  /** Set aside for calls that are running. */
  readonly reservedUsd: string;
  readonly remainingUsd: string;
}

/** The grant of a token. */
export interface Grant {
  readonly grantId: string;
  /** The grant that it is a child of; null for one that an owner gave. */
  readonly parentGrantId: string | null;
  /** How many delegations lead to it. */
  readonly depth: number;
  readonly status: string;
  /** What it may do now, within every grant above it. */
  readonly access: readonly GrantedAccess[];
  readonly baseUrls: BaseUrls;
  /** Null where no money limit applies. */
  readonly budget: Budget | null;
}

/** What a child is to be. `details` replaces all members of `ChildAccess`. */
export interface ChildRequest extends ChildAccess {
  /** What its owner sees it called: letters, digits and `. _ : @ -`. */
  readonly name: string;
  /** Thumbprint of the key that its token is bound to, so that only the holder of the key can use it. Default: that of its parent, if any. */
  readonly boundTo?: string;
  /** Its `authorization_details`, word for word. */
  readonly details?: readonly GrantedAccess[];
}

/** A child's token and what it is for. The token is nowhere else: the broker keeps a hash. */
export interface ChildToken {
  readonly grantId: string;
  readonly parentGrantId: string;
  /** For `apiKey` of an official SDK, where it is not bound to a key. */
  readonly token: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly baseUrls: BaseUrls;
  readonly expiresAt: Date | null;
  /** What it may do in the end. */
  readonly access: readonly GrantedAccess[];
}

/** A child that was made. */
export interface Child extends ChildToken, AsyncDisposable {
  readonly name: string;
  /** Ends it, and all below it, at once. Ended before is ended. `await using` does it at the end of the block. */
  revoke(): Promise<void>;
}

/** A child in a list. */
export interface ListedChild {
  readonly grantId: string;
  readonly name: string;
  readonly status: string;
  readonly expiresAt: Date | null;
}

/** A program's own grant. Every method rejects with a `ValetkeyError` where the broker refuses or does not answer. */
export interface Access {
  /** The broker's origin. */
  readonly baseUrl: string;
  /** `fetch` with the token, and a proof for each request if it is bound: for official SDKs (`fetch` option). It reaches the broker alone. */
  readonly fetch: typeof fetch;
  /** What it may do now, and what is left. */
  whoami(): Promise<Grant>;
  /** What is left of the tightest money limit, its own or of a grant above it; null where there is none. */
  budget(): Promise<Budget | null>;
  /** Makes a narrower child. Its calls draw on this grant, too, and it ends with it. */
  delegate(child: ChildRequest): Promise<Child>;
  /** Asks the owner for more. Asking the same again gives the request there is. */
  requestMore(asked: MoreAsked): Promise<MoreRequest>;
  /** The children that have not ended, the newest 200. */
  children(): Promise<readonly ListedChild[]>;
  /** Ends a child of its own, and all below that. */
  revokeChild(grantId: string): Promise<void>;
  /** Ends this grant itself, and all below it, for ever. */
  revoke(): Promise<void>;
}

const SELF = '/grants/self';

/** The grant of a token. Throws a `TypeError` where token or address are missing or wrong; asks nobody yet. */
export function valetkey(options: ValetkeyOptions = {}): Access {
  const env = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env ?? {};
  const token = options.token ?? env.VALETKEY_TOKEN;
  const address = options.baseUrl ?? env.VALETKEY_URL;
  if (!token) throw new TypeError('There is no token: set VALETKEY_TOKEN, or pass token.');
  if (!address) throw new TypeError('There is no address of a broker: set VALETKEY_URL, or pass baseUrl.');
  const origin = brokerOrigin(address);
  const { dpopKey = null, fetch: fetcher = fetch } = options;
  const holder = createHolder({ origin, token, dpopKey, fetch: fetcher });
  const whoami = async () => grantOf(await holder.call<WireGrant>('GET', SELF));
  return {
    baseUrl: origin,
    fetch: holder.fetch,
    whoami,
    budget: async () => (await whoami()).budget,
    delegate: async (child) => {
      const details = child.details ?? childDetails(child, (await whoami()).access, Date.now());
      return makeChild(holder, child, details);
    },
    requestMore: (asked) => askForMore(holder, SELF, asked, async () => (await whoami()).access),
    children: async () => {
      const { children } = await holder.call<{ children: WireListedChild[] }>('GET', `${SELF}/children`);
      return children.map(listedChild);
    },
    revokeChild: (grantId) => endChild(holder, grantId),
    revoke: () => holder.call('DELETE', SELF),
  };
}

const endChild = async (holder: Holder, grantId: string): Promise<void> =>
  holder.call('DELETE', `${SELF}/children/${idInPath(grantId)}`);

async function makeChild(
  holder: Holder,
  { name, boundTo }: ChildRequest,
  details: readonly GrantedAccess[],
): Promise<Child> {
  const body = { name, authorization_details: details, ...(boundTo && { dpop_jkt: boundTo }) };
  const made = await holder.call<WireChild>('POST', `${SELF}/children`, body);
  const revoke = () => endChild(holder, made.grant_id);
  return { ...readChild(made), name, revoke, [Symbol.asyncDispose]: revoke };
}

/** The child in the answer of the broker, whichever of its addresses made it. */
export const readChild = (made: WireChild): ChildToken => ({
  grantId: made.grant_id,
  parentGrantId: made.parent_grant_id,
  token: made.token,
  tokenType: made.token_type,
  baseUrls: made.base_urls,
  expiresAt: dateOf(made.expires_at),
  access: made.authorization_details,
});

interface WireGrant {
  readonly grant_id: string;
  readonly parent_grant_id: string | null;
  readonly delegation_depth: number;
  readonly status: string;
  readonly authorization_details: readonly GrantedAccess[];
  readonly base_urls: BaseUrls;
  readonly budget_used?: number;
  readonly budget_reserved?: number;
  readonly budget_remaining?: number;
}

/** A child on the wire. */
export interface WireChild {
  readonly grant_id: string;
  readonly parent_grant_id: string;
  readonly token: string;
  readonly token_type: 'Bearer' | 'DPoP';
  readonly expires_at: string | null;
  readonly authorization_details: readonly GrantedAccess[];
  readonly base_urls: BaseUrls;
}

interface WireListedChild {
  readonly grant_id: string;
  readonly name: string;
  readonly status: string;
  readonly expires_at: string | null;
}

const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

const listedChild = ({ grant_id, name, status, expires_at }: WireListedChild): ListedChild => ({
  grantId: grant_id,
  name,
  status,
  expiresAt: dateOf(expires_at),
});

const grantOf = (grant: WireGrant): Grant => ({
  grantId: grant.grant_id,
  parentGrantId: grant.parent_grant_id,
  depth: grant.delegation_depth,
  status: grant.status,
  access: grant.authorization_details,
  baseUrls: grant.base_urls,
  budget: budgetOf(grant),
});

const budgetOf = ({ budget_used, budget_reserved, budget_remaining }: WireGrant): Budget | null =>
  budget_used === undefined || budget_reserved === undefined || budget_remaining === undefined
    ? null
    : {
        usedUsd: usdText(budget_used),
        reservedUsd: usdText(budget_reserved),
        remainingUsd: usdText(budget_remaining),
      };
