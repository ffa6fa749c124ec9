// What an answer has reported so far, one report over the other: the last usage counts, anomalies add up.

import { METERS, type Meter, type Usage } from '@valetkey/core';
import type { Metered } from '../../contract.ts';
import type { Counts } from './counts.ts';

/** One believable or odd report of usage. */
export interface Report {
  readonly usage: Usage | null;
  readonly modelReported: string | null;
  readonly serviceTier: string | null;
  readonly anomaly: string | null;
}

/** The report of these counts: its usage only when none of them was odd. Zero counts are left out. */
export const reportOf = (
  counts: Counts,
  usage: Usage,
  modelReported: string | null,
  serviceTier: string | null = null,
): Report => ({
  usage: counts.anomaly === null ? withoutZeros(usage) : null,
  modelReported,
  serviceTier,
  anomaly: counts.anomaly,
});

const withoutZeros = (usage: Usage): Usage => {
  const used: { [meter in Meter]?: number } = {};
  for (const meter of METERS) if (usage[meter]) used[meter] = usage[meter];
  return used;
};

/** What the gate is told at the end of an answer. `report` null: none was seen. */
export function meteredOf(report: Report | null, complete: boolean, anomalies: readonly string[]): Metered {
  const odd = report ? report.anomaly : 'usage_missing';
  return {
    usage: report?.usage ?? null,
    modelReported: report?.modelReported ?? null,
    serviceTier: report?.serviceTier ?? null,
    complete,
    anomalies: odd === null ? anomalies : [...anomalies, odd],
  };
}
