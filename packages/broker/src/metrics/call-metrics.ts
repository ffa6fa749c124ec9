// What a monitoring system counts: calls, how they ended, how long they took, what they cost. Sums here are for graphs and alarms, the
// books are the ledger's. MUST NOT carry a label that callers can make up, or one of an owner, an app or a token.

import { Counter, Histogram, type Registry } from 'prom-client';

/** A request to the gate that has ended, as its log line tells it. */
export interface EndedCall {
  readonly provider: string | null;
  readonly operation: string | null;
  /** Of a call that was admitted. */
  readonly outcome?: string | undefined;
  /** Of a refusal. */
  readonly code?: string | undefined;
  /** Of the provider’s answer, if there was one. */
  readonly status?: number | null | undefined;
  /** Why an admitted call ended early: one of a few words of ours. */
  readonly reason?: string | undefined;
  readonly cost_nanos?: number | undefined;
  readonly replayed_call_id?: string | undefined;
  readonly duration_ms: number;
}

/** Seconds; streams of reasoning models take minutes. */
const DURATIONS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** How a call ended, in the words of receipts; what was never forwarded was refused or answered from what is kept. */
const endOf = ({ outcome, replayed_call_id }: EndedCall): string => {
  if (replayed_call_id !== undefined) return 'replayed';
  if (outcome === undefined) return 'refused';
  return outcome === 'ceiling' ? 'unconfirmed' : outcome;
};

/** Why an admitted call has no whole answer; the provider’s own errors count, what it says of the caller’s request does not. */
const failureOf = ({ outcome, reason, status }: EndedCall): string | undefined => {
  if (outcome === undefined) return undefined;
  return reason ?? ((status ?? 0) >= 500 ? 'error_status' : undefined);
};

/** Counts the calls of the gate in a registry. */
export class CallMetrics {
  readonly #calls: Counter;
  readonly #refusals: Counter;
  readonly #failures: Counter;
  readonly #cost: Counter;
  readonly #seconds: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#calls = new Counter({
      name: 'valetkey_calls_total',
      help: 'Requests to the gate by provider, operation and how they ended.',
      labelNames: ['provider', 'operation', 'outcome'],
      registers,
    });
    this.#refusals = new Counter({
      name: 'valetkey_refusals_total',
      help: 'Requests that were not forwarded, by the code of their error.',
      labelNames: ['code'],
      registers,
    });
    this.#failures = new Counter({
      name: 'valetkey_failed_calls_total',
      help: 'Calls that were admitted and got no whole answer, by why.',
      labelNames: ['provider', 'reason'],
      registers,
    });
    this.#cost = new Counter({
      name: 'valetkey_cost_usd_total',
      help: 'What calls were settled for, in US dollars. The exact sums are the ledger’s.',
      labelNames: ['provider'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'valetkey_call_duration_seconds',
      help: 'From the request to the end of its answer, of calls that were forwarded.',
      labelNames: ['provider'],
      buckets: DURATIONS,
      registers,
    });
  }

  /** Counts a request that has ended. */
  count(call: EndedCall): void {
    const provider = call.provider ?? 'none';
    const outcome = endOf(call);
    this.#calls.inc({ provider, operation: call.operation ?? 'none', outcome });
    if (outcome === 'refused') this.#refusals.inc({ code: call.code ?? 'none' });
    const reason = failureOf(call);
    if (reason !== undefined) this.#failures.inc({ provider, reason });
    if (call.outcome === undefined) return;
    this.#seconds.observe({ provider }, call.duration_ms / 1000);
    this.#cost.inc({ provider }, (call.cost_nanos ?? 0) / 1e9);
  }
}
