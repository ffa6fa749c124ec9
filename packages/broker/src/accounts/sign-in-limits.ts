// How often a password may be tried, over all replicas: in a browser that is known for the account by a count of its own, by anybody else by
// network, by account and network, and slowly by account. So whoever guesses closes out strangers, never the owner's own browser.

import { sha256 } from '../digest.ts';
import type { Quota, Quotas } from '../store/quotas.ts';

/** Who tries. */
export interface SignInTry {
  /** The account as typed, in the form in which it is found. */
  readonly account: string;
  /** Where the request comes from: an address, or the network of one (`networkOf`). */
  readonly network: string;
  /** The device that is known for this account; null of a stranger. */
  readonly device: string | null;
}

/** Tries of one network, at all accounts together. */
const PER_NETWORK: Quota = { most: 30, windowSeconds: 300 };
/** Tries at one account, from one network or in one known browser. */
const PER_SOURCE: Quota = { most: 10, windowSeconds: 300 };
/** Tries of all strangers at one account: more than one network can make, so that closing an account to strangers takes several. */
const PER_ACCOUNT: Quota = { most: 150, windowSeconds: 3600 };

/** What is counted. Whoever reads the table learns no address and no account, not even of those that do not exist. */
const keyOf = (...named: readonly [what: string, ...of: readonly string[]]): string =>
  `${named[0]} ${sha256(named.join(' '))}`;

const ofSource = ({ account, network, device }: SignInTry): string =>
  device === null ? keyOf('sign-in source', network, account) : keyOf('sign-in device', device);
const ofAccount = ({ account }: SignInTry): string => keyOf('sign-in account', account);

/** Counts a try before the password is looked at. @returns null if it may go on, else the seconds until the next one may */
export const waitForTry = async (quotas: Quotas, tried: SignInTry): Promise<number | null> => {
  const ofStrangers: [string, Quota][] = [
    [keyOf('sign-in network', tried.network), PER_NETWORK],
    [ofSource(tried), PER_SOURCE],
    [ofAccount(tried), PER_ACCOUNT],
  ];
  // One after the other: what a narrow count refuses MUST NOT use up a wider one.
  for (const [key, quota] of tried.device === null ? ofStrangers : [ofStrangers[1]!]) {
    const wait = await quotas.waitFor(key, quota);
    if (wait !== null) return wait;
  }
  return null;
};

/** Forgets the tries before one that was right. */
export const forgetTries = async (quotas: Quotas, tried: SignInTry): Promise<void> => {
  await quotas.forget(ofSource(tried));
  if (tried.device === null) await quotas.forget(ofAccount(tried));
};
