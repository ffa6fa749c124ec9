// What whoever was refused could ask its owner for so that the request would fit: a ready request for more (POST /grants/self/requests). It
// opens nothing by itself, and is worked out for refused requests alone.

import {
  ACCESS_TYPE,
  type ErrorOffer,
  type Limit,
  type PublicError,
  parseAccess,
  usdDecimal,
  windowLimitName,
} from '@valetkey/core';
import type { AdmissionRefusal, Ledger } from '../ledger/contract.ts';
import { isSameLimit } from '../ledger/rules/limit-resets.ts';
import type { ReadCall } from './read.ts';

type LimitRefusal = Extract<AdmissionRefusal, { reason: 'limit' }>;
type Kind = Pick<Limit, 'unit' | 'per'>;

/** A step of a spending limit on the wire: six decimals of a US dollar. */
const WIRE_NANOS = 1000;

/** The offer of a right that should be had as well; none where it cannot be asked for in these words. */
const offerOf = (issuer: string, provider: string, more: object): { readonly offer?: ErrorOffer } => {
  const entry = { type: ACCESS_TYPE, provider, ...more };
  if (!parseAccess(entry).ok) return {};
  const href = `${issuer}/grants/self/requests`;
  return { offer: { method: 'POST', href, body: { authorization_details: [entry] } } };
};

/** What of a kind of limit counts on a link now. */
const usedOf = async (
  linkId: string,
  kind: Kind,
  ledger: Pick<Ledger, 'link' | 'balances'>,
): Promise<number> => {
  const [link, [balance]] = await Promise.all([ledger.link(linkId), ledger.balances([linkId])]);
  if (!balance) return 0;
  const { settled, held } = balance.windows[kind.unit][kind.per];
  const reset = link?.resets.find((each) => isSameLimit(each, kind))?.amount ?? 0;
  return Math.max(0, settled - reset) + held;
};

/**
 * The least limit of the grant with which the request would have fitted. Where a grant above it refused, it is the room that counts: what
 * the grant has used, and what the request needs on top.
 */
export const limitOffer = async (
  refusal: LimitRefusal,
  { provider, part }: Pick<ReadCall, 'provider' | 'part'>,
  issuer: string,
  ledger: Pick<Ledger, 'link' | 'balances'>,
): Promise<{ readonly offer?: ErrorOffer }> => {
  const { unit, per, required } = refusal;
  const leafId = part.chain[0]!.linkId;
  const used =
    refusal.linkId === leafId ? refusal.settled + refusal.held : await usedOf(leafId, refusal, ledger);
  const amount =
    unit === 'usd'
      ? Number(usdDecimal(Math.ceil((used + required) / WIRE_NANOS) * WIRE_NANOS))
      : used + required;
  return offerOf(issuer, provider.name, { limits: { [windowLimitName(unit, per)]: amount } });
};

/** The offer for a request that goes beyond its grant in kind. */
export const scopeOffer = (
  { code }: PublicError,
  { provider, operation, reading, part }: ReadCall,
  issuer: string,
): { readonly offer?: ErrorOffer } => {
  switch (code) {
    case 'model_not_permitted':
      return offerOf(issuer, provider.name, { models: [reading.model] });
    case 'capability_not_permitted':
      return offerOf(issuer, provider.name, { capabilities: [operation.capability] });
    case 'tool_not_permitted': {
      const has = part.access.tools ?? [];
      return offerOf(issuer, provider.name, { tools: reading.tools.filter((tool) => !has.includes(tool)) });
    }
    default:
      return {};
  }
};
