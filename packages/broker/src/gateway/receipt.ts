// Which answers carry a receipt, and the receipt of a call that ended. A receipt is worth less than the answer: a fault in making one MUST
// NOT keep the answer from its caller.

import type { IncomingMessage } from 'node:http';
import type { Admission, Outcome } from '../ledger/contract.ts';
import { RECEIPT_STATUS, type SettledCall } from '../receipts/claims.ts';
import type { CallLog } from './record.ts';

/** On every answer of a call that was forwarded, on those whose request asks for it, or on none. */
export type ReceiptMode = 'all' | 'asked' | 'off';

/** How receipts are made. */
export interface ReceiptDeps {
  readonly receipts: { readonly mode: ReceiptMode; readonly sign: (call: SettledCall) => string };
  readonly log: CallLog;
}

/** `Valetkey-Receipt: ?1`, the Boolean of RFC 9651; parameters are passed over. */
const ASKED = /^\?1(?:;|$)/;

/** Whether the answer to a request is to carry a receipt. */
export const wantsReceipt = ({ headers }: IncomingMessage, mode: ReceiptMode): boolean => {
  if (mode !== 'asked') return mode === 'all';
  const asked = headers['valetkey-receipt'];
  return typeof asked === 'string' && ASKED.test(asked);
};

/** A call that was forwarded, as it was decided. */
export interface ReceiptInput {
  readonly path: SettledCall['path'];
  readonly admission: Admission;
  readonly intent: Readonly<Record<string, unknown>>;
  readonly outcome: Outcome;
  readonly costNanos: number;
  readonly settledAtMs: number;
}

/** The receipt; null if it can not be made, which is logged. */
export const receiptOf = (
  { path, admission, intent, outcome, costNanos, settledAtMs }: ReceiptInput,
  { receipts, log }: ReceiptDeps,
): string | null => {
  const { callId, admittedAtMs } = admission;
  const status = RECEIPT_STATUS[outcome.kind];
  try {
    return receipts.sign({
      callId,
      path,
      admittedAtMs,
      intent,
      outcome: outcome.body,
      status,
      settledAtMs,
      costNanos,
    });
  } catch (err) {
    log.error({ call_id: callId, err }, 'a receipt could not be signed');
    return null;
  }
};
