// Opens what makes evidence for others: the keys that sign checkpoints and receipts, and the keeper that has checkpoints kept elsewhere.

import { CheckpointKeeper } from './audit/checkpoint-keeper.ts';
import { CheckpointKeys } from './audit/checkpoint-keys.ts';
import { openSink } from './audit/checkpoint-sinks.ts';
import type { Config } from './config.ts';
import type { House } from './open-house.ts';
import { ReceiptKeys } from './receipts/receipt-keys.ts';

/** What the server runs and publishes. */
export interface Evidence {
  readonly keys: CheckpointKeys;
  readonly receiptKeys: ReceiptKeys;
  readonly keeper: CheckpointKeeper;
}

/** Makes the first signing keys if there are none. Signs nothing yet. */
export const openEvidence = async (house: House, { checkpoints, issuer }: Config): Promise<Evidence> => {
  const { store, vault, ambient, log, written } = house;
  const { db } = store;
  const keys = new CheckpointKeys({ db, vault, ambient });
  const receiptKeys = new ReceiptKeys({ db, vault, ambient, issuer });
  await house.alone(async () => {
    await keys.maintain();
    await receiptKeys.maintain();
  });
  // Evidence is asked for by name: it is written at whatever level the log is.
  const evidence = log.child({}, { level: 'info' });
  const keeper = new CheckpointKeeper({
    db,
    written,
    keys,
    sink: openSink(checkpoints.target, (fields) => evidence.info(fields, 'checkpoint')),
    issuer,
    ambient,
    onChange: (error) =>
      error === null
        ? log.info('checkpoints are kept again')
        : log.error({ err: error }, 'checkpoints could not be kept; they are tried again'),
  });
  await keeper.start();
  return { keys, receiptKeys, keeper };
};
