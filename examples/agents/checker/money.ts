// The money: what each call cost, computed anew from its usage and the price that was frozen before it; what each grant spent; and that no
// limit was ever passed, counting what was held. Integer nanos (1e-9 USD), never floats.

import { known, must } from './fault.ts';
import { type Call, chainOf, type Graph } from './graph.ts';
import type { Entry } from './journal.ts';
import { removedNanos } from './removed.ts';

/** Replays every admission and outcome: at no moment has a grant held and settled more than its limit. */
export function checkLimits(entries: readonly Entry[], { grants }: Graph): void {
  const used = addRemoved(entries, grants);
  for (const { seq, grant_id, held_nanos, settled_nanos } of entries) {
    const grant = grants.get(grant_id ?? '');
    if (!grant) continue;
    for (const link of chainOf(grant)) {
      const sum = (used.get(link.id) ?? 0) + held_nanos + settled_nanos;
      must(
        sum <= link.limitNanos,
        `entry ${seq}: ${link.id} is ${sum - link.limitNanos} nanos beyond its limit`,
      );
      used.set(link.id, sum);
    }
  }
}

/** What each grant and everything below it has spent, in nanos, if every call cost what its usage comes to. */
export function sumUp(entries: readonly Entry[], { grants, calls }: Graph): ReadonlyMap<string, number> {
  const cards = ratesOf(entries);
  const spent = addRemoved(entries, grants);
  for (const call of calls.values()) {
    checkCost(call, cards);
    for (const { id } of chainOf(call.grant))
      spent.set(id, (spent.get(id) ?? 0) + call.outcome.settled_nanos);
  }
  return spent;
}

/** For every grant what calls had settled, its own and those below it, that have left the journal. */
function addRemoved(entries: readonly Entry[], grants: Graph['grants']): Map<string, number> {
  const sums = new Map([...grants.keys()].map((id) => [id, 0]));
  for (const [id, nanos] of removedNanos(entries)) {
    const grant = known(grants.get(id), `removed calls were charged to ${id}, which is not there`);
    for (const link of chainOf(grant)) sums.set(link.id, (sums.get(link.id) ?? 0) + nanos);
  }
  return sums;
}

type Rates = Readonly<Record<string, number>>;

/** The price lists that calls name by their hash: nanos for a million of each unit. */
function ratesOf(entries: readonly Entry[]): ReadonlyMap<string, Rates> {
  const frozen = entries.filter(({ kind }) => kind === 'prices.frozen').map(({ body }) => JSON.parse(body));
  return new Map(frozen.map(({ rate_card_sha256, rate_card }) => [rate_card_sha256, rate_card.rates]));
}

function checkCost({ admitted, outcome }: Call, cards: ReadonlyMap<string, Rates>): void {
  const place = `entry ${outcome.seq}`;
  const { usage } = JSON.parse(outcome.body) as { readonly usage: Rates | null };
  must(outcome.held_nanos === -admitted.held_nanos, `${place}: what was held is not given back`);
  if (usage === null) {
    // Nobody knows what it used: the most that was set aside for it counts as spent.
    must(outcome.settled_nanos === admitted.held_nanos, `${place}: unknown use, and not charged in full`);
    return;
  }
  const { rate_card_sha256 } = JSON.parse(admitted.body);
  const rates = known(cards.get(rate_card_sha256), `${place}: no price was frozen for it`);
  const millionths = Object.entries(usage).reduce((sum, [unit, count]) => {
    const rate = known(rates[unit], `${place}: no price for ${unit}`);
    return sum + BigInt(count) * BigInt(rate);
  }, 0n);
  const costNanos = Number((millionths + 999_999n) / 1_000_000n);
  must(
    outcome.settled_nanos === costNanos,
    `${place}: costs ${outcome.settled_nanos}, its usage ${costNanos} nanos`,
  );
}
