// `valetkey ledger verify`: adds up a data folder's journal, offline. Nothing is written, and the broker may run or not.

import { succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith } from '../failure.ts';
import { showFindings } from '../ledger-report.ts';
import { t } from '../messages/messages.ts';

/** `valetkey ledger verify` */
export const ledgerVerify = defineCommand({
  name: 'ledger verify',
  summary: t.ledgerVerify.summary,
  flags: {
    'data-dir': {
      type: 'string',
      value: 'FOLDER',
      help: t.dataDir,
    },
    json: SERVER_FLAGS.json,
  },
  examples: ['valetkey ledger verify', 'valetkey ledger verify --data-dir /var/lib/valetkey --json'],
  read: (flags) => succeed(flags['data-dir'] ?? null),
  async run(folder, { world, terminal }) {
    const report = await world.verifyLedger(folder ?? (world.env.VALETKEY_DATA_DIR || './data'));
    if (!report.ok) return failWith(report.error);
    const { entries, owners, calls, links } = report.value;
    const { openCalls: open_calls, removedCalls: removed_calls } = report.value;
    const faults = report.value.faults.map(({ entryId: entry_id, ownerId: owner_id, problem }) => ({
      entry_id,
      owner_id,
      problem,
    }));
    return showFindings({ entries, owners, calls, open_calls, removed_calls, links, faults }, terminal);
  },
});
