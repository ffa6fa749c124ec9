// Fetches what a client's metadata document points at, and nothing else: https, public addresses, no redirect, a short deadline.

import { isIP, type LookupFunction } from 'node:net';
import { Agent, fetch } from 'undici';
import { guardedLookup, isPublicAddress } from '../outgoing/public-address.ts';

/** `fetch` as the OAuth library calls it. */
export type DocumentFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** How long all that is fetched for one request may take. */
export const DOCUMENT_DEADLINE_MS = 2_500;
/** Fetches in a minute, all clients together: anybody can name an address, and this MUST NOT become a way to flood it. */
const MOST_A_MINUTE = 60;

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
