// Fetches what a client's metadata document points at, and nothing else: https, public addresses, no redirect, a short deadline. The
// address that is checked is the one that is connected to, so a name that changes its answer gains nothing (A40).

import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, fetch } from 'undici';

/** `fetch` as the OAuth library calls it. */
export type DocumentFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** How long all that is fetched for one request may take. */
export const DOCUMENT_DEADLINE_MS = 2_500;
/** Fetches in a minute, all clients together: anybody can name an address, and this MUST NOT become a way to flood it. */
const MOST_A_MINUTE = 60;

/** Every IPv4 and IPv6 range that is not the public internet (IANA special-purpose registries). */
const SPECIAL = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  SPECIAL.addSubnet(network, prefix, 'ipv4');
}
/** Global unicast is 2000::/3; within it these are special. All else is not public. */
const GLOBAL_V6 = new BlockList();
GLOBAL_V6.addSubnet('2000::', 3, 'ipv6');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  SPECIAL.addSubnet(network, prefix, 'ipv6');
}

/** Whether an IP address belongs to the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !SPECIAL.check(address, 'ipv4');
  return family === 6 && GLOBAL_V6.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6');
}

const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const first = addresses?.[0];
    if (error || !first) return callback(error ?? new Error('no address'), '', 4);
    // One private answer among several is a sign of rebinding: refuse them all.
    if (!addresses.every(({ address }) => isPublicAddress(address))) {
      return callback(new Error('the name resolves to an address that is not public'), '', 4);
    }
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

/**
 * A `fetch` that can only reach https servers on the public internet, until the deadline or `init.signal`. Refusals reject; the library
 * reports them as `invalid_client`.
 */
export function createDocumentFetch(now: () => number, guard: LookupFunction = guardedLookup): DocumentFetch {
  const dispatcher = new Agent({
    connect: { lookup: guard, timeout: DOCUMENT_DEADLINE_MS },
    connections: 4,
  });
  let minute = 0;
  let fetched = 0;
  return async (input, init) => {
    const url = new URL(input);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (url.protocol !== 'https:') throw new Error('only https is fetched');
    // The look-up is not asked for addresses, so those are checked here.
    if (isIP(host) !== 0 && !isPublicAddress(host)) throw new Error('the address is not public');
    const current = Math.floor(now() / 60_000);
    fetched = current === minute ? fetched + 1 : 1;
    minute = current;
    if (fetched > MOST_A_MINUTE) throw new Error('too many documents were fetched this minute');
    const response = await fetch(url, {
      method: init?.method ?? 'GET',
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: init?.signal ?? AbortSignal.timeout(DOCUMENT_DEADLINE_MS),
      dispatcher,
    });
    return response as unknown as Response;
  };
}

/**
 * The same, proven: throws unless the guard is asked before a connection is made, as it would not be if a library that is told to look names
 * up with it stopped doing so. MUST be what a server starts with.
 */
export async function openDocumentFetch(now: () => number): Promise<DocumentFetch> {
  let isGuarded = false;
  const documentFetch = createDocumentFetch(now, (...question) => {
    isGuarded = true;
    guardedLookup(...question);
  });
  await documentFetch('https://localhost/').catch(() => null);
  if (!isGuarded)
    throw new Error('Addresses that apps name cannot be kept away from private networks: not starting.');
  return documentFetch;
}
