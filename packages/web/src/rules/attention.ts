// What an owner should look at: budgets near their end, grants about to expire, refusals, idle apps. Pure; the present
// comes in as an argument.

import type { Call, Grant } from '../api/types.ts';
import { listNames } from '../format/list.ts';
import { DAY_MS } from '../format/time.ts';
import { growTrees } from './delegation.ts';
import { grantName } from './grants.ts';
import { limitNumber, limitShares, tightestLimit } from './limits.ts';
import { sinceYesterday } from './rows.ts';

/** A grant that was not used for this many days is suggested for removal. */
const IDLE_DAYS = 30;

/** A budget is near its end when this share of it is spent or held. */
const NEARLY_USED_SHARE = 0.8;
const EXPIRES_SOON_DAYS = 3;

/** A grant that ends because nobody uses it is named so many days before. */
const UNUSED_WARNING_DAYS = 14;

/** One thing to look at. `kind` selects the words; `serious` things stand first. */
export interface Attention {
  readonly kind:
    | 'exhausted'
    | 'nearly_used'
    | 'expiring'
    | 'ending_unused'
    | 'idle'
    | 'refused'
    | 'unconfirmed';
  readonly serious: boolean;
  /** The grant it is about; null when it is about several. */
  readonly grantId: string | null;
  readonly name: string;
  /** How many calls, for `refused` and `unconfirmed`; percent for `nearly_used`; else 0. */
  readonly count: number;
  /** Whether there are more of them than were counted. */
  readonly isMore?: boolean;
  /** The moment it is about: the end of the grant for `expiring` and `ending_unused`, last use for `idle`. */
  readonly at: string | null;
}

/** Whether a live grant was not used for `IDLE_DAYS`, counted from its creation if it never was. Use of what it delegated is its use. */
export const isIdle = (
  grant: Pick<Grant, 'status' | 'last_used_at' | 'created_at'>,
  nowMs: number,
): boolean =>
  grant.status === 'active' &&
  nowMs - Date.parse(grant.last_used_at ?? grant.created_at) >= IDLE_DAYS * DAY_MS;

/**
 * Everything to look at, serious things first; `calls` are the latest ones, of which those since yesterday count; `isMore` says that others were
 * refused before these. Budgets and ends of delegated grants are the business of who delegated them: only what the owner gave is looked at.
 */
export function findAttention(
  grants: readonly Grant[],
  calls: readonly Call[],
  nowMs: number,
  isMore = false,
): readonly Attention[] {
  const recent = calls.filter(({ at }) => at >= sinceYesterday(nowMs).from);
  const found = [
    ...growTrees(grants)
      .map(({ grant, lastUsedAt }) => ({ ...grant, last_used_at: lastUsedAt }))
      .filter(({ status }) => status === 'active')
      .flatMap((grant) => grantAttention(grant, nowMs)),
    ...unconfirmedAttention(recent),
    ...refusedAttention(recent, isMore),
  ];
  return [...found.filter((item) => item.serious), ...found.filter((item) => !item.serious)];
}

function grantAttention(grant: Grant, nowMs: number): Attention[] {
  const about = { grantId: grant.id, name: grantName(grant), serious: false, count: 0, at: null };
  const found: Attention[] = [];
  const limit = tightestLimit(grant);
  const shares = limit && limitShares(limit);
  const used = shares ? shares.settled + shares.held : 0;
  if (limit && limitNumber(limit.unit, limit.remaining) <= 0) {
    found.push({ ...about, kind: 'exhausted', serious: true });
  } else if (used >= NEARLY_USED_SHARE) {
    found.push({ ...about, kind: 'nearly_used', count: Math.floor(used * 100) });
  }
  const endsInMs =
    grant.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(grant.expires_at) - nowMs;
  if (endsInMs < EXPIRES_SOON_DAYS * DAY_MS) found.push({ ...about, kind: 'expiring', at: grant.expires_at });
  const unusedAt = grant.expires_if_unused_at;
  if (unusedAt !== null && Date.parse(unusedAt) - nowMs < UNUSED_WARNING_DAYS * DAY_MS)
    found.push({ ...about, kind: 'ending_unused', at: unusedAt });
  else if (isIdle(grant, nowMs)) found.push({ ...about, kind: 'idle', at: grant.last_used_at });
  return found;
}

function unconfirmedAttention(calls: readonly Call[]): Attention[] {
  const byGrant = Map.groupBy(
    calls.filter((call) => call.unconfirmed),
    (call) => call.grant_id,
  );
  return [...byGrant].map(([grantId, group]) => ({
    kind: 'unconfirmed',
    serious: true,
    grantId,
    name: group[0] ? callerName(group[0]) : grantId,
    count: group.length,
    at: null,
  }));
}

/** All refusals as one thing: they are the gate at work, and often several apps run into them at once. */
function refusedAttention(calls: readonly Call[], isMore: boolean): Attention[] {
  const refused = calls.filter((call) => call.status === 'refused');
  const [first] = refused;
  if (first === undefined) return [];
  const isOneGrant = refused.every((call) => call.grant_id === first.grant_id);
  const names = listNames([...new Set(refused.map(callerName))]);
  const grantId = isOneGrant && !isMore ? first.grant_id : null;
  return [{ kind: 'refused', serious: false, grantId, name: names, count: refused.length, isMore, at: null }];
}

const callerName = (call: Call): string => call.client_name ?? call.grant_name;
