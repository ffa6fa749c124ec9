// What an entry `calls.removed` says: which runs of entries are gone from the journal because their calls were old, and what those calls
// had settled. Read as from a stranger: an export may hold anything.

import { z } from 'zod';

/** The kind of the entry. */
export const REMOVAL = 'calls.removed';

/** The fewest days that calls are kept: longer than a month, so that of the windows that are open only `total` counts what is removed. */
export const FEWEST_DAYS = 35;

/** How much later than `until` the entry stands, at the least: those days, less one for clocks that differ. */
const LEAST_AGE_MS = (FEWEST_DAYS - 1) * 86_400_000;

const place = z.int().positive();
const amount = z.int().nonnegative();

const gap = z
  .strictObject({ from: place, to: place, hash: z.string().max(100) })
  .refine(({ from, to }) => from <= to);

const linkSum = z.strictObject({
  link_id: z.string(),
  settled_nanos: amount,
  settled_requests: amount,
  settled_tokens: amount,
  calls: place,
});

const body = z.strictObject({ until: amount, gaps: z.array(gap), links: z.array(linkSum) });

/** A run of removed entries: its first and last place, and the hash of the last, which the entry after it is chained to. */
export type Gap = Readonly<z.infer<typeof gap>>;

/** What the removed calls of one link had settled; the links above it settled the same. */
export type LinkSum = Readonly<z.infer<typeof linkSum>>;

/** The body of the entry. Every entry of the removed calls was from before `until` (epoch milliseconds). */
export interface Removal {
  readonly until: number;
  /** In the order of their places. */
  readonly gaps: readonly Gap[];
  /** For each link that was charged. */
  readonly links: readonly LinkSum[];
}

/** The body of an entry `calls.removed`; null if it is none. */
export const parseRemoval = (text: string): Removal | null => {
  try {
    const parsed = body.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    // No JSON, or nested so deeply that it can not be read.
    return null;
  }
};

/** Whether what an entry of this moment (epoch milliseconds) names was old enough by then. */
export const isOldEnough = ({ until }: Removal, atMs: number): boolean => until <= atMs - LEAST_AGE_MS;

/** How many entries a removal took out. */
export const entriesOf = ({ gaps }: Removal): number =>
  gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/** How many admitted calls a removal took out. */
export const callsOf = ({ links }: Removal): number => links.reduce((sum, { calls }) => sum + calls, 0);

/** Many removals of one journal as one: each takes kilobytes, and a long journal has thousands. */
export const joinRemovals = (removals: Iterable<Removal>): Removal => {
  let until = 0;
  const gaps: Gap[] = [];
  const links = new Map<string, LinkSum>();
  for (const removal of removals) {
    until = Math.max(until, removal.until);
    for (const gap of removal.gaps) gaps.push(gap);
    for (const link of removal.links) {
      const sum = links.get(link.link_id);
      if (!sum) links.set(link.link_id, link);
      else
        links.set(link.link_id, {
          link_id: link.link_id,
          settled_nanos: sum.settled_nanos + link.settled_nanos,
          settled_requests: sum.settled_requests + link.settled_requests,
          settled_tokens: sum.settled_tokens + link.settled_tokens,
          calls: sum.calls + link.calls,
        });
    }
  }
  return { until, gaps, links: [...links.values()] };
};
