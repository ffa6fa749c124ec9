// What proves a call to others, for the holder of the grant that made it or of one above. It MUST NOT reach the calls of grants above or
// beside the holder's.

import type { Result } from '@valetkey/core';
import type { NoReceipt } from '../receipts/call-of-entries.ts';
import type { WantedCall } from '../receipts/make-receipt-again.ts';
import { type Answer, NOT_FOUND } from './grant-children.ts';
import type { Holder } from './grant-holder.ts';

/** What receipts are made by. */
export interface GrantReceiptsDeps {
  readonly receiptOf: (wanted: WantedCall) => Promise<Result<string, NoReceipt>>;
}

const RUNNING: Answer = [
  409,
  { error: 'call_running', error_description: 'The call has not ended yet. Ask again when its answer has.' },
  { 'retry-after': '1' },
];

/** The receipt of a call of the holder's own, or of what was delegated from it. */
export async function showReceipt(
  { live: { grant } }: Holder,
  callId: string,
  { receiptOf }: GrantReceiptsDeps,
): Promise<Answer> {
  const receipt = await receiptOf({ ownerId: grant.ownerId, grantId: grant.id, callId });
  if (receipt.ok) return [200, { receipt: receipt.value }];
  return receipt.error === 'running' ? RUNNING : NOT_FOUND;
}
