// Decides how a call ended, from what was seen of it. MUST never give money back for a request that may have been served: unknown means
// spent.

import { costNanos, type RateCard, totalTokens } from '@valetkey/core';
import type { Outcome } from '../ledger/contract.ts';
import type { ChargeOf, Metered } from './contract.ts';

/** What was seen of a call. */
export interface CallEnd {
  readonly callId: string;
  /** Whether a byte of the request may have been written to the provider. */
  readonly forwarded: boolean;
  /** The provider's status; null if none came. */
  readonly status: number | null;
  /** What the meter read; null if the answer was never whole enough to be metered or the operation has no meter. */
  readonly metered: Metered | null;
  /** True for operations that cost nothing and so have no meter: models, token counts, moderations. */
  readonly isFree: boolean;
  readonly card: RateCard | null;
  /** The audit outcome so far: timings, bytes, hash. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Statuses by which a provider says that it did no work: client errors, overload. 500, 502 and 504 leave it open. */
const didNoWork = (status: number): boolean =>
  (status >= 400 && status < 500) || status === 503 || status === 529;

const priced = (
  end: Pick<CallEnd, 'card'>,
  metered: Metered,
): { nanos: number; anomalies: readonly string[] } | null => {
  if (metered.usage === null) return null;
  if (end.card === null) return { nanos: 0, anomalies: [...metered.anomalies, 'unpriced'] };
  const cost = costNanos(end.card, metered.usage, { serviceTier: metered.serviceTier });
  return cost.ok ? { nanos: cost.value, anomalies: metered.anomalies } : null;
};

/** What `outcomeOf` will settle an answer for, if it does not post the ceiling. */
export const chargingBy =
  (card: RateCard | null): ChargeOf =>
  (metered) =>
    metered.complete ? (priced({ card }, metered)?.nanos ?? null) : null;

/** The one outcome of an admitted call. */
export const outcomeOf = (end: CallEnd): Outcome => {
  const { callId, forwarded, metered } = end;
  const nothing = { callId, nanos: 0, tokens: 0 };
  if (!forwarded) return { ...nothing, kind: 'released', forwarded, body: end.body };
  if (end.status !== null && didNoWork(end.status))
    return { ...nothing, kind: 'released', forwarded, body: end.body };
  const isAnswered = end.status !== null && end.status >= 200 && end.status < 300;
  if (end.isFree && isAnswered) return { ...nothing, kind: 'settled', forwarded, body: end.body };
  const cost = isAnswered && metered?.complete ? priced(end, metered) : null;
  if (!cost || !metered?.usage) {
    const anomalies = metered?.usage && metered.complete ? ['unpriced_usage'] : (metered?.anomalies ?? []);
    const body = {
      ...end.body,
      usage: metered?.usage ?? null,
      complete: metered?.complete ?? false,
      anomalies,
      unconfirmed: true,
    };
    return { ...nothing, kind: 'ceiling', forwarded, body };
  }
  const body = {
    ...end.body,
    usage: metered.usage,
    model_reported: metered.modelReported,
    service_tier: metered.serviceTier,
    complete: true,
    anomalies: cost.anomalies,
  };
  return { callId, kind: 'settled', forwarded, nanos: cost.nanos, tokens: totalTokens(metered.usage), body };
};
