// What of a run of journal entries its owner is to hear of. Pure; limits are looked at elsewhere, because entries alone do not say how full
// they are.

import type { Noticed } from './contract.ts';

/** An entry as the journal has it. */
export interface FollowedEntry {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly call_id: string | null;
  readonly grant_id: string | null;
  readonly held_nanos: number;
  readonly settled_nanos: number;
  readonly held_tokens: number;
  readonly settled_tokens: number;
  readonly body: string;
}

const HOUR_MS = 3_600_000;

type Body = Readonly<Record<string, unknown>>;

const bodyOf = ({ body }: FollowedEntry): Body => {
  try {
    return (JSON.parse(body) ?? {}) as Body;
  } catch {
    return {};
  }
};

/** One alert for what happens to a grant within an hour, however often it does. */
const hourly = (what: string, { grant_id, at }: FollowedEntry): string =>
  `${what}:${grant_id}:${Math.floor(at / HOUR_MS)}`;

const refused = (entry: FollowedEntry, { code, more = 1 }: Body): Noticed => ({
  kind: 'refusals',
  details: { code: String(code) },
  event: hourly(`refusals:${code}`, entry),
  grantId: entry.grant_id,
  times: Number(more),
  atMs: entry.at,
});

/** More was reported than was held: must not happen, so each is told. */
const isOverrun = (entry: FollowedEntry): boolean =>
  entry.settled_nanos > -entry.held_nanos || entry.settled_tokens > -entry.held_tokens;

const ended = (entry: FollowedEntry, { unconfirmed, anomalies }: Body): Noticed[] => {
  const what =
    entry.kind === 'call.settled' && isOverrun(entry)
      ? 'overrun'
      : unconfirmed === true
        ? 'unconfirmed'
        : Array.isArray(anomalies) && anomalies.length > 0
          ? 'odd_usage'
          : null;
  if (what === null) return [];
  const call_id = entry.call_id ?? '';
  const event = what === 'overrun' ? `overrun:${call_id}` : hourly(what, entry);
  return [
    { kind: 'anomaly', details: { call_id, what }, event, grantId: entry.grant_id, times: 1, atMs: entry.at },
  ];
};

/** What this entry alone says. */
export const noticedIn = (entry: FollowedEntry): readonly Noticed[] => {
  const body = bodyOf(entry);
  const about = { grantId: entry.grant_id, times: 1, atMs: entry.at };
  switch (entry.kind) {
    case 'call.settled':
    case 'call.ceiling':
      return ended(entry, body);
    case 'call.refused':
    case 'call.refusals':
    case 'delegation.refused':
    case 'delegation.refusals':
      return [refused(entry, body)];
    case 'device.enrolled': {
      const device_id = String(body.device_id);
      return [{ ...about, kind: 'device', details: { device_id }, event: `device:${device_id}` }];
    }
    case 'owner.signed_in': {
      if (body.known_browser !== false) return [];
      const session_id = String(body.session_id);
      return [{ ...about, kind: 'sign_in', details: { session_id }, event: `sign_in:${session_id}` }];
    }
    case 'request.made': {
      const request_id = String(body.request_id);
      return [{ ...about, kind: 'request', details: { request_id }, event: `request:${request_id}` }];
    }
    default:
      return [];
  }
};
