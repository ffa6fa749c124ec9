// Decides whether a call may be admitted, from the links in memory. Reads only; the first reason in this order is the one given: stale,
// not live (from the provider key down), unpriced, concurrency, limit.

import { fail, type Result, succeed, windowEndMs } from '@valetkey/core';
import type { AdmissionRefusal, AdmissionRequest, HoldRequest } from '../contract.ts';
import { capWithinNanos, capWithinTokens, nanosAt, tokensAt } from '../hold.ts';
import type { IndexedLimit, LinkShelf, ResidentLink } from './resident-link.ts';

/** What is to be held, on every link of the leaf's path. */
export interface Fitted {
  readonly leaf: ResidentLink;
  readonly outputTokens: number;
  readonly holdNanos: number;
  readonly holdTokens: number;
}

/**
 * The largest hold within the request that fits every limit of every link, or why there is none.
 * MUST run in the same turn in which the hold is then posted; two readers would both fit.
 */
export function checkAdmission(
  request: AdmissionRequest,
  links: LinkShelf,
  atMs: number,
): Result<Fitted, AdmissionRefusal> {
  const leaf = currentLeaf(request, links);
  if (leaf === null) return fail({ reason: 'stale' });
  for (const link of leaf.path) link.counters.rollTo(atMs);
  const refusal =
    notLive(leaf, atMs) ??
    unpriced(leaf, request.hold) ??
    tooManyOpen(leaf) ??
    withoutRoom(leaf, request.hold, atMs);
  if (refusal) return fail(refusal);
  const outputTokens = fittingCap(leaf, request.hold);
  const holdNanos = nanosAt(request.hold, outputTokens);
  return succeed({ leaf, outputTokens, holdNanos, holdTokens: tokensAt(request.hold, outputTokens) });
}

/** The leaf, if the chain that was read is the one that stands now. */
function currentLeaf({ chain, ownerId }: AdmissionRequest, links: LinkShelf): ResidentLink | null {
  const leaf = chain[0] ? links.get(chain[0].linkId) : null;
  if (!leaf || leaf.path.length !== chain.length) return null;
  if (leaf.link.ownerId !== ownerId) throw new Error(`link ${leaf.link.id} belongs to another owner`);
  const isCurrent = chain.every(({ linkId, version }, depth) => {
    const { link } = leaf.path[chain.length - 1 - depth]!;
    return link.id === linkId && link.version === version;
  });
  return isCurrent ? leaf : null;
}

function notLive(leaf: ResidentLink, atMs: number): AdmissionRefusal | null {
  for (const { link } of leaf.path) {
    if (link.status !== 'active') {
      const status = link.status === 'revoked' ? 'revoked' : 'suspended';
      return { reason: 'not_live', linkId: link.id, status };
    }
    if (link.expiresAtMs !== null && link.expiresAtMs <= atMs) {
      return { reason: 'not_live', linkId: link.id, status: 'expired' };
    }
  }
  return null;
}

function unpriced(leaf: ResidentLink, hold: HoldRequest): AdmissionRefusal | null {
  if (hold.priced) return null;
  const limited = leaf.path.find((link) => link.limits.some((limit) => limit.unit === 'usd'));
  return limited ? { reason: 'unpriced', linkId: limited.link.id } : null;
}

function tooManyOpen(leaf: ResidentLink): AdmissionRefusal | null {
  for (const { link, counters } of leaf.path) {
    if (link.maxConcurrent !== null && counters.openCalls >= link.maxConcurrent) {
      return { reason: 'concurrency', linkId: link.id, limit: link.maxConcurrent };
    }
  }
  return null;
}

/** The least that the request needs, by unit in the order of `LIMIT_UNITS`. */
const leastOf = (hold: HoldRequest) => ({
  usd: nanosAt(hold, hold.minOutputTokens),
  requests: 1,
  tokens: tokensAt(hold, hold.minOutputTokens),
});

/**
 * The limit that refuses even the smallest cap. Of several, the one whose window ends last, because waiting for another would not help;
 * among equals the one nearest to the provider key.
 */
function withoutRoom(leaf: ResidentLink, hold: HoldRequest, atMs: number): AdmissionRefusal | null {
  const least = leastOf(hold);
  let refusal: (AdmissionRefusal & { readonly reason: 'limit' }) | null = null;
  let endsAtMs = 0;
  for (const link of leaf.path) {
    for (const limit of link.limits) {
      if (least[limit.unit] <= link.roomOf(limit)) continue;
      const limitEndsAtMs = windowEndMs(atMs, limit.per);
      if (limitEndsAtMs <= endsAtMs) continue;
      endsAtMs = limitEndsAtMs;
      refusal = limitRefusal(link, limit, least[limit.unit], limitEndsAtMs);
    }
  }
  return refusal;
}

const limitRefusal = (link: ResidentLink, limit: IndexedLimit, required: number, endsAtMs: number) => ({
  reason: 'limit' as const,
  linkId: link.link.id,
  unit: limit.unit,
  per: limit.per,
  limit: limit.amount,
  settled: link.settledOf(limit),
  held: link.counters.held[limit.index]!,
  required,
  windowEndsAtMs: Number.isFinite(endsAtMs) ? endsAtMs : null,
});

/** The largest cap that every limit has room for. At least the smallest, which is known to fit. */
function fittingCap(leaf: ResidentLink, hold: HoldRequest): number {
  let cap = hold.maxOutputTokens;
  if (cap === hold.minOutputTokens) return cap;
  for (const link of leaf.path) {
    for (const limit of link.limits) {
      if (limit.unit === 'usd') cap = capWithinNanos(hold, cap, link.roomOf(limit));
      else if (limit.unit === 'tokens') cap = capWithinTokens(hold, cap, link.roomOf(limit));
    }
  }
  return cap;
}
