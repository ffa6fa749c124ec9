// A grant as a step about its requests reads it: every link of the chains concerned, with the versions that MUST still hold when the step
// is written.

import { fail, type Limit, type ModelAccess, type Result, succeed } from '@valetkey/core';
import type { LiveGrant, LivePart } from '../grants/contract.ts';
import { countedOf, usageOf } from '../grants/counted.ts';
import { touchLink } from '../grants/grant-links.ts';
import type { Ledger, Link, LinkChange, LinkReading } from '../ledger/contract.ts';
import type { ProposedChange, RequestRefusal } from './contract.ts';
import { type ChainState, proposeChain } from './proposal.ts';
import type { UsedThen } from './request-rows.ts';

/** What a step rests on. */
export interface GrantState {
  readonly live: LiveGrant;
  readonly chains: readonly ChainState[];
  /** Every link of these chains, provider keys included. */
  readonly links: readonly Link[];
  /** As they were before anything else was read. */
  readonly expects: readonly LinkReading[];
  /** Raised by every step about the grant's requests: whoever comes second finds its reading stale. */
  readonly guard: LinkChange;
  readonly usedNow: (linkId: string) => (limit: Pick<Limit, 'unit' | 'per'>) => number;
}

/** Reads the chains of what is asked. `live` MUST have been read as it is committed. */
export const readState = async (
  live: LiveGrant,
  asked: readonly ModelAccess[],
  ledger: Pick<Ledger, 'link' | 'balances'>,
  nowMs: number,
): Promise<Result<GrantState, RequestRefusal>> => {
  const [first] = live.parts;
  if (!first) return fail({ reason: 'not_active', detail: 'The grant has ended.' });
  const missing = asked.find(({ provider }) => !live.parts.some((part) => part.provider === provider));
  if (missing) {
    const detail = `The grant has no part for ${missing.provider}. Ask for a grant of its own.`;
    return fail({ reason: 'provider_mismatch', detail });
  }
  const parts = live.parts.filter(({ provider }) => asked.some((access) => access.provider === provider));
  const chains = await Promise.all(parts.map((part) => readChain(live, part, ledger)));
  const links = chains.flatMap(({ all }) => all);
  const readings = [...first.chain, ...parts.flatMap(({ chain }) => chain)];
  return succeed({
    live,
    chains,
    links,
    expects: [...new Map(readings.map((reading) => [reading.linkId, reading])).values()],
    guard: touchLink(first.chain[0]!.linkId),
    usedNow: await readUsed(links, ledger, nowMs),
  });
};

const readChain = async (
  live: LiveGrant,
  { provider, chain }: LivePart,
  ledger: Pick<Ledger, 'link'>,
): Promise<ChainState & { readonly all: readonly Link[] }> => {
  const read = await Promise.all(chain.map(({ linkId }) => ledger.link(linkId)));
  const all = read.filter((link) => link !== null);
  const links = all.flatMap((link) => {
    const hop = live.path.find(({ grantId }) => grantId === link.grantId);
    return hop ? [{ hop, link }] : [];
  });
  return { provider, links: links.reverse(), all };
};

const readUsed = async (
  links: readonly Link[],
  ledger: Pick<Ledger, 'balances'>,
  nowMs: number,
): Promise<GrantState['usedNow']> => {
  const balances = await ledger.balances(links.map(({ id }) => id));
  return (linkId) => (limit) => {
    const balance = balances.find((each) => each.linkId === linkId);
    const resets = links.find(({ id }) => id === linkId)?.resets ?? [];
    const { settled, held } = countedOf(balance && usageOf(balance, resets, nowMs), limit);
    return settled + held;
  };
};

/** What counts now against every limit that is asked for, on every link. */
export const usedOf = ({ chains, usedNow }: GrantState, asked: readonly ModelAccess[]): readonly UsedThen[] =>
  chains.flatMap(({ provider, links }) => {
    const limits = asked.find((access) => access.provider === provider)?.limits ?? [];
    return links.flatMap(({ link: { id: linkId } }) =>
      limits.map(({ unit, per }) => ({ linkId, unit, per, amount: usedNow(linkId)({ unit, per }) })),
    );
  });

/** What `more` changes on every chain, for a request that was made when `usedThen` was used. */
export const changesOf = (
  { chains, usedNow }: GrantState,
  more: readonly ModelAccess[],
  usedThen: readonly UsedThen[],
): readonly ProposedChange[] =>
  more.flatMap((access) => {
    const chain = chains.find(({ provider }) => provider === access.provider);
    return chain ? proposeChain(access, chain, usedThen, usedNow) : [];
  });
