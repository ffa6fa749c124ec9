// `valetkey ledger compare`: whether what the running broker decides by is the sum of its journal.

import { succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { type LedgerFindings, showFindings } from '../ledger-report.ts';
import { t } from '../messages/messages.ts';

/** `valetkey ledger compare` */
export const ledgerCompare = defineCommand({
  name: 'ledger compare',
  summary: t.ledgerCompare.summary,
  flags: SERVER_FLAGS,
  examples: ['valetkey ledger compare', 'valetkey ledger compare --json'],
  read: () => succeed(null),
  async run(_options, { api, terminal }) {
    const findings = await api.call<LedgerFindings>('POST', '/ledger/compare', {});
    return findings.ok ? showFindings(findings.value, terminal) : findings;
  },
});
