// `valetkey restore`: makes a data folder of a backup, once everything in it adds up.

import { fail, succeed } from '@valetkey/core';
import { defineCommand } from '../command.ts';
import { failWith } from '../failure.ts';
import { type LedgerFindings, showFindings } from '../ledger-report.ts';

/** `valetkey restore` */
export const restore = defineCommand({
  name: 'restore',
  summary: 'Make a new data folder of a backup, once its structure, chains and balances are checked',
  flags: {
    from: { type: 'string', value: 'FILE', help: 'a file that valetkey backup wrote' },
    'data-dir': { type: 'string', value: 'FOLDER', help: 'an empty folder, or a new one' },
    json: { type: 'boolean', help: 'print the result as JSON' },
  },
  examples: ['valetkey restore --from valetkey-2026-11-22.sqlite --data-dir /var/lib/valetkey'],
  read: ({ from, 'data-dir': folder }) => {
    if (!from) return fail('--from FILE is missing');
    return folder ? succeed({ from, folder }) : fail('--data-dir FOLDER is missing');
  },
  async run({ from, folder }, { world, terminal }) {
    const report = await world.restore(from, folder);
    if (!report.ok) return failWith(report.error);
    const {
      entries,
      owners,
      calls,
      openCalls: open_calls,
      removedCalls: removed_calls,
      links,
    } = report.value;
    const faults = report.value.faults.map(({ entryId: entry_id, problem }) => ({ entry_id, problem }));
    const findings: LedgerFindings = {
      ...{ entries, owners, calls, open_calls, removed_calls, links, faults },
    };
    const shown = showFindings(findings, terminal);
    if (!shown.ok) return failWith(`Nothing was restored. ${shown.error.message}`);
    terminal.say(
      `Restored to ${folder}. Give it the master key of that time: as ${folder}/master.key or in VALETKEY_MASTER_KEY. ` +
        'Grants that were revoked after the backup are live again, and what was spent after it is not counted: see docs/operating/backup.md.',
    );
    return shown;
  },
});
