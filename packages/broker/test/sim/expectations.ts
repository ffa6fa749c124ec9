// What the ledger ought to have answered, worked out from the oracle's books alone: exact in both directions, so that a request that does
// not fit is never admitted and one that fits is never refused. MUST NOT use the ledger's code.

import type { AdmissionRefusal, AdmissionRequest, HoldRequest } from '../../src/ledger/contract.ts';
import type { Books, Chain, Three } from './books.ts';

/** What a hold takes at an output cap. */
export function needAt(hold: HoldRequest, cap: number): Three {
  const exact = BigInt(cap) * BigInt(hold.outputNanosPerMillion);
  const output = exact / 1_000_000n + (exact % 1_000_000n === 0n ? 0n : 1n);
  return [Number(BigInt(hold.fixedNanos) + output), 1, hold.fixedTokens + cap * hold.outputs];
}

function fits(books: Books, chain: Chain, [nanos, requests, tokens]: Three, atMs: number): boolean {
  const need = { usd: nanos, requests, tokens };
  return chain.every((link) =>
    link.limits.every((limit) => need[limit.unit] <= books.roomOf(link, limit, atMs)),
  );
}

/** The largest output cap that fits every limit of the chain, found by halving; null when not even the smallest does. */
export function largestCap(books: Books, chain: Chain, hold: HoldRequest, atMs: number): number | null {
  let [low, high] = [hold.minOutputTokens, hold.maxOutputTokens];
  if (!fits(books, chain, needAt(hold, low), atMs)) return null;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(books, chain, needAt(hold, middle), atMs)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The chain of a request, if the books agree with every version that it read; null when the request is stale. */
export function currentChain(books: Books, { chain }: AdmissionRequest): Chain | null {
  const leaf = chain[0];
  if (!leaf || !books.links.has(leaf.linkId)) return null;
  const actual = books.chainOf(leaf.linkId);
  const isSame =
    actual.length === chain.length &&
    actual.every(
      ({ id, version }, depth) => chain[depth]!.linkId === id && chain[depth]!.version === version,
    );
  return isSame ? actual : null;
}

const isExpired = (expiresAtMs: number | null, atMs: number): boolean =>
  expiresAtMs !== null && expiresAtMs <= atMs;

/** The first reason for which a request MUST be refused now, in the order that the contract names; null if it fits. */
export function reasonToRefuse(
  books: Books,
  request: AdmissionRequest,
  atMs: number,
): Exclude<AdmissionRefusal['reason'], 'unavailable'> | null {
  const chain = currentChain(books, request);
  const { hold } = request;
  if (chain === null) return 'stale';
  if (chain.some((link) => link.status !== 'active' || isExpired(link.expiresAtMs, atMs))) return 'not_live';
  const hasUsdLimit = chain.some((link) => link.limits.some(({ unit }) => unit === 'usd'));
  if (!hold.priced && hasUsdLimit) return 'unpriced';
  const isFull = chain.some(
    (link) => link.maxConcurrent !== null && books.openCallsOf(link.id) >= link.maxConcurrent,
  );
  if (isFull) return 'concurrency';
  return largestCap(books, chain, hold, atMs) === null ? 'limit' : null;
}

/** Whether what a refusal says is true: the link it names is on the chain and refuses for just that. */
export function isTrue(
  books: Books,
  request: AdmissionRequest,
  refusal: AdmissionRefusal,
  atMs: number,
): boolean {
  if (refusal.reason === 'stale' || refusal.reason === 'unavailable') return true;
  const link = currentChain(books, request)?.find(({ id }) => id === refusal.linkId);
  if (!link) return false;
  switch (refusal.reason) {
    case 'not_live':
      return refusal.status === 'expired'
        ? isExpired(link.expiresAtMs, atMs)
        : link.status === refusal.status;
    case 'unpriced':
      return link.limits.some(({ unit }) => unit === 'usd');
    case 'concurrency':
      return link.maxConcurrent === refusal.limit && books.openCallsOf(link.id) >= refusal.limit;
    case 'limit': {
      const { unit, per, limit, settled, held, required } = refusal;
      const least = needAt(request.hold, request.hold.minOutputTokens);
      const need = { usd: least[0], requests: least[1], tokens: least[2] }[unit];
      const sum = books.sum(link.id, unit, per, atMs);
      const isSet = link.limits.some(
        (each) => each.unit === unit && each.per === per && each.amount === limit,
      );
      const counted = books.countedOf(link, { unit, per }, atMs);
      const isExact = counted === settled && sum.held === held && need === required;
      return isSet && isExact && settled + held + required > limit;
    }
  }
}

/** The least USD left on any link of the chain, never negative; null without a USD limit. */
export function leastUsdLeft(books: Books, chain: Chain, atMs: number): number | null {
  const rooms = chain.flatMap((link) =>
    link.limits
      .filter(({ unit }) => unit === 'usd')
      .map((limit) => Math.max(0, books.roomOf(link, limit, atMs))),
  );
  return rooms.length === 0 ? null : Math.min(...rooms);
}
