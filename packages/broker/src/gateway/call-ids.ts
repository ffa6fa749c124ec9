// Names requests and calls. Draws its randomness in bulk, because each draw costs more than the rest of making a name.

import { type Ambient, randomId, timedId } from '../clock.ts';

const BULK_BYTES = 4096;

/** Makes unguessable names. */
export interface CallIds {
  /** For the caller, the log and the journal. */
  requestId(): string;
  /** For the ledger: sorts by time. */
  callId(): string;
  /** For a trace: 16 hex digits. */
  spanId(): string;
}

/** Names from the generator of `ambient`. No byte of it is used twice. */
export const createCallIds = (ambient: Ambient): CallIds => {
  let bulk: Uint8Array = new Uint8Array(0);
  const randomBytes = (size: number): Uint8Array => {
    if (bulk.length < size) bulk = ambient.randomBytes(BULK_BYTES);
    const bytes = bulk.subarray(0, size);
    bulk = bulk.subarray(size);
    return bytes;
  };
  const drawing = { now: ambient.now, randomBytes };
  return {
    requestId: () => randomId(drawing, 'req_'),
    callId: () => timedId(drawing, 'call_'),
    spanId: () => Buffer.from(randomBytes(8)).toString('hex'),
  };
};
