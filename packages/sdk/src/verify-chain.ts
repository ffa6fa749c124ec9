// Puts the receipts of several hops together: which grants there were, who called under each, and what it came to. From receipts alone,
// offline; it says what is missing and what contradicts, and MUST NOT smooth either over.

import {
  type Jwks,
  type Receipt,
  type ReceiptActor,
  type ReceiptProblem,
  type VerifyOptions,
  verifyReceipt,
} from './verify-receipt.ts';

/** The header in which an agent shows the receipts of its chain to a server: a List of Tokens (RFC 9651). */
export const RECEIPTS_HEADER = 'Valetkey-Receipts';

/** The header’s value for these receipts. */
export const formatReceipts = (receipts: readonly string[]): string => receipts.join(', ');

/** The receipts in the header’s value; empty members are passed over. Nothing is verified yet. */
export const readReceipts = (header: string): readonly string[] =>
  header
    .split(',')
    .map((member) => member.split(';', 1)[0]!.trim())
    .filter((member) => member !== '');

/** A grant, as far as receipts tell. */
export interface ChainGrant {
  readonly grantId: string;
  /** Undefined where no receipt of this grant says it, or the owner made the grant for a tool of their own. */
  readonly clientId: string | undefined;
  /** Its calls, in the order in which they were admitted. */
  readonly calls: readonly Receipt[];
  /** What its own calls cost, and with all below it; 1e-9 USD. */
  readonly ownNanos: number;
  readonly totalNanos: number;
  readonly children: readonly ChainGrant[];
}

/** What receipts of several hops prove together. */
export interface VerifiedChain {
  /** Whether there is a receipt, every one is genuine, every grant has one, and none contradicts another. */
  readonly isWhole: boolean;
  /** The grants that owners gave; below each what was delegated from it. */
  readonly grants: readonly ChainGrant[];
  /** Receipts that prove nothing, by their place; they count nowhere. */
  readonly refused: readonly { readonly index: number; readonly problem: ReceiptProblem }[];
  /** Grants on the way to a call of which no receipt is there. */
  readonly missing: readonly string[];
  /** Sentences about what can not both be true. */
  readonly contradictions: readonly string[];
  /** Sentences about calls whose cost was decided again: what was charged in the end counts. */
  readonly notes: readonly string[];
}

/** Verifies each receipt and reconstructs the tree of grants and calls. Order does not matter, and one that comes twice counts once. */
export async function verifyChain(
  receipts: readonly string[],
  jwks: Jwks,
  options: VerifyOptions = {},
): Promise<VerifiedChain> {
  const verified = await Promise.all(receipts.map((jws) => verifyReceipt(jws, jwks, options)));
  const refused = verified.flatMap((each, index) => (each.ok ? [] : [{ index, problem: each.problem }]));
  const genuine = verified.flatMap((each) => (each.ok ? [each.receipt] : []));
  const { calls, contradictions, notes } = callsOf(genuine);
  const parents = parentsOf(calls, contradictions);
  const byGrant = Map.groupBy(calls, leafOf);
  checkParties(byGrant, contradictions);
  const children = new Map<string | null, string[]>();
  for (const [grantId, parent] of parents) children.set(parent, [...(children.get(parent) ?? []), grantId]);
  const missing = [...parents.keys()].filter((grantId) => !byGrant.has(grantId));
  const isWhole = calls.length > 0 && refused.length + missing.length + contradictions.length === 0;
  return { isWhole, grants: treeOf(null, children, byGrant), refused, missing, contradictions, notes };
}

const leafOf = ({ grant_path }: Receipt): string => grant_path.at(-1)!;

/** Each call once, by the receipt that counts, in the order of admission. */
function callsOf(receipts: readonly Receipt[]) {
  const contradictions: string[] = [];
  const notes: string[] = [];
  const calls = [...Map.groupBy(receipts, ({ jti }) => jti).values()].map((ofCall) =>
    // In order, so that each is held against all that stand beside it.
    ofCall
      .toSorted((a, b) => order(a) - order(b))
      .reduce((one, other) => {
        const { isConsistent, counts, note } = compareReceipts(one, other);
        if (!isConsistent) contradictions.push(`Two receipts of call ${one.jti} differ.`);
        if (note !== null) notes.push(note);
        return counts;
      }),
  );
  return { calls: calls.toSorted((a, b) => a.admitted_at - b.admitted_at), contradictions, notes };
}

/** What two receipts of one call say together. */
export interface ReceiptComparison {
  /** False if they cannot both be true. */
  readonly isConsistent: boolean;
  /** The one that says what was charged in the end. */
  readonly counts: Receipt;
  /** Why both are true, if the outcome was decided again: a sentence. */
  readonly note: string | null;
}

/** Compares two receipts of one call, genuine or as a journal has them. */
export function compareReceipts(one: Receipt, other: Receipt): ReceiptComparison {
  const [first, last] = order(one) <= order(other) ? [one, other] : [other, one];
  const isDecidedAgain = order(first) < order(last);
  const isConsistent = isSame(first, last, isDecidedAgain);
  return { isConsistent, counts: last, note: isConsistent && isDecidedAgain ? noteOf(first, last) : null };
}

/** Whether two receipts say the same of a call. When it was signed may differ, and how agents are called; the outcome if it was decided again. */
const isSame = (first: Receipt, last: Receipt, isDecidedAgain: boolean): boolean => {
  const free = new Set(['iat', 'act', ...(isDecidedAgain ? OUTCOME_CLAIMS : [])]);
  const fixed = (receipt: Receipt) =>
    JSON.stringify(
      Object.entries(receipt)
        .filter(([claim]) => !free.has(claim))
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  return fixed(first) === fixed(last);
};

const OUTCOME_CLAIMS = ['settled_at', 'status', 'cost_nanos', 'response_sha256', 'usage'];

/** What comes after what: an answer’s receipt, then what a restart posted in its place, which knows no answer, then the owner’s word. */
const order = ({ status, response_sha256: answer }: Receipt): number =>
  ({ settled: 0, released: 0, unconfirmed: answer === undefined ? 2 : 1, corrected: 3 })[status];

const noteOf = (first: Receipt, last: Receipt): string => {
  const why =
    last.status === 'corrected'
      ? 'its owner corrected it'
      : 'the broker ended before this was durable, and charged the most that it can have cost';
  return `Call ${last.jti} was ${first.status} at ${first.cost_nanos} nanos, then ${last.status} at ${last.cost_nanos}: ${why}.`;
};

/** The grant above each grant; null above those that owners gave. */
function parentsOf(calls: readonly Receipt[], contradictions: string[]): Map<string, string | null> {
  const parents = new Map<string, string | null>();
  for (const { grant_path: path } of calls) {
    if (new Set(path).size !== path.length) {
      contradictions.push(`A receipt names a grant of ${path.join(', ')} twice on one way.`);
      continue;
    }
    for (const [depth, grantId] of path.entries()) {
      const parent = path[depth - 1] ?? null;
      if (!parents.has(grantId)) parents.set(grantId, parent);
      else if (parents.get(grantId) !== parent)
        contradictions.push(
          `Grant ${grantId} stands below ${parents.get(grantId) ?? 'none'} and below ${parent ?? 'none'}.`,
        );
    }
  }
  return parents;
}

/** One broker made them all; a grant has one client, and one actor for each delegation. */
function checkParties(byGrant: ReadonlyMap<string, readonly Receipt[]>, contradictions: string[]): void {
  const issuers = new Set([...byGrant.values()].flat().map(({ iss }) => iss));
  if (issuers.size > 1)
    contradictions.push(`Receipts of several brokers are mixed: ${[...issuers].join(', ')}.`);
  for (const [grantId, calls] of byGrant) {
    const clients = new Set(calls.map(({ client_id }) => client_id ?? 'none'));
    if (clients.size > 1)
      contradictions.push(`Grant ${grantId} has several clients: ${[...clients].join(', ')}.`);
    for (const { jti, act, grant_path } of calls) {
      const [actors, delegations] = [depthOf(act), grant_path.length - 1];
      if (actors !== delegations)
        contradictions.push(`Call ${jti} names ${actors} actors for ${delegations} delegations.`);
    }
  }
}

const depthOf = (actor: ReceiptActor | undefined): number => (actor ? 1 + depthOf(actor.act) : 0);

function treeOf(
  parent: string | null,
  children: ReadonlyMap<string | null, readonly string[]>,
  byGrant: ReadonlyMap<string, readonly Receipt[]>,
): ChainGrant[] {
  return (children.get(parent) ?? []).map((grantId) => {
    const calls = byGrant.get(grantId) ?? [];
    const below = treeOf(grantId, children, byGrant);
    const ownNanos = calls.reduce((total, { cost_nanos }) => total + cost_nanos, 0);
    const totalNanos = below.reduce((total, child) => total + child.totalNanos, ownNanos);
    return { grantId, clientId: calls[0]?.client_id, calls, ownNanos, totalNanos, children: below };
  });
}
