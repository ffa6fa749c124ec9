// For answers that report no usage because the request alone tells the cost: bytes pass, the usage is known beforehand.

import type { Usage } from '@valetkey/core';
import type { Meter } from '../../contract.ts';
import { meteredOf, type Report } from './report.ts';

const NOTHING = new Uint8Array(0);

/** A meter that reports `usage`, or none when it is null. */
export function requestMeter(usage: Usage | null): Meter {
  const report: Report | null = usage && { usage, modelReported: null, serviceTier: null, anomaly: null };
  return { push: (chunk) => chunk, end: () => ({ rest: NOTHING, metered: meteredOf(report, true, []) }) };
}
