// Calls as the journal tells them: an admission or refusal, and the outcome that belongs to it.

import type { Kysely } from 'kysely';
import type { Schema } from '../../store/schema.ts';
import {
  belongingTo,
  type Entry,
  type Place,
  pageQuery,
  placeFrom,
  placeSince,
  type Search,
} from './find-entries.ts';
import { type Callers, callersOf } from './grants-of-filter.ts';
import type { CallFilter } from './schema.ts';

/** A call's entries. `intent` and `outcome` are the journal bodies. */
export interface CallEntries {
  readonly cursor: number;
  readonly callId: string;
  readonly atMs: number;
  readonly grantId: string;
  readonly heldNanos: number;
  /** What was posted, less what was corrected. */
  readonly settledNanos: number;
  readonly isCorrected: boolean;
  readonly kind: string;
  readonly outcomeKind: string | null;
  readonly intent: Readonly<Record<string, unknown>>;
  readonly outcome: Readonly<Record<string, unknown>>;
}

type Body = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;
const CHUNK = 500;

interface Found {
  readonly cursor: number;
  readonly entry: Entry;
  readonly outcome: Entry | undefined;
}

/** The moments between which calls began: the days of the filter, the last one included. */
const periodOf = ({ from, to }: CallFilter): readonly [number, number] => [
  from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from),
  to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to) + DAY_MS,
];

const older = (one: Place | null, other: Place | null): Place | null =>
  one && other ? (one.seq < other.seq ? one : other) : (one ?? other);

/** What to look for in the journal; null where nothing can be found. */
const searchOf = async (
  db: Kysely<Schema>,
  ownerId: string,
  filter: CallFilter,
  { grantIds }: Callers,
): Promise<Search | null> => {
  const { before, status, provider, model } = filter;
  const [fromMs, toMs] = periodOf(filter);
  const rare = status === 'refused' || status === 'ceiling' || status === 'released' ? status : null;
  const isByOutcome = rare === 'ceiling' || rare === 'released';
  const [from, to, cursor] = await Promise.all([
    filter.from === undefined ? null : placeSince(db, ownerId, fromMs),
    // What began before may end after.
    filter.to === undefined || isByOutcome ? null : placeSince(db, ownerId, toMs),
    before === undefined ? null : placeFrom(db, ownerId, Number(before)),
  ]);
  if (grantIds?.size === 0 || (filter.from !== undefined && from === null)) return null;
  // Bodies are JSON without blanks; those of outcomes do not say what was asked for.
  const named = Object.entries({ provider, model }).filter(([, value]) => value !== undefined);
  const texts = isByOutcome ? [] : named.map(([name, value]) => `"${name}":${JSON.stringify(value)}`);
  return { ownerId, grantIds: grantIds && [...grantIds], rare, texts, from, until: older(to, cursor) };
};

const isOfStatus = ({ entry, outcome }: Found, status: CallFilter['status']): boolean => {
  if (status === undefined) return true;
  if (status === 'refused' || entry.kind === 'call.refused') return entry.kind === `call.${status}`;
  if (status === 'counted') return outcome === undefined || Number(outcome.settled_requests) > 0;
  return status === 'admitted' ? outcome === undefined : outcome?.kind === `call.${status}`;
};

/** Whether the call is one of those that are asked for, as far as the search has not seen to it. */
const matches = (found: Found, filter: CallFilter, { grantIds, linkIds }: Callers): boolean => {
  const { provider, model, status } = filter;
  const { entry } = found;
  const [fromMs, toMs] = periodOf(filter);
  const atMs = Number(entry.at);
  if (atMs < fromMs || atMs >= toMs || !isOfStatus(found, status)) return false;
  if (grantIds && !grantIds.has(entry.grant_id ?? '')) return false;
  if (linkIds && !linkIds.has(entry.link_id ?? '')) return false;
  if (provider === undefined && model === undefined) return true;
  const intent = JSON.parse(entry.body) as Body;
  return (provider ?? intent.provider) === intent.provider && (model ?? intent.model) === intent.model;
};

/** From the entries of a search to their calls. */
const callsOf = async (
  db: Kysely<Schema>,
  { ownerId, rare }: Search,
  entries: readonly Entry[],
): Promise<readonly Found[]> => {
  const isByOutcome = rare === 'ceiling' || rare === 'released';
  const others = await belongingTo(db, ownerId, entries, isByOutcome ? 'admissions' : 'outcomes');
  return entries.flatMap((each): Found[] => {
    const cursor = Number(each.seq);
    const other = others.get(each.call_id);
    if (!isByOutcome) return [{ cursor, entry: each, outcome: other }];
    return other ? [{ cursor, entry: other, outcome: each }] : [];
  });
};

/** As many calls of the search as are `wanted`; of running ones, `openCalls` are looked for at most. */
const readFound = async (
  db: Kysely<Schema>,
  search: Search,
  isWanted: (found: Found) => boolean,
  { wanted, openCalls }: { readonly wanted: number; readonly openCalls: number },
): Promise<readonly Found[]> => {
  const found: Found[] = [];
  let { until } = search;
  let open = 0;
  for (let limit = wanted; found.length < wanted && open < openCalls; limit = Math.min(CHUNK, 2 * limit)) {
    const rows = await pageQuery(db, { ...search, until }, limit).execute();
    const calls = await callsOf(db, search, rows);
    found.push(...calls.filter(isWanted));
    open += calls.filter((each) => isOfStatus(each, 'admitted')).length;
    const last = rows.at(-1);
    if (rows.length < limit || !last) break;
    until = { seq: Number(last.seq), id: Number(last.id) };
  }
  return found.slice(0, wanted);
};

/**
 * The owner's calls, newest first; one more than `limit` if there is another page. `openCalls` is how many run: that many are looked for among
 * the newest, and not one more, which would be looked for among all.
 */
export const readCalls = async (
  db: Kysely<Schema>,
  ownerId: string,
  filter: CallFilter,
  openCalls: () => Promise<number> = async () => Number.POSITIVE_INFINITY,
): Promise<readonly CallEntries[]> => {
  const callers = await callersOf(db, ownerId, filter);
  const search = await searchOf(db, ownerId, filter, callers);
  if (search === null) return [];
  const found = await readFound(db, search, (each) => matches(each, filter, callers), {
    wanted: filter.limit + 1,
    openCalls: filter.status === 'admitted' ? await openCalls() : Number.POSITIVE_INFINITY,
  });
  const entries = found.map(({ entry }) => entry);
  const corrections = await belongingTo(db, ownerId, entries, 'corrections');
  return found.map(({ cursor, entry, outcome }) => {
    const correction = corrections.get(entry.call_id);
    return {
      cursor,
      callId: entry.call_id ?? '',
      atMs: Number(entry.at),
      grantId: entry.grant_id ?? '',
      heldNanos: Number(entry.held_nanos),
      settledNanos: Number(outcome?.settled_nanos ?? 0) + Number(correction?.settled_nanos ?? 0),
      isCorrected: correction !== undefined,
      kind: entry.kind,
      outcomeKind: outcome?.kind ?? null,
      intent: JSON.parse(entry.body) as Body,
      outcome: JSON.parse(outcome?.body ?? '{}') as Body,
    };
  });
};
