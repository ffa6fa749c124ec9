// `valetkey ledger verify`: adds up a data folder's journal, offline. Nothing is written, and the broker may run or not.

import { succeed } from '@valetkey/core';
import { defineCommand } from '../command.ts';
import { failWith } from '../failure.ts';
import { showFindings } from '../ledger-report.ts';

/** `valetkey ledger verify` */
export const ledgerVerify = defineCommand({
  name: 'ledger verify',
  summary: 'Check every balance and every entry in a data folder, offline',
  flags: {
    'data-dir': {
      type: 'string',
      value: 'FOLDER',
      help: 'the data folder (default: VALETKEY_DATA_DIR, then ./data)',
    },
    json: { type: 'boolean', help: 'print the result as JSON' },
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
