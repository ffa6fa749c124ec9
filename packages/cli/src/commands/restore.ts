// `valetkey restore`: makes a data folder of a backup, once everything in it adds up.

import { fail, succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith } from '../failure.ts';
import { type LedgerFindings, showFindings } from '../ledger-report.ts';
import { t } from '../messages/messages.ts';

/** `valetkey restore` */
export const restore = defineCommand({
  name: 'restore',
  summary: t.restore.summary,
  flags: {
    from: { type: 'string', value: 'FILE', help: t.restore.from },
    'data-dir': { type: 'string', value: 'FOLDER', help: t.restore.dataDir },
    json: SERVER_FLAGS.json,
  },
  examples: ['valetkey restore --from valetkey-2026-11-22.sqlite --data-dir /var/lib/valetkey'],
  read: ({ from, 'data-dir': folder }) => {
    if (!from) return fail(t.misuse.optionMissing('--from FILE'));
    return folder ? succeed({ from, folder }) : fail(t.misuse.optionMissing('--data-dir FOLDER'));
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
    if (!shown.ok) return failWith(t.restore.nothing(shown.error.message));
    terminal.say(t.restore.done(folder));
    return shown;
  },
});
