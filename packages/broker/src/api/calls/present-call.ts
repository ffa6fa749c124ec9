// Turns journal entries into calls for people. Bodies are written by the gate, but an older release may have written less: what is
// missing reads as unknown, never as a fault.

import { PROMPT_METERS, type Usage } from '@valetkey/core';
import type { DelegationHop } from '../../grants/contract.ts';
import { toTime, toUsd } from '../wire.ts';
import type { CallEntries } from './read-calls.ts';
import type { Call } from './schema.ts';

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

const sum = (usage: Usage, isCounted: (meter: string) => boolean): number =>
  Object.entries(usage).reduce(
    (total, [meter, count]) => (isCounted(meter) ? total + (count ?? 0) : total),
    0,
  );

const tokensOf = (value: unknown): Call['tokens'] => {
  if (typeof value !== 'object' || value === null) return null;
  const usage = value as Usage;
  const prompt = new Set<string>(PROMPT_METERS);
  return {
    input: sum(usage, (meter) => prompt.has(meter)),
    output: sum(usage, (meter) => /^output_.*tokens$/.test(meter)),
    cached: sum(usage, (meter) => /^cache_read_.*tokens$/.test(meter)),
  };
};

const deviceOf = (value: unknown, names: ReadonlyMap<string, string>): Call['device'] => {
  const { id } = (value ?? {}) as Record<string, unknown>;
  return typeof id === 'string' ? { id, name: names.get(id) ?? '' } : null;
};

const statusOf = ({ kind, outcomeKind }: CallEntries): Call['status'] =>
  (outcomeKind ?? kind).slice('call.'.length) as Call['status'];

/** One call; `path` leads to its grant. Grants and devices are named as they are today: the journal holds ids. */
export const presentCall = (
  entries: CallEntries,
  path: readonly DelegationHop[],
  deviceNames: ReadonlyMap<string, string>,
): Call => {
  const { intent, outcome } = entries;
  const status = statusOf(entries);
  const isRefused = status === 'refused';
  return {
    id: entries.callId,
    at: toTime(entries.atMs),
    grant_id: entries.grantId,
    grant_name: path.at(-1)?.name ?? '',
    grant_path: path.map(({ grantId }) => grantId),
    device: deviceOf(intent.device, deviceNames),
    client_name: intent.client_id ? (path.at(-1)?.name ?? null) : null,
    provider: text(intent.provider) ?? '',
    operation: text(intent.operation) ?? '',
    model: text(intent.model),
    status,
    http_status: number(isRefused ? intent.status : outcome.status),
    held_usd: toUsd(entries.heldNanos),
    cost_usd: entries.outcomeKind === null ? null : toUsd(entries.settledNanos),
    tokens: tokensOf(outcome.usage),
    duration_ms: number(outcome.duration_ms),
    stream: intent.stream === true,
    refusal: isRefused ? text(intent.code) : null,
    request_id: text(intent.request_id) ?? '',
    trace_id: text(intent.trace_id),
    unconfirmed: !entries.isCorrected && (status === 'ceiling' || outcome.unconfirmed === true),
    corrected: entries.isCorrected,
    anomalies: Array.isArray(outcome.anomalies) ? outcome.anomalies.map(String) : [],
  };
};
